import { expect, test } from 'vitest'
import { completedExport, exchange, index, row } from '../fixtures/evidence.ts'
import { candidateQueries, filterCandidates, isCandidateQuery } from './filter-candidates.ts'
import type { ExportEvidence } from '../../model/evidence.ts'
import type { PickSource } from '../check.ts'
import { picks } from '../registry.ts'
import { unknownUrl } from './export.ts'

function pick(name: string, source: Partial<PickSource>): unknown {
  const picker = picks.find((it) => it.name === name)
  if (!picker) throw new Error(`no pick ${name}`)
  return picker.from({ evidence: completedExport({}), ...source })
}

const none = { reason: { kind: 'stated', text: expect.any(String) } }

test('from what an export said', () => {
  const items = [
    { kind: 'error', url: 'https://a.example/e' },
    { kind: 'output', url: 'https://a.example/files/Patient.1.ndjson?sig=x', type: 'Patient' },
    { kind: 'output', url: 'https://a.example/files/Patient.2.ndjson?sig=x', type: 'Patient' },
  ] as const
  const evidence = completedExport({
    statusUrl: 'https://a.example/status/12',
    manifest: { transactionTime: '2026-01-01T00:00:00Z', items },
  })
  expect(pick('statusUrl', { evidence })).toBe('https://a.example/status/12')
  expect(pick('unknownStatusUrl', { evidence })).toBe('https://a.example/status/12987654')
  expect(pick('firstOutputUrl', { evidence })).toBe(items[1].url)
  expect(pick('lastOutputUrl', { evidence })).toBe('https://a.example/files/Patient.2.ndjson?sig=x')
  expect(pick('firstErrorUrl', { evidence })).toBe(items[0].url)
  expect(pick('firstDeletedUrl', { evidence })).toEqual({
    reason: { kind: 'no-files-listed', files: 'deleted' },
  })
  expect(pick('outputTypes', { evidence })).toEqual(['Patient'])
  expect(pick('unknownFileUrl', { evidence })).toBe('https://a.example/files/Patient.1987654.ndjson?sig=x')
  expect(pick('future', { evidence })).toBe('2026-01-02T00:00:00Z')
  const refused = {
    probe: 'export',
    sent: { level: 'patient', method: 'GET', url: '', parameters: [], headers: [] },
    export: { state: 'refused', kickoff: exchange({ status: 400 }) },
  } as const
  for (const name of [
    'statusUrl',
    'unknownStatusUrl',
    'firstOutputUrl',
    'unknownFileUrl',
    'future',
    'outputTypes',
  ])
    expect(pick(name, { evidence: refused }), name).toEqual({
      reason: { kind: 'refused', probe: 'its export', outcome: { exchange: 1, status: 400 } },
    })
})

test.each([
  [
    'https://a.example/status/3f2a9c1e-0000-4000-8000-00000000000a',
    'https://a.example/status/3f2a9c1e-0000-4000-8000-000000000000',
  ],
  ['https://a.example/status/abc/', 'https://a.example/status/abcx9z7'],
  [
    'https://a.example/fhir/$export-poll-status?_jobId=77',
    'https://a.example/fhir/$export-poll-status?_jobId=77987654',
  ],
  [
    'https://a.example/fhir/$export-poll-status?_jobId=77&v=1',
    'https://a.example/fhir/$export-poll-status?_jobId=77987654&v=1',
  ],
])('%s is altered so that it stays well-formed', (url, wanted) => {
  expect(unknownUrl(url)).toBe(wanted)
})

const at = (...times: readonly (number | undefined)[]) =>
  index(times.map((updated, n) => row(`Goal/${n}`, updated === undefined ? {} : { updated })))

test('from a manifest with a link, and from a CapabilityStatement', () => {
  const evidence = completedExport({ pageUrls: ['https://a.example/2', 'https://a.example/3'] })
  expect(pick('nextManifestUrl', { evidence })).toBe('https://a.example/2')
  expect(pick('nextManifestUrl', {})).toEqual(none)
  const statement = (...resource: readonly object[]) =>
    ({
      probe: 'request',
      exchanges: [exchange({ body: { resourceType: 'CapabilityStatement', rest: [{ resource }] } })],
    }) as const
  const url = 'http://hl7.org/fhir/uv/bulkdata/Extension/operation-not-supported'
  const types = [
    { type: 'Patient' },
    { type: 'Goal' },
    { type: 'NoSuchType' },
    { type: 'Task', extension: [{ url }] },
  ]
  expect(pick('declaredType', { evidence: statement(...types) })).toBe('Patient')
  expect(pick('declaredType', { evidence: statement() })).toEqual(none)
})

