import { expect, test } from 'vitest'
import { completedExport, context, exchange, unansweredExchange } from '../fixtures/evidence.ts'
import { exportOperationChecks } from './export-operation.ts'
import { headerChecks } from './header.ts'
import { scopeChecks } from './granted-scope.ts'
import { statusChecks } from './status.ts'
import { type JudgementTable, gaps, judgeRow } from '../fixtures/judgement-table.ts'

const ndjson = [['Content-Type', 'application/fhir+ndjson']] as const
const at = (status: number) => exchange({ status })
const failed = context({
  probe: 'export',
  sent: { level: 'patient', method: 'GET', url: '', parameters: [], headers: [] },
  export: { state: 'failed', kickoff: at(202), statusUrl: '', polls: [], completion: at(500) },
})
const running = context({
  probe: 'export',
  sent: { level: 'patient', method: 'GET', url: '', parameters: [], headers: [] },
  export: {
    state: 'overdue',
    overdue: { limit: 'time', seconds: 1 },
    kickoff: at(202),
    statusUrl: '',
    polls: [],
  },
})
const dated = (expires: string) =>
  exchange({
    headers: [
      ['Date', 'Thu, 01 Jan 2026 00:00:00 GMT'],
      ['Expires', expires],
    ],
  })

test('checks on status codes have rows for each conclusion', () => {
  const table: JudgementTable = {
    status: {
      satisfied: [
        [at(202), 202],
        [at(404), '4XX'],
        [at(401), [400, 401]],
        [at(404), { not: '5XX' }],
        [at(503), ['4XX', 503]],
        [at(429), [202, 429]],
        [at(429), { not: [200] }],
      ],
      violated: [
        [at(200), 202],
        [at(500), '4XX'],
        [at(403), [400, 401]],
        [at(502), { not: '5XX' }],
      ],
      undecided: [
        [unansweredExchange(), 202],
        [at(429), 202],
        [at(429), '4XX'],
      ],
    },
    'file-absent': {
      satisfied: [
        [at(404), true],
        [at(500), true],
      ],
      violated: [
        [at(200), true],
        [exchange({ status: 200, headers: ndjson, text: '' }), true],
      ],
      undecided: [
        [exchange({ status: 200, headers: ndjson, text: '{}\n' }), true],
        [at(302), true],
        [unansweredExchange(), true],
      ],
    },
    refused: {
      satisfied: [
        [at(400), true],
        [at(500), true],
      ],
      violated: [[at(202), true]],
      undecided: [
        [at(429), true],
        [at(302), true],
        [unansweredExchange(), true],
      ],
    },
    accepted: {
      satisfied: [[exchange({ status: 202, headers: [['content-location', '/status/1']] }), true]],
      violated: [
        [at(202), true],
        [at(200), true],
        [at(404), true],
      ],
      undecided: [
        [at(429), true],
        [unansweredExchange(), true],
      ],
    },
    'accepted-or-refused': {
      satisfied: [
        [at(202), true],
        [at(400), true],
        [at(501), true],
      ],
      violated: [
        [at(500), true],
        [at(200), true],
      ],
      undecided: [
        [at(503), true],
        [unansweredExchange(), true],
      ],
    },
    recovers: {
      satisfied: [[at(429), true]],
      violated: [[at(429), true, failed]],
      undecided: [[at(429), true, running]],
    },
    'expires-later': {
      satisfied: [[dated('Thu, 01 Jan 2026 00:10:00 GMT'), true]],
      violated: [[dated('Wed, 31 Dec 2025 23:00:00 GMT'), true]],
      undecided: [
        [dated('tomorrow'), true],
        [at(200), true],
      ],
    },
  }
  expect(gaps(statusChecks, table)).toEqual([])
})

const has = (name: string, ...values: string[]) =>
  exchange({ headers: values.map((value) => [name, value] as const) })

