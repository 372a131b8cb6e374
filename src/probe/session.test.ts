import { generateKeyPairSync } from 'node:crypto'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Clock } from '../model/clock.ts'
import type { ExportIntent } from '../model/export/export.ts'
import { type Target, defaultLimits } from '../model/target.ts'
import { httpTransport } from './transport/http.ts'
import { type Session, type SessionOptions, openSession } from './session.ts'

const key = {
  ...generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' }),
  kid: 'k1',
}

interface ServerRequest {
  readonly method: string
  readonly url: string
  readonly authorization?: string
  readonly body: string
}
type Reply = (response: ServerResponse, seen: ServerRequest, base: string) => void

let server: Server
let base: string
let seen: ServerRequest[]
let replies: Record<string, Reply>
let now: number
const closing: (() => Promise<void>)[] = []
const plain: ExportIntent = { upTo: 'files', again: false, polling: 'polite' }

/** Time that passes only by waiting. */
const clock: Clock = {
  now: () => now,
  wall: () => now,
  async sleep(ms) {
    now += ms
  },
}

function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1)
  seen = []
  let polls = 0
  let taken = 0
  replies = {
    'GET /fhir/.well-known/smart-configuration': (response, it, at) =>
      json(200, { token_endpoint: `${at}/token` })(response, it, at),
    'POST /token': (response, it, at) => {
      taken += 1
      json(200, {
        access_token: `token-number-${taken}`,
        token_type: 'bearer',
        expires_in: 100,
        scope: 'system/*.rs',
      })(response, it, at)
    },
    'GET /fhir/$export': (response) => response.writeHead(202, { 'content-location': '/job/1' }).end(),
    'GET /job/1': (response, it, at) => {
      polls += 1
      if (polls < 3)
        return void response.writeHead(202, { 'x-progress': 'Anna Canary 10%', 'retry-after': '2' }).end()
      const output = [{ type: 'Patient', url: `${at}/file/1?sig=capability-canary` }]
      json(200, {
        transactionTime: '2026-01-01T00:00:00Z',
        request: 'x',
        requiresAccessToken: true,
        output,
        error: [],
      })(response, it, at)
    },
    'GET /file/1': (response) =>
      response.writeHead(200, { 'content-type': 'application/fhir+ndjson' }).end('{"name":"Anna Canary"}\n'),
    'DELETE /job/1': (response) => response.writeHead(202).end(),
  }
  server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const body = await bodyOf(request)
    const { authorization } = headers
    const it = { method, url, body, ...(authorization ? { authorization } : {}) }
    seen.push(it)
    const reply = replies[`${method} ${url.split('?')[0]}`]
    if (reply) reply(response, it, base)
    else
      json(404, {
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'error', code: 'not-found', diagnostics: 'Anna Canary' }],
      })(response, it, base)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function open(more: Partial<Target> = {}, options: Partial<SessionOptions> = {}): Session {
  const transport = httpTransport({})
  closing.push(() => transport.close())
  const target: Target = {
    name: 'test',
    fhirUrl: `${base}/fhir`,
    ig: '2.0.0',
    authorization: { kind: 'backend-services', clientId: 'client-1', scope: 'system/*.rs', key },
    levels: ['system'],
    supports: [],
    tokenOrigins: [],
    limits: defaultLimits,
    ...more,
  }
  return openSession({ target, transport, clock, ...options })
}

function sent(method: string, path: string): readonly ServerRequest[] {
  return seen.filter((it) => it.method === method && it.url.startsWith(path))
}

