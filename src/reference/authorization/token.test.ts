import { describe, expect, test } from 'vitest'
import { headerOf } from '../http-message.ts'
import { createProvider } from '../provider.ts'
import {
  type AssertionDeviation,
  bodyJson,
  clockStart,
  type TestClient,
  providerTokenUrl,
  createTestClient,
} from '../fixtures/test-client.ts'

const now = clockStart / 1000

const form = { 'Content-Type': 'application/x-www-form-urlencoded' }

type Case = readonly [name: string, deviation: (trial: TestClient) => AssertionDeviation]

const kid = ({ provider }: TestClient, alg: string) =>
  provider.clients.own.jwks.keys.find((key) => key.alg === alg)?.kid

describe('a token is granted', () => {
  test.each<readonly [name: string, deviation: (trial: TestClient) => AssertionDeviation, scope: string]>([
    ['for ES384', () => ({ alg: 'ES384' }), 'system/*.rs'],
    ['for RS384', () => ({ alg: 'RS384' }), 'system/*.rs'],
    [
      'for an audience in a list',
      () => ({ claims: { aud: ['https://elsewhere.example', providerTokenUrl] } }),
      'system/*.rs',
    ],
    ['for an assertion as old as clocks may differ', () => ({ claims: { exp: now - 4 } }), 'system/*.rs'],
    ['for five minutes', () => ({ claims: { exp: now + 300, nbf: now, iat: now } }), 'system/*.rs'],
    ['for the same client in the form', () => ({ form: { client_id: 'bulkcheck' } }), 'system/*.rs'],
    ['in v1 notation', () => ({ scope: 'system/*.read' }), 'system/*.read'],
    ['in v1 notation, cut', () => ({ scope: 'system/Patient.*' }), 'system/Patient.read'],
    ['in v2 notation, cut', () => ({ scope: 'system/Patient.cruds' }), 'system/Patient.rs'],
    [
      'for what is understood',
      () => ({ scope: 'openid system/Patient.sr system/Patient.r user/*.rs' }),
      'system/Patient.r',
    ],
    [
      'cut to the client',
      ({ provider }) => ({ client: provider.clients.other, scope: 'system/*.read' }),
      'system/Patient.read',
    ],
  ])('%s', async (_name, deviation, scope) => {
    const trial = await createTestClient()
    const response = await trial.requestToken(deviation(trial))
    expect(await bodyJson(response)).toEqual({
      access_token: expect.stringMatching(/^[\w-]{43}$/),
      token_type: 'bearer',
      expires_in: 300,
      scope,
    })
    expect(response.status).toBe(200)
    expect(headerOf(response, 'content-type')).toBe('application/json')
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(headerOf(response, 'pragma')).toBe('no-cache')
  })

  test.each(['basic', 'post'])('for a secret by %s', async (way) => {
    const { provider, send } = await createTestClient()
    const { clientId, secret } = provider.clients.secret
    const fields = { grant_type: 'client_credentials', scope: 'system/*.rs' }
    const ask = (password: string) =>
      send('POST', providerTokenUrl, {
        accessToken: null,
        headers:
          way === 'basic' ? { ...form, Authorization: `Basic ${btoa(`${clientId}:${password}`)}` } : form,
        body: new URLSearchParams(
          way === 'basic' ? fields : { ...fields, client_id: clientId, client_secret: password },
        ).toString(),
      })
    expect((await ask(secret)).status).toBe(200)
    const refused = await ask(`${secret}x`)
    expect(await bodyJson(refused)).toMatchObject({ error: 'invalid_client' })
    expect([refused.status, headerOf(refused, 'www-authenticate')?.split(' ')[0]]).toEqual(
      way === 'basic' ? [401, 'Basic'] : [400, undefined],
    )
  })

  test('for the same jti of another client, and of the same one once', async () => {
    const trial = await createTestClient()
    const claims = { jti: 'once' }
    const ask = (deviation: AssertionDeviation) =>
      trial.requestToken({ ...deviation, claims }).then(({ status }) => status)
    expect(await ask({})).toBe(200)
    expect(await ask({ client: trial.provider.clients.other })).toBe(200)
    expect(await ask({})).toBe(400)
    trial.advanceClock(244)
    expect(await ask({})).toBe(400)
  })

  test('for an identical assertion once, and not before it was verified', async () => {
    const trial = await createTestClient()
    const stolen = await trial.requestToken({ signer: trial.provider.clients.other, claims: { jti: 'mine' } })
    expect(stolen.status).toBe(400)
    const body = await trial.tokenForm({ claims: { jti: 'mine' } })
    const statuses = [1, 2].map(
      async () =>
        (await trial.send('POST', providerTokenUrl, { accessToken: null, headers: form, body })).status,
    )
    // Which of the two is verified first is for the scheduler to say.
    expect((await Promise.all(statuses)).sort()).toEqual([200, 400])
  })
})

