import { expect, test } from 'vitest'
import { completedExport, context, exchange, unansweredExchange } from '../fixtures/evidence.ts'
import { manifestChecks } from './manifest.ts'
import { manifestConsistencyChecks } from './manifest-consistency.ts'
import { type JudgementTable, gaps } from '../fixtures/judgement-table.ts'

const manifest = (more: object = {}) =>
  exchange({
    number: 3,
    body: {
      transactionTime: '2026-01-01T00:00:00Z',
      requiresAccessToken: true,
      output: [],
      error: [],
      ...more,
    },
  })
const item = { type: 'Patient', url: 'https://a.example/1.ndjson' }
const listing = (...output: unknown[]) => manifest({ output })
const none = exchange({ text: 'no manifest' })

test('checks on the manifest have rows for each conclusion', () => {
  const table: JudgementTable = {
    'manifest-field': {
      satisfied: [
        [manifest(), { name: 'output', is: 'present' }],
        [manifest(), { name: 'transactionTime', is: 'instant' }],
        [manifest(), { name: 'error', is: 'empty-array' }],
        [manifest({ extension: {} }), { name: 'extension', is: 'object' }],
      ],
      violated: [
        [manifest(), { name: 'deleted', is: 'present' }],
        [manifest({ request: null }), { name: 'request', is: 'present' }],
        [manifest({ transactionTime: '2026-01-01' }), { name: 'transactionTime', is: 'instant' }],
        [manifest({ transactionTime: '2026-01-01T00:00:00' }), { name: 'transactionTime', is: 'instant' }],
        [manifest({ requiresAccessToken: 'true' }), { name: 'requiresAccessToken', is: 'boolean' }],
        [manifest({ extension: [] }), { name: 'extension', is: 'object' }],
      ],
      undecided: [
        [none, { name: 'output', is: 'present' }],
        [manifest(), { name: 'deleted', is: 'array' }],
        [unansweredExchange(), { name: 'output', is: 'array' }],
      ],
    },
    'manifest-items': {
      satisfied: [
        [listing(item), { in: 'output', each: 'object' }],
        [listing({ ...item, count: 0 }, item), { in: 'output', each: 'count' }],
        [listing(item), { in: 'output', each: 'absolute-url' }],
        [listing(item), { in: 'output', each: 'resource-type' }],
        [
          manifest({ error: [{ ...item, type: 'OperationOutcome' }] }),
          { in: 'error', each: 'OperationOutcome' },
        ],
      ],
      violated: [
        [listing('x'), { in: 'output', each: 'object' }],
        [listing({ ...item, count: '3' }), { in: 'output', each: 'count' }],
        [listing({ ...item, count: -1 }), { in: 'output', each: 'count' }],
        [listing({ ...item, url: '/1.ndjson' }), { in: 'output', each: 'absolute-url' }],
        [listing({ type: 'Patient' }), { in: 'output', each: 'url' }],
        [listing({ url: 'x' }), { in: 'output', each: 'type' }],
        [listing({ ...item, type: 'patient' }), { in: 'output', each: 'resource-type' }],
        [manifest({ error: [item] }), { in: 'error', each: 'OperationOutcome' }],
        [manifest({ deleted: [item] }), { in: 'deleted', each: 'Bundle' }],
        [listing({ ...item, extension: [] }), { in: 'output', each: 'extension' }],
      ],
      undecided: [
        [listing(), { in: 'output', each: 'url' }],
        [manifest(), { in: 'deleted', each: 'Bundle' }],
        [listing(item), { in: 'output', each: 'count' }],
        [listing({ type: 'Patient' }), { in: 'output', each: 'extension' }],
        [none, { in: 'output', each: 'url' }],
      ],
    },
    'manifest-distinct-urls': {
      satisfied: [[listing(item, { ...item, url: 'https://a.example/2.ndjson' }), true]],
      violated: [
        [listing(item, item), true],
        [manifest({ output: [item], error: [item] }), true],
      ],
      undecided: [
        [listing(), true],
        [none, true],
      ],
    },
    'manifest-types': {
      satisfied: [
        [listing(item), { within: ['Patient'] }],
        [listing(item), { without: ['OperationOutcome'] }],
      ],
      violated: [
        [listing(item), { within: ['Observation'] }],
        [listing({ ...item, type: 'OperationOutcome' }), { without: ['OperationOutcome'] }],
      ],
      undecided: [
        [listing(), { within: ['Patient'] }],
        [none, { within: ['Patient'] }],
      ],
    },
  }
  expect(gaps(manifestChecks, table)).toEqual([])
})

