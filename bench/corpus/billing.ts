import { laterInstant, randomBetween, randomInstant, randomOf } from './random-values.ts'
import { type CorpusResource, type TypeCounts, about, concept, idOf, to, visit } from './resource.ts'
import { drugs, problems, procedures, systems, thoSystem, visits } from './terms.ts'

const money = (value: number) => ({ value, currency: 'USD' })

function billed(index: number, counts: TypeCounts) {
  const when = randomInstant(191, index)
  const { subject: patient, encounter } = about(index, counts)
  return {
    when,
    encounter,
    head: {
      status: 'active',
      type: { coding: [{ system: thoSystem('claim-type'), code: 'professional' }] },
      use: 'claim',
      patient,
      billablePeriod: { start: when, end: laterInstant(when, 30) },
      created: laterInstant(when, 30),
    },
    provider: { ...to('Organization', visit(index, counts).encounter, counts), display: 'PCP OF LOWELL' },
  }
}

/** A Claim. */
export function claim(index: number, counts: TypeCounts): CorpusResource {
  const { when, head, provider, encounter } = billed(index, counts)
  return {
    resourceType: 'Claim',
    id: idOf('Claim', index),
    meta: { lastUpdated: when },
    ...head,
    provider,
    priority: { coding: [{ system: thoSystem('processpriority'), code: 'normal' }] },
    insurance: [{ sequence: 1, focal: true, coverage: { display: 'Medicare' } }],
    item: [
      {
        sequence: 1,
        productOrService: concept(systems.snomed, randomOf(visits, 192, index)),
        encounter: [encounter],
      },
      {
        sequence: 2,
        productOrService: concept(systems.snomed, randomOf(procedures, 193, index)),
        net: money(randomBetween(100, 90_000, 194, index) / 100),
      },
    ],
    total: money(randomBetween(100, 90_000, 195, index) / 100),
  }
}

/** An ExplanationOfBenefit, with the coverage that it names in it. */
export function benefit(index: number, counts: TypeCounts): CorpusResource {
  const { when, head, provider, encounter } = billed(index, counts)
  const code = (url: string, system: string, value: string, display: string) => ({
    url: `https://bluebutton.cms.gov/assets/ig/StructureDefinition-bluebutton-${url}`,
    valueCoding: { system, code: value, display },
  })
  const adjudication = (name: string, value: number) => ({
    category: concept('https://bluebutton.cms.gov/resources/codesystem/adjudication', [name, name]),
    amount: money(value),
  })
  return {
    resourceType: 'ExplanationOfBenefit',
    id: idOf('ExplanationOfBenefit', index),
    meta: { lastUpdated: when },
    contained: [
      {
        resourceType: 'Coverage',
        id: 'coverage',
        status: 'active',
        type: { text: 'Medicare' },
        beneficiary: head.patient,
        payor: [{ display: 'Medicare' }],
      },
    ],
    identifier: [
      { system: 'https://bluebutton.cms.gov/resources/variables/clm_id', value: `-${index}` },
      {
        system: 'https://bluebutton.cms.gov/resources/identifier/claim-group',
        value: `${99_000_000 + index}`,
      },
    ],
    ...head,
    insurer: { display: 'Medicare' },
    provider,
    claim: to('Claim', index, counts),
    outcome: 'complete',
    careTeam: [
      {
        sequence: 1,
        provider: { ...to('Practitioner', index, counts), display: 'Dr. Elena Bauch723' },
        role: concept(thoSystem('claimcareteamrole'), ['primary', 'Primary Care Practitioner']),
      },
    ],
    diagnosis: [
      {
        sequence: 1,
        diagnosisCodeableConcept: concept(systems.snomed, randomOf(problems, 196, index)),
        type: [{ coding: [{ system: thoSystem('ex-diagnosistype'), code: 'principal' }] }],
      },
    ],
    insurance: [{ focal: true, coverage: { reference: '#coverage', display: 'Medicare' } }],
    item: [1, 2, 3].map((sequence) => ({
      extension: [
        code('item-type', 'https://bluebutton.cms.gov/resources/variables/line', '1', 'Medical care'),
      ],
      sequence,
      category: concept('https://bluebutton.cms.gov/resources/variables/line_cms_type_srvc_cd', [
        '1',
        'Medical care',
      ]),
      productOrService: concept(systems.rxnorm, randomOf(drugs, 197, index, sequence)),
      servicedPeriod: head.billablePeriod,
      locationCodeableConcept: concept(thoSystem('ex-serviceplace'), ['21', 'Inpatient Hospital']),
      encounter: [encounter],
      net: money(randomBetween(100, 90_000, 198, index, sequence) / 100),
      adjudication: ['submitted', 'coinsurance', 'payment'].map((name, at) =>
        adjudication(name, randomBetween(0, 9999, 199, index, at) / 100),
      ),
    })),
    total: [
      {
        category: concept(thoSystem('adjudication'), ['submitted', 'Submitted Amount']),
        amount: money(randomBetween(100, 90_000, 200, index) / 100),
      },
    ],
    payment: { amount: money(randomBetween(100, 90_000, 201, index) / 100) },
  }
}