describe('a client is not authenticated', () => {
  const cases: readonly Case[] = [
    ['by another key', ({ provider }) => ({ signer: provider.clients.other })],
    ['by an unknown kid', () => ({ header: { kid: 'unknown' } })],
    ['without kid', () => ({ header: { kid: undefined } })],
    ['by the kid of another type of key', (trial) => ({ header: { kid: kid(trial, 'RS384') } })],
    [
      'by the kid of another client',
      ({ provider }) => ({ header: { kid: provider.clients.other.jwks.keys[0]?.kid } }),
    ],
    ['by a jku', () => ({ header: { jku: 'https://elsewhere.example/jwks.json' } })],
    ...['iss', 'sub', 'aud', 'exp', 'jti'].map(
      (name): Case => [`without ${name}`, () => ({ claims: { [name]: undefined } })],
    ),
    ['as an unknown issuer', () => ({ claims: { iss: 'nobody', sub: 'nobody' } })],
    ['as another issuer', () => ({ claims: { iss: 'bulkcheck-other', sub: 'bulkcheck-other' } })],
    ['with another subject', () => ({ claims: { sub: 'bulkcheck-other' } })],
    ['elsewhere', () => ({ claims: { aud: 'http://provider.example/fhir' } })],
    ['any more', () => ({ claims: { exp: now - 6 } })],
    ['yet', () => ({ claims: { nbf: now + 60 } })],
    ['for so long', () => ({ claims: { exp: now + 400 } })],
    ['with an empty jti', () => ({ claims: { jti: '' } })],
    ['as another client_id', () => ({ form: { client_id: 'bulkcheck-other' } })],
    [
      'by another type of assertion',
      () => ({ form: { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' } }),
    ],
    ['without a type of assertion', () => ({ form: { client_assertion_type: undefined } })],
    ['without assertion', () => ({ form: { client_assertion: undefined } })],
    ['by no JWT', () => ({ form: { client_assertion: 'a.b.c' } })],
    ['at all', () => ({ form: { client_assertion: undefined, client_assertion_type: undefined } })],
  ]
  test.each(cases)('%s', async (_name, deviation) => {
    const trial = await createTestClient()
    const response = await trial.requestToken(deviation(trial))
    expect(await bodyJson(response)).toEqual({
      error: 'invalid_client',
      error_description: expect.stringMatching(/\.$/),
    })
    expect(response.status).toBe(400)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
  })
})

describe('a token request is refused', () => {
  test.each<readonly [name: string, deviation: AssertionDeviation, error: string]>([
    ['another grant', { form: { grant_type: 'authorization_code' } }, 'unsupported_grant_type'],
    ['no grant', { form: { grant_type: undefined } }, 'invalid_request'],
    ['two ways to authenticate', { form: { client_secret: 'x' } }, 'invalid_request'],
    ['no scope', { form: { scope: undefined } }, 'invalid_scope'],
    ['a scope of disorder', { scope: 'system/Patient.sr' }, 'invalid_scope'],
    ['a scope beyond the client', { scope: 'system/*.cud' }, 'invalid_scope'],
    ['an unknown type', { scope: 'system/Nothing.rs' }, 'invalid_scope'],
  ])('%s', async (_name, deviation, error) => {
    const response = await (await createTestClient()).requestToken(deviation)
    expect(response.status).toBe(400)
    expect(await bodyJson(response)).toMatchObject({ error })
  })

  test('by another method, as JSON, or with a parameter twice', async () => {
    const { send, tokenForm } = await createTestClient()
    expect((await send('GET', providerTokenUrl, { accessToken: null })).status).toBe(405)
    const body = await tokenForm()
    const twice = await send('POST', providerTokenUrl, {
      accessToken: null,
      headers: form,
      body: `${body}&scope=system%2FPatient.rs`,
    })
    expect(await bodyJson(twice)).toMatchObject({ error: 'invalid_request' })
    const json = await send('POST', providerTokenUrl, {
      accessToken: null,
      headers: { 'Content-Type': 'application/json' },
      body,
    })
    expect(await bodyJson(json)).toMatchObject({ error: 'invalid_request' })
  })
})

describe('keys by URL', () => {
  const url = 'https://client.example/jwks.json'

  async function hosted(
    keysOf: (registered: TestClient['provider']['clients']['own']['registered']) => unknown[],
    release: '1.0.1' | '2.0.0' = '2.0.0',
  ) {
    const { clients } = await createProvider()
    const fetched: string[] = []
    const trial = await createTestClient({
      release,
      configuration: { jwksUrl: url },
      fetchKeySet: async ({ url: from }) => {
        fetched.push(from)
        return {
          status: 200,
          headers: [['Cache-Control', 'max-age=60']],
          body: JSON.stringify({ keys: keysOf(clients.own.registered) }),
        }
      },
    })
    return { trial, fetched }
  }

  test('are fetched, kept for their time, and named by the registered jku only', async () => {
    const { trial, fetched } = await hosted(({ keys }) => [...keys])
    expect((await trial.requestToken()).status).toBe(200)
    expect((await trial.requestToken({ header: { jku: url } })).status).toBe(200)
    expect((await trial.requestToken({ header: { jku: `${url}2` } })).status).toBe(400)
    expect(fetched).toEqual([url])
    trial.advanceClock(61)
    expect((await trial.requestToken()).status).toBe(200)
    expect(fetched).toHaveLength(2)
  })

  test.each([
    ['1.0.1', 200],
    ['2.0.0', 400],
  ] as const)('with the same kid twice: %s answers %i', async (release, status) => {
    const { trial } = await hosted(({ keys }) => keys.flatMap((key) => [key, key]), release)
    expect((await trial.requestToken()).status).toBe(status)
  })
})
