import { describe, expect, test } from 'vitest'
import type { Evidence } from '../model/evidence.ts'
import type { ExportIntent } from '../model/export/export.ts'
import { openScripted, type ScriptedAnswer, scriptedBase } from './fixtures/scripted-session.ts'

const plain: ExportIntent = { upTo: 'files', again: false, polling: 'polite' }
const page = (status: number, ...headers: (readonly [string, string])[]): ScriptedAnswer => ({
  ...{ status, headers, body: '<html>gateway</html>' },
})
const throttled = (seconds: number): ScriptedAnswer => ({
  ...{ status: 429, headers: [['Retry-After', String(seconds)]] },
})
const exported = (session: ReturnType<typeof openScripted>['session'], intent = plain) =>
  session.performExport({ level: 'system' }, intent)
const lastStatus = (it: Evidence) =>
  it.probe === 'request' || it.probe === 'token' ? it.exchanges.at(-1)?.response?.status : undefined

const steps = [
  ['POST /token', 'token request'],
  ['GET /fhir/$export', 'kick-off'],
  ['GET /job/1', 'status request'],
  ['GET /file/1', 'file'],
  ['DELETE /job/1', 'deletion'],
] as const

describe.each(steps)('%s', (line, request) => {
  test.each([502, 503, 504, 'reset'] as const)('is repeated after %s, which is noted', async (answer) => {
    const { session, seen } = openScripted((it) =>
      it.line === line && it.times <= 3 ? (answer === 'reset' ? 'reset' : page(answer)) : undefined,
    )
    const evidence = await exported(session)
    await session.close()
    expect(evidence).toMatchObject({ export: { state: 'complete', files: [{ retrieved: true }] } })
    expect(session.jobs).toMatchObject({ started: 1, deleted: 1, perhapsLeft: [] })
    expect(session.flaky).toMatchObject(Array.from({ length: 3 }, () => ({ request, answer })))
    const times = seen.filter((it) => it.line === line).map((it) => it.at)
    const pauses = times.slice(1, 4).map((at, before) => at - (times[before] ?? 0))
    expect(pauses).toEqual([1_000, 3_000, 9_000])
  })

  test('waits after a 429 as long as Retry-After says', async () => {
    const { session, seen } = openScripted((it) =>
      it.line === line && it.times === 1 ? throttled(30) : undefined,
    )
    const evidence = await exported(session)
    await session.close()
    expect(evidence).toMatchObject({ export: { state: 'complete', files: [{ retrieved: true }] } })
    expect(session.jobs).toEqual({ started: 1, deleted: 1, perhapsLeft: [] })
    const [first, second] = seen.filter((it) => it.line === line)
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(30_000)
    expect(session.flaky).toEqual([])
  })
})

describe('what lasts is judged', () => {
  test('by the last of four attempts, and later requests of that kind do not wait so long', async () => {
    const { session, seen } = openScripted((it) => (it.line === 'GET /fhir/Patient' ? page(503) : undefined))
    const first = await session.performRequest({ get: 'Patient' })
    expect(first).toMatchObject({ exchanges: [{ number: 5, response: { status: 503 } }] })
    expect(session.flaky).toEqual([])
    const asked = seen.length
    expect(lastStatus(await session.performRequest({ get: 'Patient' }))).toBe(503)
    expect(seen.length - asked).toBe(2)
  })

  test('and a FHIR server speaks for itself', async () => {
    const { session, lines } = openScripted((it) =>
      it.line === 'GET /fhir/Patient'
        ? { status: 503, body: { resourceType: 'OperationOutcome' } }
        : undefined,
    )
    expect(lastStatus(await session.performRequest({ get: 'Patient' }))).toBe(503)
    expect(lines()).toHaveLength(1)
  })

  const fault: ScriptedAnswer = { status: 500, body: { resourceType: 'OperationOutcome' } }

  test.each([
    ['POST /token', 3],
    ['GET /fhir/$export', 3],
    ['GET /file/1', 3],
    // A resource says that the job has failed.
    ['GET /job/1', 0],
  ] as const)('and a 500 to %s that passes after %i attempts is not', async (line, attempts) => {
    const { session, seen } = openScripted((it) =>
      it.line === line && it.times <= attempts ? fault : undefined,
    )
    expect(await exported(session)).toMatchObject({
      export: { state: 'complete', files: [{ retrieved: true }] },
    })
    expect(seen.filter((it) => it.line === line).length).toBeGreaterThan(attempts)
    expect(session.flaky).toMatchObject(Array.from({ length: attempts }, () => ({ answer: 500 })))
  })

  test('and a 500 to a kick-off with parameters after one attempt more', async () => {
    const { session, seen } = openScripted((it) => (it.line.includes('$export') ? fault : undefined))
    const evidence = await session.performExport(
      { level: 'system', parameters: { _since: 'yesterday' } },
      plain,
    )
    expect(evidence).toMatchObject({ export: { state: 'refused' } })
    expect(seen.filter((it) => it.line.includes('$export'))).toHaveLength(2)
    expect(session.flaky).toEqual([])
  })

  test('and what may have been done is not done twice', async () => {
    const { session, lines } = openScripted((it) => (it.line === 'POST /fhir/Patient' ? 'reset' : undefined))
    await session.performRequest({ post: 'Patient', body: {} })
    expect(lines()).toHaveLength(1)
  })
})