test('an instant between two values of lastUpdated', () => {
  expect(pick('earlyLastUpdated', { index: at(0, 10_000, 20_000, 30_000) })).toBe('1970-01-01T00:00:05Z')
  expect(pick('earlyLastUpdated', { index: at(0, 10_000) })).toEqual(none)

  expect(pick('medianLastUpdated', { index: at(0, 10_000, 20_000, 30_000) })).toBe('1970-01-01T00:00:15Z')
  // Whole seconds where there is room, and away from the median if there is room nowhere near.
  expect(pick('medianLastUpdated', { index: at(0, 9_000, 9_000, 9_000, 9_001) })).toBe('1970-01-01T00:00:05Z')
  expect(pick('medianLastUpdated', { index: at(1_000, 1_400) })).toBe('1970-01-01T00:00:01.200Z')
  expect(pick('medianLastUpdatedWithOffset', { index: at(0, 10_000) })).toBe('1970-01-01T13:00:05.000+13:00')
  // At most six hours before the next resource.
  const day = 86_400_000
  expect(pick('medianLastUpdated', { index: at(0, day) })).toBe('1970-01-01T18:00:00Z')
  expect(pick('medianLastUpdated', { index: at(5, 5, 5) })).toEqual(none)
  expect(pick('medianLastUpdated', { index: at(undefined) })).toEqual(none)
  expect(pick('medianLastUpdated', {})).toEqual(none)
})

test('types that the export holds', () => {
  const held = index([
    row('Organization/1'),
    row('Patient/1'),
    row('Observation/1'),
    row('Goal/1'),
    row('Goal/2'),
  ])
  expect(pick('oneType', { index: held })).toBe('Observation')
  expect(pick('twoTypes', { index: held })).toEqual(['Observation', 'Patient'])
  const one = index([row('Goal/1')])
  expect(pick('twoCommonTypes', { index: held })).toEqual(['Observation', 'Patient'])
  for (const name of ['oneType', 'twoTypes', 'twoCommonTypes'])
    expect(pick(name, { index: one }), name).toEqual(none)
})

const split = (...meets: readonly (readonly string[])[]) =>
  index(
    meets.map((it, n) => row(`Patient/${n}`, { meets: it })),
    { queries: candidateQueries(2026) },
  )

test('queries that split what the export holds', () => {
  const [female, male, born] = [
    'Patient?gender=female',
    'Patient?gender=male',
    'Patient?birthdate=lt1960-01-01',
  ]
  const both = 'Patient?gender=female&birthdate=lt1980-01-01'
  const held = split([female, born, both], [male], [], [male])
  expect(pick('splittingToken', { index: held })).toBe(female)
  expect(pick('splittingTokenType', { index: held })).toBe('Patient')
  expect(pick('secondSplittingToken', { index: held })).toBe(male)
  expect(pick('splittingDate', { index: held })).toBe(born)
  expect(pick('splittingTokenAnd', { index: held })).toBe(both)
  expect(pick('mixedQueries', { index: held })).toEqual([female, both, born, male])
  expect(pick('mixedQueryTypes', { index: held })).toEqual(['Patient'])
  expect(pick('splittingTokens', { index: held })).toEqual([female, male])
  expect(pick('alternativeToken', { index: held })).toBe(male)
  for (const few of [split([female], []), split([female], [male])]) {
    expect(pick('splittingTokens', { index: few })).toEqual([female])
    expect(pick('alternativeToken', { index: few })).toEqual(none)
  }
  const mixed = index(
    [
      row('Immunization/1', { meets: ['Immunization?status=completed'] }),
      row('Immunization/2'),
      ...[[female], [male], []].map((meets, n) => row(`Patient/${n}`, { meets })),
    ],
    { queries: candidateQueries(2026) },
  )
  expect(pick('splittingTokens', { index: mixed }), 'a pair is preferred').toEqual([female, male])
  const quantity = index(
    [
      row('Observation/1', { meets: ['Observation?value-quantity=gt75', 'Observation?status=final'] }),
      row('Observation/2'),
    ],
    { queries: candidateQueries(2026) },
  )
  expect(pick('splittingQuantity', { index: quantity })).toBe('Observation?value-quantity=gt75')
  expect(pick('splittingStatus', { index: quantity })).toBe('Observation?status=final')
  for (const name of [
    'splittingToken',
    'splittingTokens',
    'secondSplittingToken',
    'splittingDate',
    'splittingStatus',
    'splittingTokenAnd',
    'splittingQuantity',
  ])
    expect(pick(name, { index: split([female], [female]) }), name).toEqual(none)
})