describe('an export', () => {
  test('is taken from its kick-off to its files and deleted when the session closes', async () => {
    const session = open()
    const running: string[] = []
    const evidence = await session.performExport(
      { level: 'system', parameters: { _type: ['Patient', 'Device'] } },
      plain,
      {
        whileRunning: async (it) => {
          running.push(it.export.state)
        },
      },
    )
    expect(running).toEqual(['in-progress'])
    expect(evidence).toMatchObject({
      probe: 'export',
      export: { state: 'complete', files: [{ type: 'Patient', retrieved: true }] },
    })
    if (evidence.probe !== 'export' || evidence.export.state !== 'complete') return
    const chunks: Uint8Array[] = []
    for (const file of evidence.export.files) for await (const chunk of session.read(file)) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe('{"name":"Anna Canary"}\n')
    expect(sent('GET', '/fhir/$export')[0]?.url).toBe('/fhir/$export?_type=Patient,Device')
    expect(
      seen
        .filter((it) => it.url !== '/token' && !it.url.includes('.well-known'))
        .map((it) => it.authorization),
    ).toEqual(Array.from({ length: 5 }, () => 'Bearer token-number-1'))
    // One second of back-off, then twice two as asked.
    expect(now - Date.UTC(2026, 0, 1)).toBe(5_000)
    expect(session.jobs).toEqual({ started: 1, deleted: 0, perhapsLeft: [`${base}/job/1`] })
    await session.close()
    expect(sent('DELETE', '/job/1')).toHaveLength(1)
    expect(session.jobs).toEqual({ started: 1, deleted: 1, perhapsLeft: [] })
  })

  test('hands its files on while they come, under the number of the exchange that brings them', async () => {
    const session = open()
    const taken: string[] = []
    const evidence = await session.performExport({ level: 'system' }, plain, {
      beginFile: (file, { export: it }) => ({
        write: (chunk) => taken.push(`${file.exchange} ${it.state} ${chunk.length}`),
        commit: (whole) => taken.push(`${whole.exchange} ${whole.bytes} there`),
        discard: () => taken.push('discarded'),
      }),
    })
    const number = session.exchanges.length
    expect(evidence).toMatchObject({ export: { files: [{ exchange: number, retrieved: true }] } })
    expect(taken).toEqual([`${number} complete 23`, `${number} 23 there`])
    await session.close()
  })

  test('hands on nothing of a file that is refused', async () => {
    replies['GET /file/1'] = json(404, { no: 'file' })
    const session = open()
    const taken: string[] = []
    const evidence = await session.performExport({ level: 'system' }, plain, {
      beginFile: () => ({
        write: () => taken.push('written'),
        commit: () => taken.push('there'),
        discard: () => taken.push('discarded'),
      }),
    })
    expect(evidence).toMatchObject({ export: { files: [{ retrieved: false }] } })
    expect(session.exchanges.at(-1)?.response).toMatchObject({
      status: 404,
      body: expect.stringMatching(/^{"masked-[0-9a-f]{10}":"xxxx"}$/),
    })
    expect(taken).toEqual(['discarded'])
    await session.close()
  })

  test('leaves nothing of patients, tokens and keys in its exchanges', async () => {
    const session = open()
    await session.performExport({ level: 'system' }, plain)
    session.conceal('Patient/patient-canary')
    await session.performRequest({ get: 'Patient/patient-canary' })
    const shown = JSON.stringify(session.exchanges)
    expect(session.exchanges.map((it) => it.number)).toEqual(session.exchanges.map((_it, at) => at + 1))
    for (const canary of ['Anna', 'Canary', 'canary', 'token-number-1', 'eyJ', String(key.d)])
      expect(shown).not.toContain(canary)
    expect(shown).toContain('Bearer xxxxx-xxxxxx-x')
    expect(shown).toContain('"x-progress","xxxx xxxxxx 10%"')
    expect(shown).toContain('transactionTime')
    await session.close()
  })

  test('that nobody asks about any more is deleted, and not again when the session closes', async () => {
    const session = open()
    const evidence = await session.performExport({ level: 'system' }, { ...plain, upTo: 'kickoff' })
    expect(evidence).toMatchObject({ export: { state: 'in-progress', polls: [] } })
    await session.deleteJobs(() => new Set([`${base}/job/1`]))
    expect(sent('DELETE', '/job/1')).toHaveLength(0)
    await session.deleteJobs(() => new Set())
    expect(sent('DELETE', '/job/1')).toHaveLength(1)
    await session.close()
    expect(sent('DELETE', '/job/1')).toHaveLength(1)
  })

  test('is asked for until it is gone', async () => {
    const session = open()
    let left = 3
    replies['GET /job/1'] = (response) => {
      left -= 1
      response.writeHead(left > 0 ? 202 : 404).end()
    }
    const evidence = await session.performExport({ level: 'system' }, { ...plain, delete: 'twice' })
    expect(evidence).toMatchObject({ export: { state: 'deleted', deletion: { response: { status: 202 } } } })
    if (evidence.probe !== 'export' || evidence.export.state !== 'deleted') return
    expect(evidence.export.afterDeletion.map((it) => it.response?.status)).toEqual([202, 202, 404])
    expect(sent('DELETE', '/job/1')).toHaveLength(2)
    await session.close()
    expect(sent('DELETE', '/job/1')).toHaveLength(2)
  })

  test('whose kick-off gets lost may be left behind', async () => {
    replies['GET /fhir/$export'] = (response) => response.destroy()
    const session = open()
    expect(await session.performExport({ level: 'system' }, plain)).toMatchObject({
      export: { state: 'refused' },
    })
    await session.close()
    const unlocated = session.exchanges
      .filter((it) => it.request.url.endsWith('$export'))
      .map((it) => ({ exchange: it.number, answer: 'no response' }))
    expect(unlocated).toHaveLength(4)
    expect(session.jobs).toEqual({ started: 0, deleted: 0, perhapsLeft: [], unlocated })
    expect(session.flaky).toEqual([])
  })

  test('is cleaned up although the run was interrupted', async () => {
    const abort = new AbortController()
    const session = open({}, { signal: abort.signal })
    replies['GET /job/1'] = () => abort.abort()
    const evidence = await session.performExport({ level: 'system' }, plain)
    expect(evidence).toMatchObject({ export: { state: 'in-progress' } })
    // Its token has expired by now; cleaning up takes a new one.
    now += 200_000
    await session.close()
    expect(sent('DELETE', '/job/1').map((it) => it.authorization)).toEqual(['Bearer token-number-2'])
    expect(session.jobs.deleted).toBe(1)
  })

  test('does not send its token to other origins, and says which setting would', async () => {
    const elsewhere = base.replace('127.0.0.1', 'localhost')
    replies['GET /job/1'] = (response, it, at) =>
      json(200, { requiresAccessToken: true, output: [{ type: 'Patient', url: `${elsewhere}/file/1` }] })(
        response,
        it,
        at,
      )
    const session = open()
    const evidence = await session.performExport({ level: 'system' }, plain)
    expect(evidence).toMatchObject({ export: { state: 'complete', files: [{ retrieved: false }] } })
    expect(sent('GET', '/file/1')).toHaveLength(0)
    expect(session.exchanges.at(-1)).toMatchObject({
      networkError: 'forbidden',
      stop: { kind: 'token-origin', origin: elsewhere, why: 'token' },
    })
    const allowed = open({ tokenOrigins: [elsewhere] })
    expect(await allowed.performExport({ level: 'system' }, plain)).toMatchObject({
      export: { files: [{ retrieved: true }] },
    })
    expect(sent('GET', '/file/1').map((it) => it.authorization)).toHaveLength(1)
    await Promise.all([session.close(), allowed.close()])
  })

  test('drops its token on a redirect to another origin and does not take it up again', async () => {
    const elsewhere = base.replace('127.0.0.1', 'localhost')
    replies['GET /file/1'] = (response) => response.writeHead(302, { location: `${elsewhere}/hop` }).end()
    replies['GET /hop'] = (response) => response.writeHead(307, { location: `${base}/file/2` }).end()
    replies['GET /file/2'] = (response) => response.end('{}\n')
    const session = open()
    const evidence = await session.performExport({ level: 'system' }, plain)
    expect(evidence).toMatchObject({
      export: { files: [{ retrieved: true, exchange: session.exchanges.length, bytes: 3 }] },
    })
    expect(sent('GET', '/file/1')[0]?.authorization).toBeDefined()
    expect([...sent('GET', '/hop'), ...sent('GET', '/file/2')].map((it) => it.authorization)).toEqual([
      undefined,
      undefined,
    ])
    await session.close()
  })

  test('whose files need no token does not send one', async () => {
    replies['GET /job/1'] = (response, it, at) =>
      json(200, { requiresAccessToken: false, output: [{ type: 'Patient', url: `${at}/file/1` }] })(
        response,
        it,
        at,
      )
    const session = open()
    expect(await session.performExport({ level: 'system' }, plain)).toMatchObject({
      export: { files: [{ retrieved: true }] },
    })
    expect(sent('GET', '/file/1').map((it) => it.authorization)).toEqual([undefined])
    replies['DELETE /job/1'] = (response) => response.writeHead(404).end()
    replies['GET /job/1'] = (response) => response.writeHead(410).end()
    await session.close()
    expect(session.jobs).toMatchObject({ started: 1, deleted: 1 })
  })

  test('is not asked for once the run was interrupted', async () => {
    const session = open({ authorization: { kind: 'none' } }, { signal: AbortSignal.abort() })
    expect(await session.performExport({ level: 'system' }, plain)).toMatchObject({ probe: 'none' })
    await session.close()
    expect(seen).toEqual([])
    expect(session.jobs.started).toBe(0)
  })

  test('waits where a file is throttled', async () => {
    let asked = 0
    replies['GET /file/1'] = (response) => {
      asked += 1
      if (asked === 1) response.writeHead(429, { 'retry-after': '30' }).end()
      else response.end('{}')
    }
    const session = open()
    expect(await session.performExport({ level: 'system' }, plain)).toMatchObject({
      export: { files: [{ retrieved: true }] },
    })
    expect(now - Date.UTC(2026, 0, 1)).toBe(35_000)
    await session.close()
  })

  test('by POST says its parameters in their data types', async () => {
    replies['POST /fhir/Group/g%201/$export'] = (response) => response.writeHead(400).end()
    const session = open({ groupId: 'g 1' })
    const parameters = {
      _since: '2026-01-01T00:00:00Z',
      patient: ['Patient/a', 'b'],
      _type: ['Patient', 'Device'],
      includeAssociatedData: 'X',
      flag: true,
    }
    await session.performExport(
      { level: 'group', method: 'POST', parameters, headers: { Prefer: null, Accept: ['a/b', 'c/d'] } },
      plain,
    )
    expect(JSON.parse(sent('POST', '/fhir/Group')[0]?.body ?? '')).toEqual({
      resourceType: 'Parameters',
      parameter: [
        { name: '_since', valueInstant: '2026-01-01T00:00:00Z' },
        { name: 'patient', valueReference: { reference: 'Patient/a' } },
        { name: 'patient', valueReference: { reference: 'Patient/b' } },
        { name: '_type', valueString: 'Patient,Device' },
        { name: 'includeAssociatedData', valueCode: 'X' },
        { name: 'flag', valueBoolean: true },
      ],
    })
    const { headers } = session.exchanges.at(-1)?.request ?? { headers: [] }
    expect(headers.filter(([name]) => name === 'Accept').map(([, value]) => value)).toEqual(['a/b', 'c/d'])
    expect(headers.some(([name]) => name === 'Prefer')).toBe(false)
    await session.close()
  })
})