const url =
  'https://fhir.example/Patient/$export?_type=Patient,Observation&_outputFormat=application%2Ffhir%2Bndjson'
const sent = context(
  completedExport({
    kickoff: exchange({ status: 202, url }),
    completion: listing(item),
    statusUrl: 'https://fhir.example/status/1',
  }),
)
const asking = (request: unknown) => manifest({ request })
const dated = (date: string, transactionTime: string) =>
  exchange({ number: 3, headers: [['Date', date]], body: { transactionTime, output: [] } })
const window = context(
  completedExport({
    kickoff: exchange({ status: 202, headers: [['Date', 'Thu, 01 Jan 2026 00:00:00 GMT']] }),
  }),
)
const token = context({ probe: 'token', exchanges: [] })

test('checks on how a manifest fits its request have rows for each conclusion', () => {
  const table: JudgementTable = {
    'request-is-kickoff': {
      satisfied: [
        [asking(url), true, sent],
        [
          asking(
            'https://fhir.example/Patient/$export?_outputFormat=application/fhir+ndjson&_type=Patient%2CObservation',
          ),
          true,
          sent,
        ],
        [
          asking(
            'https://fhir.example/Patient/%24export?_type=xxxxxxx,Observation&_outputFormat=application/fhir%2Bndjson',
          ),
          true,
          sent,
        ],
      ],
      violated: [
        [asking('/Patient/$export'), true, sent],
        [asking('https://fhir.example/status/1'), true, sent],
        [asking('https://fhir.example/Patient/$export'), true, sent],
        [asking('https://fhir.example/$export?_type=Patient,Observation&_outputFormat=ndjson'), true, sent],
      ],
      undecided: [
        [asking(url.replace('fhir.example', 'inner.example:8080/fhir')), true, sent],
        [manifest(), true, sent],
        [asking(url), true, token],
      ],
    },
    'request-without-parameters': {
      satisfied: [[asking('https://fhir.example/$export'), true]],
      violated: [[asking('https://fhir.example/$export?_type=Patient'), true]],
      undecided: [[manifest(), true]],
    },
    'transaction-time-in-window': {
      satisfied: [
        [dated('Thu, 01 Jan 2026 01:00:00 GMT', '2026-01-01T00:30:00Z'), true, window],
        [dated('Thu, 01 Jan 2026 01:00:00 GMT', '2026-01-01T02:00:00+02:00'), true, window],
      ],
      violated: [
        [dated('Thu, 01 Jan 2026 01:00:00 GMT', '2026-01-01T03:00:00Z'), true, window],
        [dated('Thu, 01 Jan 2026 01:00:00 GMT', '2025-12-31T00:00:00Z'), true, window],
      ],
      undecided: [
        [dated('Thu, 01 Jan 2026 01:00:00 GMT', 'now'), true, window],
        [manifest(), true, token],
      ],
    },
    'same-manifest': {
      satisfied: [
        [listing({ ...item, url: 'https://a.example/1.ndjson?sig=2' }), ['transactionTime', 'files'], sent],
      ],
      violated: [
        [manifest({ transactionTime: '2026-01-01T00:00:01Z', output: [item] }), ['transactionTime'], sent],
        [listing(item, item), ['files'], sent],
        [exchange({ status: 404 }), ['files'], sent],
      ],
      undecided: [
        [listing(item), ['files'], token],
        [exchange({ status: 429 }), ['files'], sent],
        [exchange({ status: 404 }), ['transactionTime'], sent],
      ],
    },
    'another-polling-location': {
      satisfied: [[exchange({ status: 202 }), { than: 'https://fhir.example/status/2' }, sent]],
      violated: [[exchange({ status: 202 }), { than: 'https://fhir.example/status/1' }, sent]],
      undecided: [[exchange({ status: 202 }), { than: 'https://fhir.example/status/1' }, token]],
    },
  }
  expect(gaps(manifestConsistencyChecks, table)).toEqual([])
})
