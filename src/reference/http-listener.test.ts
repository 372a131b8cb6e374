import { request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { type Listener, listen } from './http-listener.ts'
import { createProvider, type ProviderOptions } from './provider.ts'
import { twelvePatients } from './fixtures/test-client.ts'

let listener: Listener | undefined

afterEach(async () => {
  await listener?.close()
  listener = undefined
})

async function serve(options: ProviderOptions = {}): Promise<string> {
  const provider = await createProvider({ population: twelvePatients, authorization: false, ...options })
  listener = await listen(provider, { port: 0 })
  return listener.url
}

function statusFor(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

const prefer = { Accept: 'application/fhir+json', Prefer: 'respond-async' }

async function firstFile(origin: string): Promise<string> {
  const kickoff = await fetch(`${origin}/fhir/$export?_type=Observation`, { headers: prefer })
  const location = kickoff.headers.get('content-location') ?? ''
  expect(location.startsWith(`${origin}/fhir/`)).toBe(true)
  const statuses: number[] = []
  let last = await fetch(location)
  for (statuses.push(last.status); last.status === 202; statuses.push(last.status))
    last = await fetch(location)
  expect(statuses).toEqual([202, 202, 200])
  const manifest = (await last.json()) as { output: readonly { url: string }[] }
  return manifest.output[0]?.url ?? ''
}

test('an export over a socket', async () => {
  const url = await firstFile(await serve())
  const file = await fetch(url, { headers: { 'Accept-Encoding': 'gzip' } })
  expect(file.headers.get('content-encoding')).toBe('gzip')
  expect(file.headers.get('date')?.split(',')).toHaveLength(2)
  const lines = (await file.text()).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line).resourceType)).toEqual(Array(50).fill('Observation'))
  const head = await fetch(url, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
})

test('a connection that is cut, and one without an answer', async () => {
  const cut = await firstFile(
    await serve({
      conduct: {
        answer: (kind, response) => (kind === 'file.served' ? { ...response, cutAfter: 1000 } : response),
      },
    }),
  )
  const file = await fetch(cut)
  expect(file.status).toBe(200)
  await expect(file.text()).rejects.toThrow()
  await listener?.close()
  const silent = await serve({
    conduct: { answer: (_kind, response) => ({ ...response, silence: 'reset' }) },
  })
  await expect(fetch(`${silent}/fhir/metadata`)).rejects.toThrow()
})

test('only loopback names are served, unless a public base is given', async () => {
  const origin = await serve()
  expect(await statusFor(`${origin}/fhir/metadata`, { Host: 'localhost:4000' })).toBe(200)
  expect(await statusFor(`${origin}/fhir/metadata`, { Host: 'rebound.example' })).toBe(421)
  await listener?.close()
  const open = await serve({ baseUrl: 'https://bulk.example/r4/fhir' })
  expect(await statusFor(`${open}/r4/fhir/metadata`, { Host: 'bulk.example' })).toBe(200)
})

test('long bodies are refused', async () => {
  const origin = await serve()
  const response = await fetch(`${origin}/fhir/$export`, {
    method: 'POST',
    headers: { ...prefer, 'Content-Type': 'application/fhir+json' },
    body: 'x'.repeat(70_000),
  })
  expect(response.status).toBe(413)
  expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome' })
})