describe('a request', () => {
  test('of a file is kept where it is to be read', async () => {
    const session = open()
    const evidence = await session.performRequest({ get: `${base}/file/1`, spooled: true })
    expect(evidence).toMatchObject({ probe: 'request', file: { retrieved: true, bytes: 23 } })
    expect(JSON.stringify(session.exchanges)).not.toContain('Anna')
    await session.close()
  })

  test('without an access token to be had is not performed', async () => {
    replies['POST /token'] = json(400, { error: 'invalid_client', error_description: 'no such client' })
    const session = open()
    const refused = {
      probe: 'none',
      reason: { kind: 'no-token', outcome: { exchange: 2, status: 400 }, error: 'invalid_client' },
    }
    expect(await session.performRequest({ get: 'Patient' })).toEqual(refused)
    expect(await session.performExport({ level: 'system' }, plain)).toEqual(refused)
    expect(sent('POST', '/token')).toHaveLength(1)
    expect(await session.performRequest({ get: 'Patient', authorization: 'none' })).toMatchObject({
      probe: 'request',
    })
    expect(JSON.stringify(session.exchanges)).toContain('no such client')
    await session.close()
  })

  test('with an expired token waits for it, unless that takes too long', async () => {
    const session = open()
    await session.obtainExpiringToken()
    const start = now
    await session.performRequest({ get: 'Patient', authorization: 'expired' })
    expect(now - start).toBe(160_000)
    expect(sent('GET', '/fhir/Patient')[0]?.authorization).toBe('Bearer token-number-1')
    await session.performRequest({ get: 'Patient' })
    expect(sent('GET', '/fhir/Patient')[1]?.authorization).toBe('Bearer token-number-2')
    await session.close()
    const hasty = open({ limits: { ...defaultLimits, tokenWaitMs: 1_000 } })
    expect(await hasty.performRequest({ get: 'Patient', authorization: 'expired' })).toMatchObject({
      probe: 'none',
    })
  })

  test('narrows its token in the notation of the target', async () => {
    const session = open()
    await session.performRequest({ get: 'Patient', authorization: { only: ['Patient', 'Device'] } })
    expect(new URLSearchParams(sent('POST', '/token')[0]?.body).get('scope')).toBe(
      'system/Patient.rs system/Device.rs',
    )
    await session.performRequest({ get: 'Patient', authorization: 'tampered' })
    const tampered = sent('GET', '/fhir/Patient').at(-1)?.authorization
    expect(tampered).toHaveLength('Bearer token-number-2'.length)
    expect(tampered).not.toBe('Bearer token-number-2')
    await session.close()
  })

  test('that starts a job has it deleted, and one that deletes it does so itself', async () => {
    const session = open()
    await session.performRequest({ get: '$export' })
    expect(session.jobs.started).toBe(1)
    await session.performRequest({ delete: `${base}/job/1` })
    await session.close()
    expect(sent('DELETE', '/job/1')).toHaveLength(1)
    expect(session.jobs).toMatchObject({ started: 1, deleted: 1 })
  })
})