test.each([2026, 2031, 2110])('dates up to %d split what the export holds', (year) => {
  const recent = `Observation?date=ge${year}-01-01`
  const decade = year - (year % 10)
  const both = `Patient?gender=female&birthdate=lt${decade - 20}-01-01`
  const young = `Patient?birthdate=lt${decade}-01-01`
  const held = (meets: string, queries = candidateQueries(year)) => {
    const type = meets.split('?')[0]
    return index([row(`${type}/1`, { meets: [meets] }), row(`${type}/2`)], { queries })
  }
  expect(pick('splittingDate', { index: held(recent) })).toBe(recent)
  expect(pick('splittingDate', { index: held(young) })).toBe(young)
  expect(pick('splittingTokenAnd', { index: held(both) })).toBe(both)
  // Where Observations could not be evaluated, an even year is the latest.
  const fewer = candidateQueries(year).filter((it) => !it.startsWith('Observation'))
  expect(pick('splittingTokenAnd', { index: held(both, fewer) })).toBe(both)
})

test('a candidate of any year is known as one, and nothing else is', () => {
  for (const year of [1999, 2026, 2110])
    expect(candidateQueries(year).filter((it) => !isCandidateQuery(it))).toEqual([])
  expect(candidateQueries(2110).length).toBeGreaterThan(candidateQueries(2026).length)
  expect(filterCandidates(2026).date).toContain('Observation?date=ge2026-01-01')
  for (const query of ['Observation?date=ge2026-01-02', 'Goal?start-date=ge2026-01-01', 'Patient/1'])
    expect(isCandidateQuery(query), query).toBe(false)
})

test('patients, who must never be printed', () => {
  const patientIds = ['a', 'b', 'c']
  expect(pick('firstPatient', { patientIds })).toBe('Patient/a')
  expect(pick('twoPatients', { patientIds })).toEqual(['Patient/a', 'Patient/b'])
  const held = index([row('Group/g', { patients: ['Patient/a'] }), row('Patient/a'), row('Patient/b')])
  expect(pick('patientNotInGroup', { index: held, patientIds })).toBe('Patient/b')
  expect(pick('patientNotInGroup', { index: held, patientIds: ['a'] })).toEqual(none)
  expect(pick('patientNotInGroup', { index: at(1), patientIds })).toEqual(none)
  for (const name of ['firstPatient', 'twoPatients'])
    expect(pick(name, { patientIds: [] }), name).toEqual(none)
  const ofPatients = picks.filter(({ states }) => /^(A|Two) patient/.test(states))
  expect(ofPatients.length).toBeGreaterThanOrEqual(2)
  for (const it of ofPatients) expect(it.sensitive, it.name).toBe(true)
})

test('of attachments: one on the server before any other, and what its resource states', () => {
  const { sent, ...rest } = completedExport({}) as ExportEvidence
  const evidence = { ...rest, sent: { ...sent, url: 'https://a.example/fhir/$export' } }
  const elsewhere = { file: 0, line: 1, url: 'https://b.example/1', size: 3 }
  const own = {
    file: 0,
    line: 2,
    url: 'https://a.example/fhir/Binary/2',
    hash: 'x',
    contentType: 'text/plain',
  }
  const of = (...attachments: (typeof elsewhere | typeof own)[]) => ({ evidence, attachments })
  expect(pick('attachmentUrl', of(elsewhere, own))).toBe(own.url)
  expect(pick('attachmentFacts', of(elsewhere, own))).toEqual(['', 'x', 'text/plain'])
  expect(pick('attachmentUrl', of(elsewhere))).toBe(elsewhere.url)
  expect(pick('attachmentFacts', of(elsewhere))).toEqual(['3', '', ''])
  expect(pick('ownAttachmentUrl', of(elsewhere, own))).toBe(own.url)
  expect(pick('ownAttachmentUrl', of(elsewhere))).toEqual(none)
  for (const name of ['attachmentUrl', 'attachmentFacts', 'ownAttachmentUrl'])
    expect(pick(name, of()), name).toEqual(none)
})

test('of attachments and hosts of files, without an export', () => {
  expect(pick('fileHosts', { evidence: { probe: 'token', exchanges: [] } })).toEqual(none)
})
