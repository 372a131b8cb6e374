import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type EmbeddedProvider, startEmbeddedProvider } from '../embedded-provider.ts'
import { openTestCli, type TestCli } from '../fixtures/test-cli.ts'

let provider: EmbeddedProvider
let here: TestCli
beforeAll(async () => {
  provider = await startEmbeddedProvider({ ig: '2.0.0', authorization: true })
})
afterAll(() => provider.close())
beforeEach(() => {
  here = openTestCli()
  const { key } = provider.partialSettings.client ?? {}
  if (!key || !('text' in key)) throw new Error('the provider has a client with a key')
  here.put('key.json', key.text)
})

/** Runs the command, against the provider unless another server or client is given. */
function token(more: readonly string[] = [], { url, client }: { url?: string; client?: string } = {}) {
  const { url: ownUrl = '', client: own } = provider.partialSettings
  const asked = ['--url', url ?? ownUrl, '--client-id', client ?? own?.clientId ?? '']
  return here.bulkcheck(['token', ...asked, '--scope', own?.scope ?? '', '--key', 'key.json', ...more])
}

/** Header and claims of a JWT. */
function decoded(jwt: string): readonly Record<string, unknown>[] {
  return jwt
    .trim()
    .split('.')
    .slice(0, 2)
    .map((it) => JSON.parse(Buffer.from(it, 'base64url').toString()))
}

test('the server accepts the access token that is printed, and a warning says what it is', async () => {
  const { code, out, err } = await token()
  expect(code).toBe(0)
  expect(out).toMatch(/^\S+\n$/)
  expect(err).toContain('warning: the next line is a secret, the access token of this client')
  const ask = (value: string) =>
    fetch(`${provider.partialSettings.url}/$export`, {
      headers: { Authorization: `Bearer ${value}`, Accept: 'application/fhir+json', Prefer: 'respond-async' },
    })
  expect((await ask(out.trim())).status).toBe(202)
  expect((await ask('x')).status).toBe(401)
})

test('an assertion is for the token endpoint, and wrong in one way if asked for', async () => {
  const right = await token(['--assertion'])
  expect(right.code).toBe(0)
  expect(right.err).toContain('warning: the next line is a secret, the client assertion of this client')
  const [header, claims] = decoded(right.out)
  expect(header).toMatchObject({ alg: expect.stringMatching(/^(ES|RS)384$/), typ: 'JWT' })
  expect(claims).toMatchObject({ iss: 'bulkcheck', sub: 'bulkcheck', jti: expect.any(String) })
  const wrong = await token(['--assertion', '--deviate', 'no-issuer'])
  expect(decoded(wrong.out)[1]).not.toHaveProperty('iss')
  expect(decoded(wrong.out)[1]).toMatchObject({ sub: 'bulkcheck' })
})

test('a refusal is explained as at the beginning of a run', async () => {
  const { code, out, err } = await token([], { client: 'nobody' })
  expect({ code, out }).toEqual({ code: 3, out: '' })
  expect(err).toContain(
    'The token endpoint refused the first token request with 400 and the code invalid_client.\n',
  )
  expect(err).toContain('The client nobody is not registered')
})

test('a server that does not respond is explained', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const { code, err } = await token([], { url: `http://127.0.0.1:${port}/fhir` })
  expect(code).toBe(3)
  expect(err).toContain('The server is not running, or listens on another port.')
})

test('a configured access token is printed as it is', async () => {
  const io = { env: { BULKCHECK_BEARER_TOKEN: 'my-token-1234567890' } }
  const url = provider.partialSettings.url ?? ''
  const { code, out } = await here.bulkcheck(['token', '--url', url], { io })
  expect({ code, out }).toEqual({ code: 0, out: 'my-token-1234567890\n' })
})

test.each([
  [['--deviate', 'no-issuer'], '--deviate needs --assertion'],
  [['--assertion', '--deviate', 'no-isuer'], 'did you mean `no-issuer`?'],
  [['--assertion', '--deviate', 'replayed'], '--deviate must be one of `spoilt`'],
  [['--assertion', '--auth', 'client-secret'], 'has no secret'],
])('%j is a mistake', async (more, message) => {
  const { code, out, err } = await token(more)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(message)
})

test('a client without credentials has nothing to print', async () => {
  const url = provider.partialSettings.url ?? ''
  const { code, err } = await here.bulkcheck(['token', '--url', url])
  expect(code).toBe(2)
  expect(err).toContain('no authorization is configured')
})