test('checks on headers have rows for each conclusion', () => {
  const table: JudgementTable = {
    header: {
      satisfied: [
        [has('content-location', 'https://a.example/1'), { name: 'Content-Location', is: 'absolute-url' }],
        [at(200), { name: 'X-Progress', is: 'absent' }],
        [has('Expires', 'Thu, 01 Jan 2026 00:00:00 GMT'), { name: 'Expires', is: 'http-date' }],
        [has('Expires', 'Thursday, 01-Jan-26 00:00:00 GMT'), { name: 'Expires', is: 'http-date' }],
        [has('Expires', 'Thu Jan  1 00:00:00 2026'), { name: 'Expires', is: 'http-date' }],
        [has('Retry-After', '120'), { name: 'Retry-After', is: 'delay-or-date' }],
        [has('Cache-Control', 'private, No-Store'), { name: 'Cache-Control', includes: 'no-store' }],
        [has('WWW-Authenticate', 'Bearer realm="x"'), { name: 'WWW-Authenticate', includes: 'bearer' }],
        [has('X-Progress', 'x'.repeat(99)), { name: 'X-Progress', 'shorter-than': 100 }],
        [
          has('A', 'b'),
          { name: 'A', 'one-of': ['b', 'c'], matches: '^b$', equals: 'b', 'differs-from': 'd' },
        ],
      ],
      violated: [
        [at(200), { name: 'Content-Location' }],
        [has('Content-Location', ''), { name: 'Content-Location' }],
        [has('Content-Location', '/status/1'), { name: 'Content-Location', is: 'absolute-url' }],
        [has('Content-Location', '//a.example/1'), { name: 'Content-Location', is: 'absolute-url' }],
        [has('A', 'b'), { name: 'A', is: 'absent' }],
        [has('Expires', '2026-01-01T00:00:00Z'), { name: 'Expires', is: 'http-date' }],
        [has('Expires', 'Thu, 31 Feb 2026 00:00:00 GMT'), { name: 'Expires', is: 'http-date' }],
        [has('Retry-After', '-1'), { name: 'Retry-After', is: 'delay-or-date' }],
        [has('Retry-After', '1.5'), { name: 'Retry-After', is: 'delay-or-date' }],
        [has('Cache-Control', 'private'), { name: 'Cache-Control', includes: 'no-store' }],
        [has('X-Progress', 'x'.repeat(100)), { name: 'X-Progress', 'shorter-than': 100 }],
        [has('A', 'b'), { name: 'A', 'differs-from': 'b' }],
      ],
      undecided: [
        [unansweredExchange(), { name: 'A' }],
        [at(200), { name: 'A', 'absent-ok': true }],
      ],
    },
    'media-type': {
      satisfied: [
        [has('Content-Type', 'application/fhir+ndjson; charset=utf-8'), 'application/fhir+ndjson'],
        [has('Content-Type', 'A/B'), ['a/b']],
      ],
      violated: [
        [has('Content-Type', 'text/html'), ['application/json']],
        [at(200), 'application/json'],
      ],
      undecided: [[unansweredExchange(), 'application/json']],
    },
  }
  expect(gaps(headerChecks, table)).toEqual([])
})

const base = 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/'
const declares = (operation: unknown, on = 'Patient') =>
  exchange({
    body: {
      resourceType: 'CapabilityStatement',
      rest: [
        on === 'system'
          ? { mode: 'server', operation: [operation] }
          : { mode: 'server', resource: [{ type: on, operation: [operation] }] },
      ],
    },
  })
const good = { name: 'export', definition: `${base}patient-export|2.0.0` }
const other = exchange({ body: { resourceType: 'OperationOutcome' } })

test('checks on declarations have rows for each conclusion', () => {
  const table: JudgementTable = {
    'declares-operation': {
      satisfied: [
        [declares(good), 'patient'],
        [declares({ name: 'export', definition: `${base}export` }, 'system'), 'system'],
        [declares({ name: 'x', definition: `${base}group-export` }, 'Group'), 'group'],
      ],
      violated: [
        [declares(good, 'system'), 'patient'],
        [declares({ name: 'everything', definition: 'http://a.example/everything' }), 'patient'],
      ],
      undecided: [[other, 'patient']],
    },
    'operation-names': {
      satisfied: [
        [declares(good), ['export']],
        [declares({ ...good, name: 'patient-export' }), ['export', 'patient-export']],
      ],
      violated: [[declares({ ...good, name: 'bulk' }), ['export']]],
      undecided: [
        [other, ['export']],
        [declares({ name: 'everything' }), ['export']],
      ],
    },
    'operation-definition': {
      satisfied: [[declares(good), true]],
      violated: [
        [declares({ name: 'export', definition: `${base}bulk-export` }), true],
        [declares({ name: 'export' }), true],
      ],
      undecided: [
        [declares({ name: 'export', definition: 'https://a.example/OperationDefinition/export' }), true],
        [other, true],
      ],
    },
    'known-operation': {
      satisfied: [
        [at(202), true],
        [at(403), true],
      ],
      violated: [
        [at(404), true],
        [at(501), true],
      ],
      undecided: [
        [at(500), true],
        [unansweredExchange(), true],
      ],
    },
  }
  expect(gaps(exportOperationChecks, table)).toEqual([])
})

test('the check on scopes has rows for each conclusion', () => {
  const granted = (scope: unknown) => exchange({ body: { access_token: 'x', scope } })
  const table: JudgementTable = {
    'granted-scope': {
      satisfied: [
        [granted('system/Patient.rs'), { types: ['Patient'], notation: 'v2', 'at-most': ['r', 's'] }],
        [
          granted('openid system/Patient.read'),
          { types: ['Patient'], notation: 'v1', 'at-most': ['r', 's'] },
        ],
      ],
      violated: [
        [granted('system/*.rs'), { types: ['Patient'] }],
        [granted('system/Patient.read'), { notation: 'v2' }],
        [granted('system/Patient.*'), { 'at-most': ['r', 's'] }],
        [granted('system/Patient.ruds'), { 'at-most': ['r', 's'] }],
      ],
      undecided: [
        [granted(undefined), { types: ['Patient'] }],
        [granted('openid'), { notation: 'v1' }],
        [exchange({ status: 400, body: { error: 'invalid_scope' } }), {}],
      ],
    },
  }
  expect(gaps(scopeChecks, table)).toEqual([])
})

test('a finding says in one sentence what the server did', () => {
  const [status] = statusChecks
  const it = status && judgeRow(status, [at(200), 202, context(completedExport({}))])
  expect(it).toEqual({
    is: 'violated',
    findings: [
      {
        message: 'The request is answered with status 200.',
        expected: '202',
        actual: '200',
        where: { exchange: 1 },
        times: 1,
      },
    ],
  })
})
