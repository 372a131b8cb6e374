import { generateKeyPairSync } from 'node:crypto'
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import type { TokenProbe } from '../../model/suite.ts'
import { type Target, defaultLimits } from '../../model/target.ts'
import { openKeySetHost } from '../key-set-host.ts'
import { openSession } from '../session.ts'
import type { Transport } from '../transport/message.ts'

interface HostedKey {
  readonly kid: string
  readonly alg: string
}

const privateJwk = (kid: string) => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' }),
  kid,
})
const key = { keys: [privateJwk('own-1')] }

/** A session whose authorization server fetches the JWK Set for every token request, and accepts what one of its keys verifies. */
function open() {
  let now = Date.UTC(2026, 0, 1)
  const host = openKeySetHost(() => now)
  const seen: {
    readonly keys: readonly HostedKey[] | 'unreachable'
    readonly cacheControl: string
    at: number
  }[] = []
  const transport: Transport = async ({ body = '' }) => {
    const assertion = new URLSearchParams(body).get('client_assertion') ?? ''
    const answer = host.respond({
      method: 'GET',
      url: '/jwks.json',
      headers: [['Accept', 'application/json']],
    })
    const keys =
      answer === 'unreachable' ? answer : (JSON.parse(answer.body) as { keys: readonly HostedKey[] }).keys
    const cacheControl = answer === 'unreachable' ? '' : (answer.headers[1]?.[1] ?? '')
    seen.push({ keys, cacheControl, at: now })
    const { kid, alg = '' } = decodeProtectedHeader(assertion)
    const fitting = keys === 'unreachable' ? [] : keys.filter((it) => it.kid === kid)
    const verified = await Promise.all(
      fitting.map(async (it) =>
        jwtVerify(assertion, await importJWK(it as never, alg), { currentDate: new Date(now) }).then(
          () => true,
          () => false,
        ),
      ),
    )
    const granted = verified.includes(true)
    const text = JSON.stringify(
      granted ? { access_token: 't', token_type: 'bearer' } : { error: 'invalid_client' },
    )
    return {
      ...{ status: granted ? 200 : 400, headers: [['Content-Type', 'application/json']], framing: 'length' },
      ...{ body: Buffer.from(text), bytes: text.length, digest: '' },
    } as const
  }
  const target: Target = {
    ...{ name: 'test', fhirUrl: 'https://ehr.example.org/fhir', ig: '2.0.0', levels: [], supports: [] },
    ...{ tokenOrigins: [], limits: defaultLimits },
    authorization: {
      ...{ kind: 'backend-services', clientId: 'c', scope: 's', key, tokenUrl: 'https://ehr.example.org/t' },
      keySet: { url: 'https://client.example.org/jwks.json', isHosted: true },
    },
  }
  const sleep = async (ms: number) => {
    now += ms
  }
  const clock = { now: () => now, wall: () => now, sleep }
  const session = openSession({ target, transport, clock, keySetHost: host })
  const status = async (spec: TokenProbe) => {
    const evidence = await session.performToken(spec, 'key')
    return evidence.probe === 'token' ? evidence.exchanges.at(-1)?.response?.status : evidence
  }
  return { session, seen, status }
}

const kidsOf = ({ keys }: { readonly keys: readonly HostedKey[] | 'unreachable' } = { keys: [] }) =>
  keys === 'unreachable' ? keys : keys.map((it) => it.kid)

describe('the hosted JWK Set', () => {
  test('has the public half of the registered keys, and may not be cached', async () => {
    const { seen, status } = open()
    expect(await status({})).toBe(200)
    expect(seen[0]).toMatchObject({
      cacheControl: 'no-store',
      keys: [{ kid: 'own-1', alg: 'ES384', use: 'sig' }],
    })
    expect(JSON.stringify(seen)).not.toContain(String(key.keys[0]?.d))
  })

  test.each(['ES384', 'RS384'] as const)('has a fresh key of %s, which signs', async (algorithm) => {
    const { seen, status } = open()
    expect(await status({ keySet: { keys: 'fresh' }, algorithm, late: true })).toBe(200)
    expect(seen[0]?.keys).toMatchObject([{ kid: 'own-1' }, { alg: algorithm }])
  })

  test('has two keys with one kid, another key, or no response, and afterwards the registered keys', async () => {
    const { seen, status } = open()
    expect(await status({ keySet: { keys: 'same-kid' } })).toBe(200)
    expect(kidsOf(seen.at(-1))).toEqual(['own-1', 'own-1'])
    expect(await status({ keySet: { keys: 'replaced' } })).toBe(400)
    expect(kidsOf(seen.at(-1))).not.toContain('own-1')
    expect(await status({ keySet: { keys: 'unreachable' } })).toBe(400)
    expect(kidsOf(seen.at(-1))).toBe('unreachable')
    expect(await status({})).toBe(200)
    expect(kidsOf(seen.at(-1))).toEqual(['own-1'])
  })

  test('is first as it may be cached, and changes when it may no longer be', async () => {
    const { seen, status } = open()
    await status({ keySet: { keys: 'replaced' }, primed: { maxAge: 2, waits: 4 } })
    expect(seen.map((it) => it.cacheControl)).toEqual(['max-age=2', 'no-store'])
    expect((seen[1]?.at ?? 0) - (seen[0]?.at ?? 0)).toBe(4_000)
    await status({ keySet: { maxAge: 30 }, primed: { maxAge: 30 } })
    await status({ keySet: { keys: 'fresh' } })
    expect((seen.at(-1)?.at ?? 0) - (seen.at(-2)?.at ?? 0)).toBeGreaterThan(30_000)
  })

  test('other token requests wait until it has the registered keys again', async () => {
    const { status } = open()
    expect(await Promise.all([status({ keySet: { keys: 'replaced' } }), status({}), status({})])).toEqual([
      400, 200, 200,
    ])
  })

  test('requests for it are evidence, as of the registered URL', async () => {
    const { session } = open()
    const evidence = await session.performToken({ keySet: {} }, 'key')
    expect(evidence).toMatchObject({
      keySetRequests: [
        { received: true, request: { url: expect.stringMatching(/^https:\/\/client\.example\.org\//) } },
      ],
    })
    expect(session.exchanges).toHaveLength(2)
  })
})
