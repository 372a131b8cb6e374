import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCode } from '../model/exit-code.ts'
import { header } from '../model/http/exchange.ts'
import { isRefusal } from '../model/http/status.ts'
import type { RunResult } from '../model/result.ts'
import { defaultLimits } from '../model/target.ts'
import type { Response } from '../reference/http-message.ts'
import { judgeRecording } from '../run/judge-recording.ts'
import { readRecording } from '../run/recording.ts'
import { busyKickoffs } from '../reference/variations/gateways.ts'
import type { Gateway } from '../reference/variations/definition.ts'
import { loadBundledSuites, type ProviderSetting, runAgainst, runOptionsFor } from './provider-runs.ts'

// Time goes on between jobs.
const target = {
  limits: { ...defaultLimits, pollFloorMs: 100, tokenGraceMs: 10_000, deletionGraceMs: 2_000 },
}

const configuration = { gzip: false, levels: ['group'] } as const

const mark = ['Via', '1.1 gateway'] as const

const refusalWith = (status: number): Response => ({
  status,
  headers: [['Content-Type', 'application/fhir+json'], mark],
  body: '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception"}]}',
})

const tokenRefusal: Response = {
  status: 400,
  headers: [['Content-Type', 'application/json'], ['Cache-Control', 'no-store'], mark],
  body: '{"error":"invalid_client","error_description":"no"}',
}

/** Passes a number of requests of some kind on, and refuses those that follow. */
function refusingAfter(count: number, part: string, refusal: Response, methods: readonly string[]): Gateway {
  let seen = 0
  return async (request, pass) => {
    if (!request.url.includes(part) || !methods.includes(request.method)) return pass(request)
    seen += 1
    return seen > count ? refusal : pass(request)
  }
}

const verdicts = ({ tests }: RunResult) => new Map(tests.map((it) => [it.id, it.verdict.is]))

let honest: RunResult
beforeAll(async () => {
  honest = await runAgainst({ configuration })
})

/** Tests that pass on a response that refuses something. */
function passingByRefusal({ tests, exchanges }: RunResult): readonly string[] {
  const refused = new Set(exchanges.flatMap((it) => (isRefusal(it.response?.status ?? 0) ? [it.number] : [])))
  return tests
    .filter((it) => it.verdict.is === 'pass' && it.exchanges.some((number) => refused.has(number)))
    .map((it) => it.id)
}

const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.each([
  ['kick-off', 403, 12, '$export'],
  ['kick-off', 500, 12, '$export'],
  ['kick-off', 429, 12, '$export'],
  ['kick-off', 403, 40, '$export'],
  ['token', 400, 3, '/auth/token'],
  ['status', 403, 12, '/bulk/status/'],
  ['file', 500, 12, '/bulk/files/'],
  ['delete', 403, 3, '/bulk/status/'],
] as const)('every %s request is refused with %d from some number on', (kind, status, count, part) => {
  const methods = kind === 'delete' ? ['DELETE'] : ['GET', 'POST']
  const refusal = kind === 'token' ? tokenRefusal : refusalWith(status)
  const recording = {
    recording: join(folder, `${kind}-${status}-${count}.json`),
    keep: mkdtempSync(join(folder, 'files-')),
  }
  let result: RunResult
  beforeAll(async () => {
    const gateway = refusingAfter(count, part, refusal, methods)
    result = await runAgainst({ configuration, gateway, record: recording, target })
  })

  test('no test passes for it, and something says so', () => {
    const refused = new Set(
      result.exchanges
        .filter(({ response }) => response && header(response.headers, mark[0]) !== undefined)
        .map((it) => it.number),
    )
    expect(refused.size).toBeGreaterThan(5)
    const passing = result.tests.filter(
      (it) => it.verdict.is === 'pass' && it.exchanges.some((number) => refused.has(number)),
    )
    expect(passing.map((it) => it.id)).toEqual([])
    expect(exitCode(result)).not.toBe(0)
    const kinds = result.tests.flatMap(({ verdict }) =>
      verdict.is === 'inconclusive' ? [(verdict.cause ?? verdict.reason).kind] : [],
    )
    expect(kinds.filter((it) => it === 'refused-alike' || it === 'none-accepted').length).toBeGreaterThan(0)
  })

  test('a recording is judged as the run was', async () => {
    const again = await judgeRecording({
      recording: readRecording(recording.recording),
      loaded: loadBundledSuites(),
      failOn: 'MAY',
      knownFailing: [],
      warnings: [],
      harness: 'bulkcheck selftest',
    })
    const changed = again.tests.filter(({ id, verdict }) => {
      const reason = 'reason' in verdict ? verdict.reason.kind : undefined
      return verdict.is !== verdicts(result).get(id) && reason !== 'patient-ids-not-recorded'
    })
    expect(changed.map((it) => it.id)).toEqual([])
  })
})

test('a server that puts every seventh kick-off off has the verdicts of one that does not', async () => {
  const busy = await runAgainst({ configuration, gateway: busyKickoffs(7) })
  expect(verdicts(busy)).toEqual(verdicts(honest))
})

test.each<[string, ProviderSetting]>([
  ['with authorization', {}],
  ['without authorization', { authorization: false }],
])('%s, a test that expects a refusal passes when it runs alone, too', async (_, setting) => {
  const whole = await runAgainst({ ...setting, configuration })
  const alone = new Map<string, string | undefined>()
  const ids = passingByRefusal(whole)
  for (const id of ids) {
    const { tests } = await runAgainst({ ...setting, configuration, only: [id] })
    alone.set(id, tests.find((it) => it.id === id)?.verdict.is)
  }
  expect(ids.length).toBeGreaterThan(25)
  expect([...alone].filter(([, verdict]) => verdict !== 'pass' && verdict !== 'not-applicable')).toEqual([])
})

test('at most one kick-off in ten is there only for refusals', async () => {
  const setting = { configuration: { gzip: false } }
  const { plan } = await runOptionsFor(setting)
  const { exchanges, jobs } = await runAgainst(setting)
  const kickoffs = exchanges.filter((it) => it.request.url.includes('$export')).length
  const planned = plan.probes.filter((it) => it.kind === 'export').length
  expect(kickoffs).toBeLessThanOrEqual(planned * 1.1)
  expect(jobs).toMatchObject({ deleted: jobs.started })
})
