import { describe, expect, test } from 'vitest'
import { isIssueCode, isResourceType, issueSeverities, mandatoryElements } from './facts.ts'
import { elementNames, r4Model } from './load.ts'
import type { ElementDefinition } from './model.ts'

const model = r4Model()

function element(path: string): ElementDefinition | undefined {
  const at = path.lastIndexOf('.')
  return model.types[path.slice(0, at)]?.elements.find((it) => it.name === path.slice(at + 1))
}

function names(type: string): readonly string[] {
  return model.types[type]?.elements.map((it) => it.name) ?? []
}

function codes(path: string): readonly string[] | undefined {
  const { codes: at } = element(path) ?? {}
  return at === undefined ? undefined : model.codes[at]
}

const all = Object.values(model.types)

describe('the model of FHIR R4', () => {
  test('is 4.0.1', () => expect(model.version).toBe('4.0.1'))

  test('has the resource types that the specification lists, but the two abstract ones', () => {
    const listed = codes('CapabilityStatement.rest.resource.type') ?? []
    expect(listed).toHaveLength(148)
    expect(listed.filter((it) => it !== 'Resource' && it !== 'DomainResource')).toEqual(model.resources)
    expect(model.resources.filter((it) => !isResourceType(it))).toEqual([])
    expect(['Resource', 'DomainResource', 'Element', '', undefined].filter(isResourceType)).toEqual([])
  })

  test('has the data types that the specification lists, but its profiles on them', () => {
    const resources = new Set(codes('CapabilityStatement.rest.resource.type'))
    const listed = (codes('TestScript.setup.action.operation.resource') ?? []).filter(
      (it) => !resources.has(it),
    )
    const known = [...model.primitives, ...all.filter((it) => it.kind === 'datatype').map((it) => it.name)]
    expect(listed.filter((it) => !known.includes(it))).toEqual(['MoneyQuantity', 'SimpleQuantity'])
    expect(known.filter((it) => !listed.includes(it))).toEqual([])
    expect(model.primitives).toHaveLength(20)
  })

  test('has 473 backbone elements, and every type that an element names', () => {
    expect(all.filter((it) => it.kind === 'backbone')).toHaveLength(473)
    const types = new Set([...model.primitives, ...Object.keys(model.types), 'Resource'])
    expect(all.flatMap((it) => it.elements).filter((it) => !types.has(it.type))).toEqual([])
  })

  test('names each element of a type once', () => {
    for (const { name, elements } of all)
      expect(new Set(elements.map((it) => it.name)).size, name).toBe(elements.length)
  })

  test('has no maximum but one or none', () => {
    expect(all.flatMap((it) => it.elements).filter((it) => it.max !== undefined)).toEqual([])
  })

  test('knows which invariants are errors', () => {
    const keys = new Set(all.flatMap((it) => it.invariants.map(({ key }) => key)))
    for (const key of [
      'ele-1',
      'ext-1',
      'dom-2',
      'dom-3',
      'dom-4',
      'dom-5',
      'ref-1',
      'per-1',
      'qty-3',
      'obs-6',
      'obs-7',
    ])
      expect(keys, key).toContain(key)
    for (const warning of ['dom-6', 'con-3']) expect(keys, warning).not.toContain(warning)
    for (const type of model.resources) {
      const own = model.types[type]?.invariants.map(({ key }) => key) ?? []
      const contains = names(type).includes('contained')
      expect(own.includes('dom-2'), type).toBe(contains)
    }
  })

  test('puts invariants on elements only where their type does not have them', () => {
    expect(element('Narrative.div')?.invariants?.map(({ key }) => key)).toEqual(['txt-1', 'txt-2'])
    expect(element('Organization.telecom')?.invariants?.map(({ key }) => key)).toEqual(['org-3'])
    expect(element('Range.low')?.invariants?.map(({ key }) => key)).toEqual(['sqty-1'])
    expect(element('Observation.subject')?.invariants).toBeUndefined()
    expect(element('Observation.extension')?.invariants).toBeUndefined()
  })

  test('keeps what cannot be extended bare', () => {
    const bare = all.flatMap((it) =>
      it.elements.filter((one) => one.bare).map((one) => `${one.name}: ${one.type}`),
    )
    expect([...new Set(bare)].sort()).toEqual(['div: xhtml', 'id: id', 'id: string', 'url: uri'])
    expect(element('CapabilityStatement.url')?.bare).toBeUndefined()
    expect(element('Observation.component.id')).toMatchObject({ type: 'string', bare: true })
  })
})

