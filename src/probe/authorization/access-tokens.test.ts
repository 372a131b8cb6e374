import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { stated } from '../../model/reason.ts'
import type { TokenProbe } from '../../model/suite.ts'
import { type Authorization, type Target, defaultLimits } from '../../model/target.ts'
import { openSession } from '../session.ts'
import type { Transport, WireRequest } from '../transport/message.ts'

const privateJwk = (type: 'ec' | 'rsa') =>
  (type === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'P-384' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 })
  ).privateKey.export({ format: 'jwk' })
const ec = { ...privateJwk('ec'), kid: 'ec-1' }
const rsa = { ...privateJwk('rsa'), kid: 'rsa-1' }
const other = { ...privateJwk('ec'), kid: 'other-1' }
const publicKey = (jwk: object) => createPublicKey(createPrivateKey({ key: jwk as never, format: 'jwk' }))
const tokenUrl = 'https://ehr.example.org/token'
const startedAt = Date.UTC(2026, 0, 1)

function open(authorization: Partial<Authorization> = {}, more: Partial<Target> = {}) {
  let now = startedAt
  const forms: URLSearchParams[] = []
  const requests: WireRequest[] = []
  let expiresIn: unknown = 300
  const transport: Transport = async (request) => {
    requests.push(request)
    if (request.url === tokenUrl) forms.push(new URLSearchParams(request.body))
    const body = Buffer.from(
      JSON.stringify({
        access_token: `access-token-${forms.length}`,
        token_type: 'bearer',
        expires_in: expiresIn,
      }),
    )
    request.sink?.write(body)
    return {
      status: 200,
      headers: [['Content-Type', 'application/json']],
      framing: 'length',
      body,
      bytes: body.length,
      digest: '',
    }
  }
  const target: Target = {
    name: 'test',
    fhirUrl: 'https://ehr.example.org/fhir',
    ig: '2.0.0',
    authorization: {
      kind: 'backend-services',
      clientId: 'client-1',
      scope: 'system/*.read',
      key: { keys: [{ kty: 'oct' }, ec] },
      tokenUrl,
      ...authorization,
    } as Authorization,
    levels: ['system'],
    supports: [],
    tokenOrigins: [],
    limits: defaultLimits,
    ...more,
  }
  const clock = { now: () => now, wall: () => now, sleep: async () => undefined }
  const session = openSession({ target, transport, clock })
  const assertion = async (spec: TokenProbe, key = 'probe') => {
    const evidence = await session.performToken(spec, key)
    return evidence.probe === 'none'
      ? 'text' in evidence.reason
        ? evidence.reason.text
        : evidence.reason.kind
      : (forms.at(-1)?.get('client_assertion') ?? 'none was sent')
  }
  return {
    session,
    forms,
    requests,
    assertion,
    pass: (ms: number) => (now += ms),
    live: (value: unknown) => (expiresIn = value),
  }
}

const verify = (jws: string, jwk: object = ec) =>
  jwtVerify(jws, publicKey(jwk), {
    audience: tokenUrl,
    issuer: 'client-1',
    subject: 'client-1',
    currentDate: new Date(startedAt),
  })
const payload = (jws: string) => JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString())

