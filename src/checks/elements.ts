import { neverArose, satisfied, undecided } from '../model/judgement.ts'
import type { ResourceIndex, Row } from '../model/rows.ts'
import { type Check, indexCheck } from './check.ts'
import { Violations } from './compare.ts'
import { exportRef, options, texts } from './params.ts'

// Root elements with a minimum of 1 in FHIR R4; a choice of types stands as its stem with `[x]`.
const mandatoryOf: Readonly<Record<string, string>> = {
  AllergyIntolerance: 'patient',
  Appointment: 'status participant',
  CarePlan: 'status intent subject',
  CareTeam: '',
  ClinicalImpression: 'status subject',
  Condition: 'subject',
  Coverage: 'status beneficiary payor',
  Device: '',
  DiagnosticReport: 'status code',
  DocumentReference: 'status content',
  Encounter: 'status class',
  EpisodeOfCare: 'status patient',
  FamilyMemberHistory: 'status patient relationship',
  Goal: 'lifecycleStatus description subject',
  Group: 'type actual',
  ImagingStudy: 'status subject',
  Immunization: 'status vaccineCode patient occurrence[x]',
  List: 'status mode',
  Location: '',
  Medication: '',
  MedicationAdministration: 'status medication[x] subject',
  MedicationDispense: 'status medication[x]',
  MedicationRequest: 'status intent medication[x] subject',
  MedicationStatement: 'status medication[x] subject',
  Observation: 'status code',
  Organization: '',
  Patient: '',
  Practitioner: '',
  PractitionerRole: '',
  Procedure: 'status subject',
  Provenance: 'target recorded agent',
  RelatedPerson: 'patient',
  ServiceRequest: 'status intent subject',
  Specimen: '',
}

const always = new Set(['id', 'meta', 'implicitRules', 'modifierExtension'])

function isOneOf(element: string, names: readonly string[]): boolean {
  return names.some((it) => it === element || (it.endsWith('[x]') && element.startsWith(it.slice(0, -3))))
}

function mandatory(type: string): readonly string[] | undefined {
  return mandatoryOf[type]?.split(' ').filter((it) => it !== '')
}

/** The root elements that `_elements` asks for of a type; `undefined` if it says nothing about it. */
function asked(elements: readonly string[], type: string): readonly string[] | undefined {
  const names = elements.flatMap((it) =>
    it.includes('.') ? (it.startsWith(`${type}.`) ? [it.slice(type.length + 1)] : []) : [it],
  )
  return names.length > 0 ? names : undefined
}

/** Whether a row lacks root elements that the same resource has in another export. */
function reduced(row: Row, of: ResourceIndex): boolean {
  const whole = of.get(row.key)
  return whole?.elements.some((it) => !row.elements.includes(it)) ?? false
}

const of = { ...exportRef, description: 'The same export without the parameter.' }
const types = texts('Only resources of these types count.')

const elementsOnly = indexCheck<{ readonly elements: readonly string[]; readonly types?: readonly string[] }>(
  {
    name: 'elements-only',
    states: 'Resources have no root elements but those asked for, the mandatory ones, id and meta.',
    params: options({ elements: texts('The elements asked for: `id` or `Patient.id`.'), types }, [
      'elements',
    ]),
    judge(index, { elements, types }) {
      const found = new Violations()
      let seen = 0
      for (const row of index.rows()) {
        const names = asked(elements, row.type)
        const needed = mandatory(row.type)
        if (!names || !needed || (types && !types.includes(row.type))) continue
        seen += 1
        const extra = row.elements.filter((it) => !always.has(it) && !isOneOf(it, [...names, ...needed]))
        if (extra.length > 0)
          found.add(row, index, {
            message: 'Resources of type {type} have elements that were not asked for.',
            expected: [...names, ...needed].join(', '),
            actual: `${extra.length} other elements`,
          })
      }
      return found.or(
        seen > 0
          ? satisfied
          : undecided('the export holds no resource of a type whose mandatory elements the harness knows'),
      )
    },
  },
)

const elementsMandatory = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'elements-mandatory',
  states: 'Resources have the mandatory root elements that they have in the export that is not narrowed.',
  params: options({ of }, ['of']),
  judge(index, { of }) {
    const found = new Violations()
    let seen = 0
    for (const row of index.rows()) {
      const whole = of.get(row.key)
      const needed = whole?.elements.filter((it) => isOneOf(it, mandatory(row.type) ?? [])) ?? []
      if (needed.length === 0) continue
      seen += 1
      const missing = needed.filter((it) => !row.elements.includes(it))
      if (missing.length > 0)
        found.add(row, index, {
          message: 'Resources of type {type} lack mandatory elements.',
          expected: needed.join(', '),
          actual: `${missing.join(', ')} absent`,
        })
    }
    return found.or(
      seen > 0 ? satisfied : undecided('no resource has mandatory elements that the harness knows'),
    )
  },
})

const subsetted = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'subsetted',
  states: 'Resources that lack elements they otherwise have are tagged SUBSETTED.',
  params: options({ of }, ['of']),
  judge(index, { of }) {
    const found = new Violations()
    let seen = 0
    for (const row of index.rows()) {
      if (!reduced(row, of)) continue
      seen += 1
      if (!row.subsetted)
        found.add(row, index, {
          message: 'Resources of type {type} are reduced and not tagged.',
          expected: 'meta.tag SUBSETTED',
          actual: 'no such tag',
        })
    }
    return found.or(seen > 0 ? satisfied : neverArose('no resource is reduced'))
  },
})

const complete = indexCheck<{ readonly of: ResourceIndex; readonly types?: readonly string[] }>({
  name: 'elements-kept',
  states: 'Resources have all root elements that they have in the export that is not narrowed.',
  params: options({ of, types }, ['of']),
  judge(index, { of, types }) {
    const found = new Violations()
    let seen = 0
    for (const row of index.rows()) {
      if ((types && !types.includes(row.type)) || !of.get(row.key)) continue
      seen += 1
      if (reduced(row, of))
        found.add(row, index, {
          message: 'Resources of type {type} are reduced.',
          expected: 'whole resources',
          actual: 'fewer elements than without the parameter',
        })
    }
    return found.or(seen > 0 ? satisfied : undecided('the two exports have no such resource in common'))
  },
})

/** Checks on exports that `_elements` narrows. */
export const elementChecks: readonly Check[] = [elementsOnly, elementsMandatory, subsetted, complete]