describe('elements that other releases have are absent', () => {
  test.each([
    'DeviceDefinition.classification',
    'DeviceDefinition.bodySite',
    'Binary.url',
    'ObservationDefinition.publisher',
    'Meta.project',
    'Meta.author',
    'Meta.account',
    'Meta.compartment',
    'Reference.resource',
    'Extension.valueInteger64',
    'Encounter.subjectStatus',
  ])('%s', (path) => expect(element(path)).toBeUndefined())

  test('SubscriptionStatus', () => expect(model.types.SubscriptionStatus).toBeUndefined())

  test('ResearchStudy has those of R4', () => {
    expect(names('ResearchStudy').slice(8)).toEqual(
      (
        'identifier title protocol partOf status primaryPurposeType phase category focus condition contact ' +
        'relatedArtifact keyword location description enrollment period sponsor principalInvestigator site ' +
        'reasonStopped note arm objective'
      ).split(' '),
    )
  })

  test('EvidenceVariable.characteristic has those of R4', () => {
    expect(names('EvidenceVariable.characteristic').slice(3)).toEqual(
      (
        'description definitionReference definitionCanonical definitionCodeableConcept definitionExpression ' +
        'definitionDataRequirement definitionTriggerDefinition usageContext exclude participantEffectiveDateTime ' +
        'participantEffectivePeriod participantEffectiveDuration participantEffectiveTiming timeFromStart groupMeasure'
      ).split(' '),
    )
  })
})

describe('single elements', () => {
  test.each<[string, Partial<ElementDefinition>]>([
    ['Patient.id', { type: 'id', array: false, min: 0, bare: true }],
    ['Patient.name', { type: 'HumanName', array: true, min: 0 }],
    ['Patient.contact', { type: 'Patient.contact', array: true }],
    ['Patient.deceasedBoolean', { type: 'boolean', choice: 0 }],
    ['Patient.multipleBirthInteger', { type: 'integer', choice: 1 }],
    ['Patient.generalPractitioner', { targets: ['Organization', 'Practitioner', 'PractitionerRole'] }],
    ['Patient.link.other', { min: 1, targets: ['Patient', 'RelatedPerson'] }],
    ['Patient.contained', { type: 'Resource', array: true }],
    ['Patient.text', { type: 'Narrative' }],
    ['HumanName.given', { type: 'string', array: true }],
    [
      'Observation.status',
      { type: 'code', min: 1, valueSet: 'http://hl7.org/fhir/ValueSet/observation-status' },
    ],
    ['Observation.valueSampledData', { type: 'SampledData', choice: 1 }],
    ['Observation.component.referenceRange', { type: 'Observation.referenceRange', array: true }],
    ['Observation.referenceRange.age', { type: 'Range', array: false }],
    ['Bundle.entry.link', { type: 'Bundle.link', array: true }],
    ['Bundle.entry.resource', { type: 'Resource', array: false }],
    ['Parameters.parameter.part', { type: 'Parameters.parameter', array: true }],
    ['Questionnaire.item.item', { type: 'Questionnaire.item', array: true }],
    ['Timing.repeat', { type: 'Timing.repeat', array: false }],
    ['Timing.repeat.count', { type: 'positiveInt' }],
    ['Age.value', { type: 'decimal' }],
    ['Extension.url', { type: 'uri', min: 1, bare: true }],
    ['Extension.valueReference', { type: 'Reference', choice: 0 }],
    ['Narrative.div', { type: 'xhtml', min: 1, bare: true }],
    ['Binary.contentType', { type: 'code', min: 1, valueSet: 'http://hl7.org/fhir/ValueSet/mimetypes' }],
    ['Attachment.size', { type: 'unsignedInt' }],
    ['Composition.section.section', { type: 'Composition.section', array: true }],
    ['Encounter.class', { type: 'Coding', min: 1 }],
    ['MedicationRequest.dosageInstruction', { type: 'Dosage', array: true }],
    ['Claim.insurance', { min: 1, array: true }],
  ])('%s', (path, expected) => expect(element(path)).toMatchObject(expected))

  test('a reference to any resource has no targets', () => {
    expect(element('Observation.focus')?.targets).toBeUndefined()
    expect(element('Extension.valueReference')?.targets).toBeUndefined()
  })

  test('a choice with a minimum has it on the choice', () => {
    expect(model.types.MedicationRequest?.choices).toEqual([
      { name: 'reported', min: 0 },
      { name: 'medication', min: 1 },
    ])
    expect(element('MedicationRequest.medicationReference')?.min).toBe(0)
  })

  test('elements come in the order of the definition', () => {
    expect(names('Period')).toEqual(['id', 'extension', 'start', 'end'])
    expect(names('Binary')).toEqual([
      'id',
      'meta',
      'implicitRules',
      'language',
      'contentType',
      'securityContext',
      'data',
    ])
  })

  test('names are known wherever they are', () => {
    expect(elementNames()).toContain('multipleBirthBoolean')
    expect(elementNames()).not.toContain('valueInteger64')
  })
})