describe('a client assertion', () => {
  test('is right unless a probe says otherwise', async () => {
    const { assertion, forms } = open()
    const { payload: claims, protectedHeader } = await verify(await assertion({}))
    expect(protectedHeader).toEqual({ alg: 'ES384', kid: 'ec-1', typ: 'JWT' })
    expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sub'])
    expect(claims.iat).toBe(startedAt / 1000 - 5)
    expect(claims.exp).toBe(startedAt / 1000 + 240)
    expect(Buffer.from(claims.jti ?? '', 'base64url')).toHaveLength(16)
    expect(Object.fromEntries(forms[0] ?? [])).toMatchObject({
      grant_type: 'client_credentials',
      scope: 'system/*.read',
    })
  })

  test('has another audience and further claims where they are configured, and deviates all the same', async () => {
    const { assertion } = open({ aud: 'https://issuer', claims: { tenant: 't' } })
    expect(payload(await assertion({}))).toMatchObject({ aud: 'https://issuer', tenant: 't' })
    const deviating = payload(await assertion({ claims: { aud: 'https://x', iat: 60, exp: null } }))
    expect(deviating).toMatchObject({ aud: 'https://x', iat: startedAt / 1000 + 60, tenant: 't' })
    expect(deviating).not.toHaveProperty('exp')
  })

  test('is signed RS384 by an RSA key, whose thumbprint stands in for a kid', async () => {
    const { kid: _kid, ...nameless } = rsa
    const { assertion } = open({ key: nameless })
    const { protectedHeader } = await verify(await assertion({}), rsa)
    expect(protectedHeader.alg).toBe('RS384')
    expect(protectedHeader.kid).toMatch(/^[\w-]{43}$/)
  })

  test('names its audience in an array where a probe asks for it', async () => {
    const { assertion } = open({ aud: 'https://issuer' })
    expect(payload(await assertion({ listedAudience: true }))).toMatchObject({ aud: ['https://issuer'] })
  })

  test.each<[string, TokenProbe]>([
    ['an unregistered key', { signedWith: 'unregistered-key' }],
    ['a spoilt signature', { spoilt: true }],
    ['the key of another client', { signedWith: 'other-client-key' }],
    ['no signature', { signedWith: 'none' }],
  ])('with %s does not verify, and is well-formed', async (_name, spec) => {
    const { assertion } = open(
      {},
      { otherClient: { kind: 'backend-services', clientId: 'client-2', scope: 'x', key: other } },
    )
    const jws = await assertion(spec)
    expect(jws.split('.')).toHaveLength(3)
    expect(payload(jws)).toMatchObject({ iss: 'client-1', sub: 'client-1' })
    await expect(verify(jws)).rejects.toThrow()
  })

  test('by the key of another client verifies with that key and names it', async () => {
    const { assertion } = open(
      {},
      { otherClient: { kind: 'backend-services', clientId: 'client-2', scope: 'x', key: other } },
    )
    expect(
      (await verify(await assertion({ signedWith: 'other-client-key' }), other)).protectedHeader.kid,
    ).toBe('other-1')
    expect(await open().assertion({ signedWith: 'other-client-key' })).toBe(
      'no second client with a key is configured',
    )
  })

  test('with alg none has an empty signature', async () => {
    const jws = await open().assertion({ signedWith: 'none' })
    expect(decodeProtectedHeader(jws)).toMatchObject({ alg: 'none' })
    expect(jws.endsWith('.')).toBe(true)
  })

  test.each([ec, rsa])('with the public key as a secret is a sound HS256', async (key) => {
    const jws = await open({ key }).assertion({ signedWith: 'public-key-as-secret' })
    const [header, claims, signature] = jws.split('.')
    expect(decodeProtectedHeader(jws)).toMatchObject({ alg: 'HS256', kid: key.kid })
    const pem = publicKey(key).export({ type: 'spki', format: 'pem' })
    expect(signature).toBe(createHmac('sha256', pem).update(`${header}.${claims}`).digest('base64url'))
  })

  test('takes patches of its header and claims', async () => {
    const { assertion } = open()
    const jws = await assertion({
      header: { kid: null, jku: 'https://x/' },
      claims: { exp: -60, iat: 5, nbf: 3600, aud: ['a', 'b'], jti: null, sub: 'someone' },
    })
    expect(decodeProtectedHeader(jws)).toEqual({ alg: 'ES384', typ: 'JWT', jku: 'https://x/' })
    const now = startedAt / 1000
    expect(payload(jws)).toEqual({
      iss: 'client-1',
      sub: 'someone',
      aud: ['a', 'b'],
      exp: now - 60,
      iat: now + 5,
      nbf: now + 3600,
    })
  })

  test.each<[string, TokenProbe]>([
    ['without alg', { header: { alg: null } }],
    ['with an unknown alg', { header: { alg: 'XY999' } }],
    ['with an alg of another kind of key', { header: { alg: 'RS384' } }],
    ['with a critical extension', { header: { crit: ['x'], x: 1 } }],
  ])('%s is still signed', async (_name, spec) => {
    const jws = await open().assertion(spec)
    expect(decodeProtectedHeader(jws)).toMatchObject(
      Object.fromEntries(Object.entries(spec.header ?? {}).filter(([, it]) => it !== null)),
    )
    expect(Buffer.from(jws.split('.')[2] ?? '', 'base64url')).toHaveLength(96)
  })

  test('is sent again, or its jti is', async () => {
    const { assertion } = open()
    const first = await assertion({}, 'first')
    expect(await assertion({ replays: 'first' })).toBe(first)
    const again = await assertion({ jtiOf: 'first' })
    expect(again).not.toBe(first)
    expect(payload(again).jti).toBe(payload(first).jti)
    expect(payload(await assertion({})).jti).not.toBe(payload(first).jti)
    expect(await assertion({ replays: 'nobody' })).toBe('the assertion that this test repeats was never sent')
  })

  test('is sent anew before it or its jti is sent again, if it could have expired in between', async () => {
    const { assertion, forms, pass } = open()
    const first = await assertion({}, 'first')
    pass(200_000)
    const again = await assertion({ jtiOf: 'first' })
    expect(forms).toHaveLength(3)
    const anew = forms[1]?.get('client_assertion') ?? ''
    expect(anew).not.toBe(first)
    expect(payload(again).jti).toBe(payload(anew).jti)
    expect(await assertion({ replays: 'first' })).toBe(anew)
    expect(forms).toHaveLength(4)
  })

  test('is gone where the form says so', async () => {
    const { session, forms } = open()
    await session.performToken(
      { form: { client_assertion: null, grant_type: 'password', extra: 'x' }, scope: 'system/Patient.read' },
      'k',
    )
    expect(Object.fromEntries(forms[0] ?? [])).toEqual({
      grant_type: 'password',
      scope: 'system/Patient.read',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      extra: 'x',
    })
  })

  test('is nowhere in the exchanges, nor is the token that it brought', async () => {
    const { session, assertion } = open()
    const jws = await assertion({})
    const shown = JSON.stringify(session.exchanges)
    for (const part of [...jws.split('.'), 'access-token-1', String(ec.d)]) expect(shown).not.toContain(part)
    expect(shown).toContain('"expires_in\\":300')
  })
})

