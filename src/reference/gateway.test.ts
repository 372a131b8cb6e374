import { expect, test } from 'vitest'
import { bodyJson, createTestClient, providerTokenUrl } from './fixtures/test-client.ts'
import type { GatewayDemands } from './conduct/configurations.ts'

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

async function tokenStatus(
  gateway: GatewayDemands,
  sent: { claims?: Record<string, unknown>; form?: Record<string, string>; headers?: Record<string, string> },
): Promise<number> {
  const client = await createTestClient({ configuration: { gateway } })
  const body = await client.tokenForm({
    ...(sent.claims ? { claims: sent.claims } : {}),
    ...(sent.form ? { form: sent.form } : {}),
  })
  const answer = await client.send('POST', providerTokenUrl, {
    accessToken: null,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...sent.headers },
    body,
  })
  return answer.status
}

const iat = Date.parse('2026-03-01T12:00:00Z') / 1000

test.each<[string, GatewayDemands, Parameters<typeof tokenStatus>[1], number]>([
  ['iat', { iat: true }, { claims: { iat: iat - 5 } }, 400],
  ['a claim', { claims: { tenant: 't' } }, { claims: { tenant: 't' } }, 400],
  ['an audience', { aud: 'https://issuer' }, { claims: { aud: 'https://issuer' } }, 400],
  ['a form field', { tokenFields: { resource: 'r' } }, { form: { resource: 'r' } }, 400],
  [
    'HTTP Basic beside the assertion',
    { tokenBasic: { user: 'u', password: 'p' } },
    { headers: { Authorization: basic('u:p') } },
    401,
  ],
  ['a header field', { header: { name: 'X-Key', value: 'k' } }, { headers: { 'X-Key': 'k' } }, 401],
])('a token request without %s is refused, and one with it is not', async (_what, gateway, sent, refused) => {
  expect(await tokenStatus(gateway, {})).toBe(refused)
  expect(await tokenStatus(gateway, sent)).toBe(200)
})

test('an iat that is ahead is refused', async () => {
  expect(await tokenStatus({ iat: true }, { claims: { iat: iat + 60 } })).toBe(400)
})

test('a request for an export needs the header field, or the user and password', async () => {
  const guarded = await createTestClient({
    configuration: { gateway: { header: { name: 'X-Key', value: 'k' } } },
  })
  const stopped = await guarded.send('GET', 'metadata', { accessToken: null })
  expect([stopped.status, await bodyJson(stopped)]).toEqual([401, { message: expect.any(String) }])
  expect(
    (await guarded.send('GET', 'metadata', { accessToken: null, headers: { 'X-Key': 'k' } })).status,
  ).toBe(200)
  const open = await createTestClient({ configuration: { gateway: { basic: { user: 'u', password: 'p' } } } })
  const ask = async (authorization: string) =>
    (
      await open.send('GET', 'Group/diabetes', {
        accessToken: null,
        headers: { Authorization: authorization },
      })
    ).status
  expect([await ask(basic('u:p')), await ask(basic('u:q')), await ask('Bearer x')]).toEqual([200, 401, 401])
})
