import type { Node } from './sites.ts'

const url = 'http://example.org/x'
const now = '2020-01-01'
const percent = (value: number) => ({ value, system: 'http://unitsofmeasure.org', code: '%' })
const coded = (code: string) => ({ coding: [{ system: url, code }] })

/** Valid resources with what R4's examples lack and some invariants are about. */
export const extra: readonly Node[] = [
  {
    resourceType: 'CapabilityStatement',
    status: 'draft',
    date: now,
    kind: 'capability',
    software: { name: 'x' },
    fhirVersion: '4.0.1',
    format: ['json'],
    document: [{ mode: 'producer', profile: url }],
  },
  {
    resourceType: 'ConceptMap',
    status: 'draft',
    group: [{ element: [{ code: 'x' }], unmapped: { mode: 'provided' } }],
  },
  {
    resourceType: 'Measure',
    status: 'draft',
    group: [{ stratifier: [{ description: 'x' }] }],
  },
  {
    resourceType: 'MessageDefinition',
    status: 'draft',
    date: now,
    eventUri: url,
    focus: [{ code: 'Patient', min: 0, max: '*' }],
  },
  {
    resourceType: 'Observation',
    status: 'final',
    code: coded('x'),
    valueString: 'x',
    referenceRange: [{ text: 'x' }],
    component: [{ code: coded('y'), valueString: 'y' }],
  },
  {
    resourceType: 'Questionnaire',
    status: 'draft',
    item: [
      {
        linkId: 'y',
        type: 'string',
        enableBehavior: 'all',
        enableWhen: ['a', 'b', 'c'].map((answerString) => ({ question: 'x', operator: '=', answerString })),
        repeats: true,
        initial: [{ valueString: 'a' }, { valueString: 'b' }],
      },
      { linkId: 'x', type: 'string' },
    ],
  },
  {
    resourceType: 'RiskAssessment',
    status: 'final',
    subject: { reference: 'Patient/x' },
    prediction: [{ probabilityRange: { low: percent(1), high: percent(2) } }],
  },
  {
    resourceType: 'TerminologyCapabilities',
    status: 'draft',
    date: now,
    kind: 'requirements',
    description: 'x',
    codeSystem: [{ version: [{ code: '1' }, { code: '2' }] }],
  },
  {
    resourceType: 'TestScript',
    url,
    name: 'x',
    status: 'draft',
    teardown: {
      action: [{ operation: { type: { code: 'read' }, sourceId: 'x', encodeRequestUrl: true } }],
    },
  },
  {
    resourceType: 'ValueSet',
    status: 'draft',
    expansion: { timestamp: now, contains: [{ system: url, code: 'x', display: 'x', abstract: false }] },
  },
]