describe('an access token', () => {
  const bearer = (requests: readonly WireRequest[]) =>
    requests.at(-1)?.headers.find(([name]) => name === 'Authorization')?.[1]

  test('is used until shortly before it expires', async () => {
    const { session, forms, requests, pass } = open()
    await session.performRequest({ get: 'metadata' })
    pass(294_000)
    await session.performRequest({ get: 'metadata' })
    expect(bearer(requests)).toBe('Bearer access-token-1')
    pass(1_000)
    await session.performRequest({ get: 'metadata' })
    expect(bearer(requests)).toBe('Bearer access-token-2')
    expect(forms).toHaveLength(2)
  })

  test.each([
    [1, 899, 900],
    ['20', 17_999, 18_000],
  ])('that lives for %s s is renewed after 90 %% of that', async (life, before, after) => {
    const { session, forms, pass, live } = open()
    live(life)
    await session.performRequest({ get: 'metadata' })
    pass(before)
    await session.performRequest({ get: 'metadata' })
    expect(forms).toHaveLength(1)
    pass(after - before)
    await session.performRequest({ get: 'metadata' })
    expect(forms).toHaveLength(2)
  })

  test('is taken once for requests that are made at once', async () => {
    const { session, forms, pass } = open()
    const all = () => Promise.all([1, 2, 3].map(() => session.performRequest({ get: 'metadata' })))
    await all()
    expect(forms).toHaveLength(1)
    pass(300_000)
    await all()
    expect(forms).toHaveLength(2)
  })

  test('with a scheme other than Bearer, and of an unknown user', async () => {
    const { session, requests } = open()
    await session.performRequest({ get: 'metadata', authorization: 'wrong-scheme' })
    expect(bearer(requests)).toBe('Token access-token-1')
    await session.performRequest({ get: 'metadata', authorization: 'unknown-user' })
    expect(bearer(requests)).toMatch(/^Basic \S{20,}$/)
    expect(JSON.stringify(session.exchanges)).not.toContain(bearer(requests)?.slice('Basic '.length))
  })

  test('of a client with a secret', async () => {
    const secret = {
      kind: 'client-secret',
      clientId: 'a b',
      secret: 'p:s/w+canary',
      scope: 's',
      tokenUrl,
    } as const
    const basic = open({}, { authorization: { ...secret, method: 'basic' } })
    await basic.session.performToken({}, 'k')
    expect(bearer(basic.requests)).toBe(`Basic ${Buffer.from('a+b:p%3As%2Fw%2Bcanary').toString('base64')}`)
    const post = open({}, { authorization: { ...secret, method: 'post' } })
    await post.session.performToken({}, 'k')
    expect(Object.fromEntries(post.forms[0] ?? [])).toMatchObject({
      client_id: 'a b',
      client_secret: 'p:s/w+canary',
    })
    for (const { session } of [basic, post]) expect(JSON.stringify(session.exchanges)).not.toContain('canary')
  })

  test('that somebody else obtained is sent as it is and cannot be narrowed', async () => {
    const { session, requests } = open({}, { authorization: { kind: 'bearer', token: 'somebody-elses' } })
    await session.performRequest({ get: 'metadata' })
    expect(bearer(requests)).toBe('Bearer somebody-elses')
    expect(JSON.stringify(session.exchanges)).not.toContain('somebody-elses')
    expect(
      await session.performRequest({ get: 'metadata', authorization: { only: ['Patient'] } }),
    ).toMatchObject({ probe: 'none' })
    expect(await session.performToken({}, 'k')).toMatchObject({ probe: 'none' })
    await session.performRequest({ get: 'metadata', authorization: 'none' })
    expect(bearer(requests)).toBeUndefined()
  })
})