describe('facts', () => {
  test.each([
    ['Patient', []],
    ['MedicationRequest', ['status', 'intent', 'subject', 'medication[x]']],
    ['Immunization', ['status', 'vaccineCode', 'patient', 'occurrence[x]']],
    ['Claim', ['status', 'type', 'use', 'patient', 'created', 'provider', 'priority', 'insurance']],
    ['Starship', []],
    ['constructor', []],
  ])('%s has mandatory elements', (type, expected) => {
    expect(mandatoryElements(type).map((it) => it.name)).toEqual(expected)
  })

  test('a mandatory choice has the names of its types', () => {
    expect(mandatoryElements('Immunization').at(-1)?.jsonNames).toEqual([
      'occurrenceDateTime',
      'occurrenceString',
    ])
  })

  test('issues have the codes of their value sets', () => {
    expect([...issueSeverities()].sort()).toEqual(codes('OperationOutcome.issue.severity'))
    const all = codes('OperationOutcome.issue.code') ?? []
    expect(all).toHaveLength(31)
    expect(all.filter((it) => !isIssueCode(it))).toEqual([])
    expect([undefined, '', 'fatal', 'Invalid'].filter(isIssueCode)).toEqual([])
  })
})

describe('codes', () => {
  const bound = all.flatMap((it) =>
    it.elements.filter((one) => one.valueSet).map((one) => ({ ...one, in: it.name })),
  )

  test('those of 366 required bindings, 149 languages and a MIME type are enumerated, but four value sets', () => {
    const ofLanguages = bound.filter((it) => it.valueSet?.endsWith('/all-languages'))
    expect([bound.length - ofLanguages.length, ofLanguages.length]).toEqual([367, 149])
    const open = bound.filter((it) => it.codes === undefined).map((it) => it.valueSet)
    expect([...new Set(open)].sort()).toEqual([
      'http://hl7.org/fhir/ValueSet/all-languages',
      'http://hl7.org/fhir/ValueSet/mimetypes',
      'http://hl7.org/fhir/ValueSet/ucum-units',
      'http://loinc.org/vs/LL379-9',
      'http://www.rfc-editor.org/bcp/bcp13.txt',
    ])
  })

  test.each([
    ['Patient.gender', ['female', 'male', 'other', 'unknown']],
    ['ContactPoint.use', ['home', 'mobile', 'old', 'temp', 'work']],
    // Codes below others count.
    ['Condition.clinicalStatus', ['active', 'inactive', 'recurrence', 'relapse', 'remission', 'resolved']],
    ['Quantity.comparator', ['<', '<=', '>', '>=']],
    // A value set that takes concepts from several systems.
    ['Timing.repeat.durationUnit', ['a', 'd', 'h', 'min', 'mo', 's', 'wk']],
  ])('%s', (path, expected) => expect(codes(path)).toEqual(expected))

  test('are not put on types that have none', () => {
    expect(bound.filter((it) => it.type === 'Reference')).toEqual([])
    expect(element('Patient.language')?.codes).toBeUndefined()
    expect(element('Patient.maritalStatus')?.codes).toBeUndefined()
  })
})
