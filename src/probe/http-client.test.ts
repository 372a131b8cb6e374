import { expect, test } from 'vitest'
import { type Target, defaultLimits } from '../model/target.ts'
import { type HttpRequest, openHttpClient } from './http-client.ts'
import { openRecorder } from './recording/recorder.ts'
import type { Transport, WireRequest } from './transport/message.ts'

const call: HttpRequest = {
  method: 'GET',
  url: 'http://ehr.example.org/fhir/x',
  headers: [],
  authorization: 'Bearer abcdef',
  token: 'required',
  timeoutMs: 60_000,
  maxBytes: 10,
}

/** Redirects from each URL to the next one. */
function open(urls: readonly string[], signal?: AbortSignal, text = '') {
  const requests: WireRequest[] = []
  const transport: Transport = async (request) => {
    requests.push(request)
    const location = urls[requests.length - 1]
    const headers = location === undefined ? [] : [['Location', location] as const]
    const bytes = Buffer.from(text)
    request.sink?.write(bytes)
    return {
      status: location === undefined ? 200 : 302,
      headers,
      framing: 'length',
      body: Buffer.alloc(0),
      bytes: bytes.length,
      digest: '',
    }
  }
  const target = {
    ig: '2.0.0',
    fhirUrl: 'http://ehr.example.org/fhir',
    tokenOrigins: [],
    limits: defaultLimits,
  } as Partial<Target> as Target
  const clock = { now: () => 0, wall: () => 0, sleep: async () => undefined }
  const recorder = openRecorder({ clock })
  const client = openHttpClient({
    target,
    transport,
    recorder,
    clock,
    notify: () => undefined,
    ...(signal ? { signal } : {}),
  })
  return { client, requests, recorder }
}

test('redirects are followed five times and recorded one by one', async () => {
  const { client, requests } = open(Array.from({ length: 20 }, (_it, at) => `/${at}`))
  const answer = await client.sendFollowingRedirects(call)
  expect(requests.map((it) => it.url.slice(-2))).toEqual(['/x', '/0', '/1', '/2', '/3', '/4'])
  expect(answer.hops.map((it) => it.number)).toEqual([1, 2, 3, 4, 5, 6])
  expect(answer.status).toBe(302)
})

test.each(['http://ehr.example.org/y', 'file:///etc/passwd', 'http://127.0.0.1/'])(
  'a hop over https does not lead to %s',
  async (url) => {
    const { client, requests } = open(['https://storage.example.com/1', url])
    expect(await client.sendFollowingRedirects(call)).toMatchObject({ networkError: 'forbidden' })
    expect(requests).toHaveLength(2)
  },
)

test('only five origins that the server alone names are fetched from, each as often as it likes', async () => {
  const { client, requests } = open([])
  const file = (number: number) =>
    client.send({ ...call, token: 'allowed', url: `https://storage-${number}.example.com/1` })
  for (const number of [1, 2, 3, 4, 5, 1]) expect(await file(number)).toMatchObject({ status: 200 })
  expect(await file(6)).toMatchObject({
    exchange: { stop: { kind: 'too-many-origins', origin: 'https://storage-6.example.com', most: 5 } },
  })
  expect(await client.send(call)).toMatchObject({ status: 200 })
  expect(requests).toHaveLength(7)
})

test.each([
  ['metadata', true],
  ['other', false],
])('a body of half a megabyte at %s is whole: %s', async (path, isWhole) => {
  const statement = JSON.stringify({
    resourceType: 'CapabilityStatement',
    output: Array(20_000).fill({ url: 'http://a' }),
  })
  const { client } = open([], undefined, statement)
  const { body } = await client.send({ ...call, url: `http://ehr.example.org/fhir/${path}` })
  expect(body === statement).toBe(isWhole)
})

test('a call is never redirected', async () => {
  const { client, requests } = open(['/y'])
  expect(await client.send(call)).toMatchObject({ status: 302 })
  expect(requests).toHaveLength(1)
})

test('cleaning up is quick and not stopped by an abort', async () => {
  const abort = new AbortController()
  const { client, requests } = open([], abort.signal)
  await client.send(call)
  client.startCleanup(60_000)
  await client.send(call)
  expect(requests.map((it) => [it.timeoutMs, it.signal === undefined])).toEqual([
    [60_000, false],
    [10_000, true],
  ])
})

test('a URL that no server should give is not fetched', async () => {
  const { client, requests } = open([])
  const answer = await client.send({ ...call, url: `http://ehr.example.org/${'x'.repeat(9_000)}` })
  expect(answer).toMatchObject({
    networkError: 'forbidden',
    exchange: { stop: { kind: 'too-long', characters: 9_023, most: 8_192 } },
  })
  expect(requests).toHaveLength(0)
})

test('a URL with a user name and a password is authorized by them alone, and they are masked', async () => {
  const { client, requests, recorder } = open([])
  await client.send({ ...call, url: 'http://user:pass-word@ehr.example.org/1' })
  const basic = Buffer.from('user:pass-word').toString('base64')
  expect(requests).toMatchObject([
    { url: 'http://ehr.example.org/1', headers: [['Authorization', `Basic ${basic}`]] },
  ])
  expect(JSON.stringify(recorder.exchanges)).not.toMatch(new RegExp(`pass|${basic}`))
})

test.each(['X-Amz-Signature=a', 'sv=1&sig=a'])('a URL with %s is given no token', async (query) => {
  const { client, requests } = open([])
  await client.send({ ...call, url: `http://storage.example.com/1?${query}` })
  await client.send({ ...call, url: `${call.url}?${query}` })
  expect(requests.map((it) => it.headers)).toEqual([[], []])
})

test('an abort leaves the response to a kick-off a moment, and no longer', async () => {
  const abort = new AbortController()
  const clock = { now: () => 0, wall: () => 0, sleep: async () => undefined }
  const pauses: (number | undefined)[] = [50, undefined]
  const transport: Transport = ({ signal }) =>
    new Promise((done) => {
      const pause = pauses.shift()
      const answer = { headers: [], framing: 'length', body: Buffer.alloc(0), bytes: 0, digest: '' } as const
      if (pause !== undefined) setTimeout(() => done({ ...answer, status: 202 }), pause)
      signal?.addEventListener('abort', () => done({ networkError: 'reset', problem: 'aborted' }))
    })
  const target = {
    ig: '2.0.0',
    fhirUrl: 'http://ehr.example.org/fhir',
    tokenOrigins: [],
    limits: defaultLimits,
  } as Partial<Target> as Target
  const client = openHttpClient({
    ...{ target, transport, clock, recorder: openRecorder({ clock }), signal: abort.signal },
    notify: () => undefined,
  })
  const kickoff = { ...call, startsJob: true }
  const [answered, silent] = [client.send(kickoff), client.send(kickoff)]
  while (pauses.length > 0) await new Promise(setImmediate)
  abort.abort()
  expect(await answered).toMatchObject({ status: 202 })
  expect(await silent).toMatchObject({ networkError: 'reset' })
})
