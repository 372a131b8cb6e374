import { expect, test } from 'vitest'
import { bundleInvariants, clinicalInvariants } from './clinical.ts'
import { dataTypeInvariants, elementInvariantRules } from './data-types.ts'
import type { JsonObject } from '../../model/json.ts'
import type { InvariantRule } from './rule.ts'

const ucum = 'http://unitsofmeasure.org'
const a = { text: 'a' }
const ref = { reference: 'A/1' }
const coded = (system: string, code: string): JsonObject => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }],
})
const div = (inner: string): JsonObject => ({
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`,
})
const entries = (type: string, ...entry: readonly JsonObject[]): JsonObject => ({ type, entry })

/** By invariant, with its type before it where another has one by that name: an object that holds it and one that does not. */
const pairs: Readonly<Record<string, readonly [good: JsonObject, bad: JsonObject]>> = {
  'ext-1': [{ url: 'urn:a', valueCode: 'a' }, { url: 'urn:a' }],
  'age-1': [
    { value: 1, code: 'a', system: ucum },
    { value: 0, code: 'a', system: ucum },
  ],
  'att-1': [{ data: 'YQ==', contentType: 'a/b' }, { data: 'YQ==' }],
  'cnt-3': [
    { value: 1, code: '1', system: ucum },
    { value: 1.5, code: '1', system: ucum },
  ],
  'cpt-2': [{ value: 'a', system: 'phone' }, { value: 'a' }],
  'dis-1': [{ value: 1, code: 'm', system: ucum }, { value: 1 }],
  'drq-1': [{ path: 'a' }, { path: 'a', searchParam: 'a' }],
  'drq-2': [{ searchParam: 'a' }, {}],
  'drt-1': [
    { value: 1, code: 'h', system: ucum },
    { value: 1, code: 'h', system: 'urn:a' },
  ],
  'exp-1': [{ expression: 'a' }, { language: 'a' }],
  'per-1': [
    { start: '2020', end: '2020-01-01' },
    { start: '2020-02', end: '2020-01-31' },
  ],
  'qty-3': [{ code: 'a', system: 'urn:a' }, { code: 'a' }],
  'rat-1': [{ numerator: a, denominator: a }, { numerator: a }],
  'rng-2': [
    { low: { value: 2, unit: 'a' }, high: { value: 1, unit: 'b' } },
    { low: { value: 2 }, high: { value: 1 } },
  ],
  'sqty-1': [{ value: 1 }, { value: 1, comparator: '<' }],
  'tim-1': [{ duration: 1, durationUnit: 'h' }, { duration: 1 }],
  'tim-2': [{ period: 1, periodUnit: 'h' }, { period: 1 }],
  'tim-4': [{ duration: 0 }, { duration: -1 }],
  'tim-5': [{ period: 0 }, { period: -1 }],
  'tim-6': [{ period: 1, periodMax: 2 }, { periodMax: 2 }],
  'tim-7': [{ duration: 1, durationMax: 2 }, { durationMax: 2 }],
  'tim-8': [{ count: 1, countMax: 2 }, { countMax: 2 }],
  'tim-9': [
    { offset: 1, when: ['HS', 'WAKE'] },
    { offset: 1, when: ['HS', 'C'] },
  ],
  'tim-10': [{ when: ['HS'] }, { when: ['HS'], timeOfDay: ['10:00:00'] }],
  'trd-1': [{ data: [a] }, { data: [a], timingDate: '2020' }],
  'trd-2': [{ condition: a, data: [a] }, { condition: a }],
  'trd-3': [{ type: 'periodic', timingDate: '2020' }, { type: 'named-event' }],
  'txt-1': [div('<p>a</p>'), div('<script>a</script>')],
  'txt-2': [div('<p>a</p>'), div('<p> </p>')],
  'org-2': [{ use: 'work' }, { use: 'home' }],
  'org-3': [{ use: 'work' }, { use: 'home' }],
  'ras-1': [{ low: { code: '%', system: ucum } }, { high: { code: 'a', system: ucum } }],
  'ait-1': [{ verificationStatus: coded('allergyintolerance-verification', 'entered-in-error') }, {}],
  'ait-2': [
    { clinicalStatus: a },
    { clinicalStatus: a, verificationStatus: coded('allergyintolerance-verification', 'entered-in-error') },
  ],
  'app-1': [{ actor: ref }, { status: 'accepted' }],
  'app-2': [{ start: 'a', end: 'a' }, { start: 'a' }],
  'app-3': [{ status: 'proposed' }, { status: 'booked' }],
  'app-4': [
    { status: 'cancelled', cancelationReason: a },
    { status: 'booked', cancelationReason: a },
  ],
  'apr-1': [{ actor: ref }, {}],
  'ces-1': [{ category: a }, { category: a, productOrService: a }],
  'cmp-1': [{ entry: [ref] }, { title: 'a' }],
  'cmp-2': [{ entry: [ref] }, { entry: [ref], emptyReason: a }],
  'con-1': [{ summary: a }, { type: a }],
  'con-2': [{ code: [a] }, {}],
  'con-4': [
    { abatementString: 'a', clinicalStatus: coded('condition-clinical', 'resolved') },
    { abatementString: 'a', clinicalStatus: coded('condition-clinical', 'active') },
  ],
  'con-5': [
    { verificationStatus: coded('condition-ver-status', 'entered-in-error') },
    { verificationStatus: coded('condition-ver-status', 'entered-in-error'), clinicalStatus: a },
  ],
  'cpl-3': [{ detail: a }, { detail: a, reference: ref }],
  'fhs-1': [{ ageString: 'a' }, { ageString: 'a', bornString: 'a' }],
  'fhs-2': [{ ageString: 'a', estimatedAge: true }, { estimatedAge: true }],
  'gol-1': [{ detailString: 'a', measure: a }, { detailString: 'a' }],
  'grp-1': [
    { actual: true, member: [a] },
    { actual: false, member: [a] },
  ],
  'imm-1': [{ reference: 'urn:a' }, { publicationDate: '2020' }],
  'imr-1': [{ targetDisease: a }, { forecastStatus: a }],
  'Task inv-1': [
    { authoredOn: '2020-01-01', lastModified: '2020-01-01T00:00:00Z' },
    { authoredOn: '2020-01-03', lastModified: '2020-01-01T00:00:00Z' },
  ],
  'ipn-1': [{ name: 'a' }, {}],
  'lnk-1': [{ item: [a, a] }, { item: [a] }],
  'lst-1': [{ entry: [a] }, { entry: [a], emptyReason: a }],
  'lst-2': [
    { mode: 'changes', entry: [{ deleted: true }] },
    { mode: 'working', entry: [{ deleted: true }] },
  ],
  'lst-3': [
    { mode: 'working', entry: [{ date: '2020' }] },
    { mode: 'snapshot', entry: [{ date: '2020' }] },
  ],
  'mad-1': [{ rateRatio: a }, { route: a }],
  'mdd-1': [
    { whenPrepared: '2020-01-01T00:00:00Z', whenHandedOver: '2020-01-01T01:00:00+01:00' },
    { whenPrepared: '2020-01-01T00:00:01Z', whenHandedOver: '2020-01-01T01:00:00+01:00' },
  ],
  'mrp-1': [
    { type: 'summary', group: [a] },
    { type: 'data-collection', group: [a] },
  ],
  'mrp-2': [
    { group: [{ stratifier: [{ stratum: [{ value: a }] }] }] },
    { group: [{ stratifier: [{ stratum: [{ value: a, component: [a] }] }] }] },
  ],
  'msq-3': [{ coordinateSystem: 1 }, { coordinateSystem: 2 }],
  'msq-5': [{ chromosome: a, genomeBuild: 'a' }, { chromosome: a }],
  'msq-6': [{ genomeBuild: 'a' }, { genomeBuild: 'a', referenceSeqString: 'a' }],
  'obs-3': [{ text: 'a' }, { type: a }],
  'obs-6': [{ dataAbsentReason: a }, { dataAbsentReason: a, valueString: 'a' }],
  'obs-7': [
    {
      code: { coding: [{ code: 'a' }] },
      valueString: 'a',
      component: [{ code: { coding: [{ code: 'b' }] } }],
    },
    {
      code: { coding: [{ code: 'a' }] },
      valueString: 'a',
      component: [{ code: { coding: [{ code: 'a' }] } }],
    },
  ],
  'org-1': [{ name: 'a' }, { active: true }],
  'pat-1': [{ organization: ref }, { gender: 'male' }],
  'ppc-1': [{ policyRule: a }, {}],
  'prr-1': [{ orderDetail: [a], code: a }, { orderDetail: [a] }],
  'qrs-1': [{ item: [a] }, { item: [a], answer: [a] }],
  'ras-2': [{ probabilityDecimal: 100 }, { probabilityDecimal: 101 }],
  'rqg-1': [{ resource: ref }, { resource: ref, action: [a] }],
  'sev-1': [{ name: 'a' }, { name: 'a', query: 'a' }],
  'bdl-1': [
    { type: 'searchset', total: 1 },
    { type: 'collection', total: 1 },
  ],
  'bdl-2': [entries('searchset', { search: a }), entries('collection', { search: a })],
  'bdl-3': [entries('batch', { request: a }), entries('collection', { request: a })],
  'bdl-4': [entries('batch-response', { response: a }), entries('batch-response', {})],
  'bdl-5': [{ resource: a }, { fullUrl: 'a' }],
  'bdl-7': [
    entries('collection', { fullUrl: 'a' }, { fullUrl: 'b' }),
    entries('collection', { fullUrl: 'a' }, { fullUrl: 'a' }),
  ],
  'bdl-8': [{ fullUrl: 'http://a/b/1' }, { fullUrl: 'http://a/b/1/_history/1' }],
  'bdl-9': [{ type: 'document', identifier: { system: 'a', value: 'a' } }, { type: 'document' }],
  'bdl-10': [{ type: 'document', timestamp: 'a' }, { type: 'document' }],
  'bdl-11': [
    entries('document', { resource: { resourceType: 'Composition' } }),
    entries('document', { resource: { resourceType: 'Patient' } }),
  ],
  'bdl-12': [entries('message', { resource: { resourceType: 'MessageHeader' } }), entries('message')],
  'Parameters.parameter inv-1': [{ valueCode: 'a' }, { valueCode: 'a', resource: a }],
}

const rules: Readonly<Record<string, InvariantRule>> = {
  ...dataTypeInvariants,
  ...elementInvariantRules,
  ...clinicalInvariants,
  ...bundleInvariants,
}

test.each(Object.entries(pairs))('%s', (name, [good, bad]) => {
  expect(rules[name]?.(good, { resource: good, root: good })).toBe(true)
  expect(rules[name]?.(bad, { resource: bad, root: bad })).toBe(false)
})

test('every invariant that has a function has a pair', () => {
  expect(Object.keys(rules).filter((it) => !(it in pairs))).toEqual([])
})