describe('a 429', () => {
  test('stops requests to its origin, and to no other', async () => {
    const { session, seen } = openScripted((it) =>
      it.line === 'GET /fhir/a' && it.times === 1 ? throttled(60) : undefined,
    )
    const elsewhere = 'https://storage.example.com/1'
    await Promise.all([
      session.performRequest({ get: 'a' }),
      session.performRequest({ get: elsewhere, authorization: 'none' }),
    ])
    await session.performRequest({ get: 'b' })
    expect(seen.find((it) => it.url === elsewhere)?.at).toBe(0)
    expect(seen.find((it) => it.line === 'GET /fhir/b')?.at).toBe(60_000)
  })

  test('that asks for longer than the limit ends the requests there, and says why', async () => {
    const { session, lines } = openScripted((it) =>
      it.line === 'GET /fhir/a' ? throttled(7_200) : undefined,
    )
    await session.performRequest({ get: 'a' })
    expect(await session.performRequest({ get: 'b' })).toMatchObject({
      exchanges: [{ networkError: 'forbidden', stop: { kind: 'pause', seconds: 7_200, left: 1_800 } }],
    })
    expect(lines()).toEqual(['GET /fhir/a'])
  })

  test.each([
    ['429', 429, '1767614400000'],
    ['503', 503, 'Fri, 31 Dec 9999 23:59:59 GMT'],
  ] as const)(
    'or a %s that asks for more than a year does not close the server for the rest of the run',
    async (_, status, value) => {
      const { session } = openScripted((it) =>
        ['GET /fhir/$export', 'GET /job/1', 'GET /file/1', 'DELETE /job/1'].includes(it.line) && it.times <= 3
          ? { status, headers: [['Retry-After', value]] }
          : undefined,
      )
      expect(await exported(session)).toMatchObject({
        export: { state: 'complete', files: [{ retrieved: true }] },
      })
      await session.close()
      expect(session.jobs).toEqual({ started: 1, deleted: 1, perhapsLeft: [] })
    },
  )

  test('does not stop a burst, which is there to provoke it', async () => {
    const { session, seen } = openScripted((it) =>
      it.line === 'GET /job/1' && it.times <= 5 ? (it.times === 2 ? page(502) : throttled(10)) : undefined,
    )
    const evidence = await exported(session, { ...plain, polling: { burst: 4 } })
    expect(seen.filter((it) => it.line === 'GET /job/1').map((it) => it.at)).toEqual([0, 0, 0, 0, 0, 10_000])
    expect(evidence).toMatchObject({
      export: { polls: [429, 429, 429, 429, 200].map((status) => ({ response: { status } })) },
    })
  })

  test('without Retry-After is waited for longer each time, whatever else of the origin answers', async () => {
    const { session, seen } = openScripted((it) => {
      if (it.line === 'POST /token') return { body: { access_token: `of ${it.at}`, expires_in: 60 } }
      return it.line === 'GET /fhir/$export' && it.at < 300_000 ? { status: 429 } : undefined
    })
    expect(await exported(session)).toMatchObject({ export: { state: 'complete' } })
    const [, ...later] = seen.filter((it) => it.line === 'POST /token')
    expect(later.length).toBeGreaterThan(2)
    expect(seen.filter((it) => it.line === 'GET /fhir/$export').length).toBeLessThan(15)
  })

  test('that never ends is asked for a while only once', async () => {
    const { session, seen } = openScripted((it) =>
      it.line === 'GET /fhir/$export' ? { status: 429 } : undefined,
    )
    expect(await exported(session)).toMatchObject({ export: { state: 'refused' } })
    const asked = seen.length
    expect(asked).toBeGreaterThan(10)
    await exported(session)
    expect(seen.length - asked).toBe(1)
  })
})