describe('what gateways ask for', () => {
  const garbageFree = (all: readonly WireRequest[]) => JSON.stringify(all.map((it) => it.headers))

  test('token requests have further fields and HTTP Basic, and no gateway header but those meant for them', async () => {
    const { assertion, forms, requests, session } = open(
      {
        tokenUrl: 'https://auth.example.org/token',
        tokenBasic: { user: 'gate', password: 'p:ss-word' },
        tokenFields: [
          { name: 'resource', value: 'https://a', isSecret: false },
          { name: 'resource', value: 'https://b', isSecret: false },
          { name: 'pin', value: '12', isSecret: true },
        ],
      },
      {
        headers: [
          { name: 'X-Here', value: 'key-of-here', isSecret: true, atTokenEndpoint: false },
          { name: 'X-Both', value: 'ab', isSecret: true, atTokenEndpoint: true },
        ],
      },
    )
    await assertion({})
    expect(forms).toEqual([])
    const form = new URLSearchParams(requests[0]?.body)
    expect([form.getAll('resource'), form.get('pin'), form.get('grant_type')]).toEqual([
      ['https://a', 'https://b'],
      '12',
      'client_credentials',
    ])
    expect(requests[0]?.headers).toContainEqual([
      'Authorization',
      `Basic ${Buffer.from('gate:p:ss-word').toString('base64')}`,
    ])
    expect(requests[0]?.headers).toContainEqual(['X-Both', 'ab'])
    expect(garbageFree(requests)).not.toContain('X-Here')
    await session.performRequest({ get: 'metadata', authorization: 'none' })
    expect(requests[1]?.headers).toEqual(
      expect.arrayContaining([
        ['X-Here', 'key-of-here'],
        ['X-Both', 'ab'],
      ]),
    )
    const [token, metadata] = session.exchanges
    expect(new URLSearchParams(token?.request.body).get('pin')).toBe('xx')
    expect(token?.request.headers).toContainEqual(['X-Both', 'xx'])
    expect(metadata?.request.headers).toContainEqual(['X-Here', 'xxx-xx-xxxx'])
    expect(session.mask('p:ss-word key-of-here')).toBe('x:xx-xxxx xxx-xx-xxxx')
  })

  test('Basic stands in for a token, and is altered as one is', async () => {
    const { session, requests } = open({ kind: 'basic', user: 'u', password: 'password-1' } as never)
    const sent = (at: number) => requests[at]?.headers.find(([name]) => name === 'Authorization')?.[1]
    await session.performRequest({ get: 'metadata' })
    expect(sent(0)).toBe(`Basic ${Buffer.from('u:password-1').toString('base64')}`)
    await session.performRequest({ get: 'metadata', authorization: 'tampered' })
    expect(sent(1)).toMatch(/^Basic /)
    expect(sent(1)).not.toBe(sent(0))
    expect(await session.performRequest({ get: 'metadata', authorization: { only: ['Patient'] } })).toEqual({
      probe: 'none',
      reason: stated('HTTP Basic has no scope that a test could narrow'),
    })
  })

  test("a token is obtained again once it has expired, and one that cannot be is nobody else's fault", async () => {
    const jwt = (exp: number) =>
      `x.${Buffer.from(JSON.stringify({ exp: startedAt / 1000 + exp })).toString('base64url')}.${exp}`
    const next = [{ token: jwt(1200) }, { because: 'the command `get` ended with exit code 1' }]
    let renewals = 0
    const renewToken = async () => next[renewals++] as { token: string }
    const { session, requests, pass } = open({ kind: 'bearer', token: jwt(600), renewToken } as never)
    const ask = () => session.performRequest({ get: 'metadata' })
    const sent = () => requests.at(-1)?.headers.find(([name]) => name === 'Authorization')?.[1]
    await ask()
    await ask()
    expect([renewals, sent()]).toEqual([0, `Bearer ${jwt(600)}`])
    pass(601_000)
    await ask()
    await ask()
    expect([renewals, sent()]).toEqual([1, `Bearer ${jwt(1200)}`])
    pass(601_000)
    expect(await ask()).toEqual({ probe: 'none', reason: stated('the command `get` ended with exit code 1') })
    expect(requests).toHaveLength(4)
  })

  test('a key is obtained again with the next token', async () => {
    const next = [{ because: 'no key' }, { key: rsa }]
    const renewKey = async () => next.shift() as { key: object }
    const { session, forms, pass } = open({ renewKey })
    const kid = () => decodeProtectedHeader(forms.at(-1)?.get('client_assertion') ?? '').kid
    await session.performRequest({ get: 'metadata' })
    expect(kid()).toBe('ec-1')
    pass(301_000)
    await session.performRequest({ get: 'metadata' })
    expect([kid(), forms.length]).toEqual(['ec-1', 1])
    await session.performRequest({ get: 'metadata' })
    expect(kid()).toBe('rsa-1')
  })
})