describe('an access token', () => {
  test('that stops working is renewed once, for all requests, and its life is noted', async () => {
    const { session, seen, pass } = openScripted((it) =>
      it.token === 'token-number-1' && it.at >= 10_000 ? { status: 401 } : undefined,
    )
    await exported(session)
    pass(10_000)
    const both = await Promise.all([
      session.performRequest({ get: `${scriptedBase}/../job/1` }),
      session.performRequest({ get: `${scriptedBase}/../file/1` }),
    ])
    expect(both.map(lastStatus)).toEqual([200, 200])
    expect(seen.filter((it) => it.line === 'POST /token')).toHaveLength(2)
    await session.close()
    expect(session.jobs.deleted).toBe(1)
    expect(session.flaky).toEqual([
      {
        exchange: expect.any(Number),
        request: 'request',
        answer: 401,
        token: { lived: expect.any(Number), promised: 3600 },
      },
    ])
  })

  test('that has died by the time of clean-up is renewed once for all deletions', async () => {
    const { session, seen, pass } = openScripted((it) => {
      if (it.token === 'token-number-1' && it.at >= 10_000) return { status: 401 }
      if (it.line === 'GET /fhir/$export')
        return {
          ...{ status: 202, headers: [['Content-Location', `https://ehr.example.org/job/${it.times}`]] },
        }
      return it.line.startsWith('DELETE') ? { status: 202 } : undefined
    })
    const upToKickoff: ExportIntent = { upTo: 'kickoff', again: false, polling: 'polite' }
    for (let times = 0; times < 5; times += 1) await exported(session, upToKickoff)
    pass(10_000)
    await session.close()
    expect(session.jobs).toEqual({ started: 5, deleted: 5, perhapsLeft: [] })
    expect(seen.filter((it) => it.line === 'POST /token')).toHaveLength(2)
    expect(session.flaky).toMatchObject([{ request: 'deletion', answer: 401, token: { promised: 3600 } }])
  })

  test('is not renewed where it was never accepted, nor twice', async () => {
    const { session, seen } = openScripted((it) =>
      it.line === 'GET /fhir/secret' ? { status: 401 } : undefined,
    )
    expect(lastStatus(await session.performRequest({ get: 'secret' }))).toBe(401)
    expect(seen.filter((it) => it.line === 'POST /token')).toHaveLength(1)
    await exported(session)
    expect(lastStatus(await session.performRequest({ get: 'secret' }))).toBe(401)
    expect(seen.filter((it) => it.line === 'GET /fhir/secret')).toHaveLength(3)
    expect(seen.filter((it) => it.line === 'POST /token')).toHaveLength(2)
    expect(session.flaky).toEqual([])
    await session.close()
  })

  test('is waited for before it is taken, so that it is still good', async () => {
    const { session, seen } = openScripted((it) =>
      it.line === 'GET /fhir/a' && it.times === 1 ? throttled(60) : undefined,
    )
    await session.performRequest({ get: 'a', authorization: 'none' })
    await session.performRequest({ get: 'b' })
    expect(seen.find((it) => it.line === 'POST /token')?.at).toBe(60_000)
  })
})
