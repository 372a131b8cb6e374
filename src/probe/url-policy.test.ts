import { describe, expect, test } from 'vitest'
import { type ClientRequest, type UrlContext, decideUrl } from './url-policy.ts'

const context: UrlContext = {
  method: 'GET',
  fhirUrl: 'https://ehr.example.org/fhir',
  tokenOrigins: ['https://files.example.org'],
  token: 'required',
}

describe('the token goes only where it may', () => {
  test.each<[string, boolean, boolean]>([
    ['https://ehr.example.org/job/1', true, true],
    ['https://ehr.example.org:443/job/1', true, true],
    ['https://EHR.example.org/job/1', true, true],
    ['https://files.example.org/1', true, true],
    ['https://files.example.org:8443/1', false, false],
    ['https://ehr.example.org:8443/job/1', false, false],
    ['https://ehr.example.org.evil.example/job', false, false],
    ['https://evil.example/ehr.example.org', false, false],
    ['https://ehr.example.org@evil.example/job', true, false],
    ['https://user:password@ehr.example.org/job', true, false],
    ['http://user:password@ehr.example.org/job', false, false],
    ['https://storage.example.com/1?X-Amz-Signature=a', true, false],
    ['https://ehr.example.org/1?X-Amz-Signature=a', true, false],
    ['https://storage.example.com/1?sig=a', true, false],
    ['https://ehr.example.org/1?sig=a', true, true],
    ['http://ehr.example.org/job/1', false, false],
    ['file:///etc/passwd', false, false],
    ['javascript:alert(1)', false, false],
    ['data:text/plain,x', false, false],
    ['ftp://ehr.example.org/1', false, false],
    ['job/1', false, false],
    ['https://good%2eevil.com/', false, false],
  ])('%s', (url, fetch, sendToken) => {
    expect(decideUrl(url, context)).toMatchObject({ fetch, ...(fetch ? { sendToken } : {}) })
  })

  test('a file elsewhere is fetched without it where it need not be sent', () => {
    const elsewhere = 'https://storage.example.com/1'
    expect(decideUrl(elsewhere, { ...context, token: 'allowed' })).toMatchObject({
      fetch: true,
      sendToken: false,
    })
    expect(decideUrl(elsewhere, { ...context, token: 'never' })).toMatchObject({
      fetch: true,
      sendToken: false,
    })
    expect(decideUrl('https://ehr.example.org/1?sig=a', { ...context, token: 'allowed' })).toMatchObject({
      fetch: true,
      sendToken: false,
    })
    expect(decideUrl('https://ehr.example.org/1', { ...context, token: 'never' })).toMatchObject({
      fetch: true,
      sendToken: false,
    })
  })

  test('the reason names the origin that would have to be allowed', () => {
    const stop = { kind: 'token-origin', origin: 'https://storage.example.com', why: 'token' }
    expect(decideUrl('https://storage.example.com/1', context)).toEqual({ fetch: false, stop })
  })

  test('a plain target may be plain, but a hop over https does not lead back', () => {
    const plain = { ...context, fhirUrl: 'http://ehr.example.org/fhir' }
    expect(decideUrl('http://ehr.example.org/1', plain).fetch).toBe(true)
    expect(decideUrl('http://ehr.example.org/1', { ...plain, from: 'https://x.example/1' }).fetch).toBe(false)
  })
})

describe('what changes something', () => {
  const elsewhere = 'https://storage.example.com/job/1'
  const deletion = { ...context, method: 'DELETE', token: 'never' } as const

  test.each([elsewhere, `${elsewhere}?X-Amz-Signature=a`, 'https://user:word@storage.example.com/job/1'])(
    'is not sent to %s, which only the server names',
    (url) => {
      const stop = { kind: 'changes', origin: 'https://storage.example.com', method: 'DELETE' }
      expect(decideUrl(url, deletion)).toEqual({ fetch: false, stop })
      const allowedOrigins = ['https://storage.example.com']
      expect(decideUrl(url, { ...deletion, allowedOrigins })).toMatchObject({ fetch: true, sendToken: false })
    },
  )

  test.each(['https://ehr.example.org/job/1', 'https://files.example.org/job/1'])('is sent to %s', (url) => {
    expect(decideUrl(url, deletion).fetch).toBe(true)
  })
})

test.each([
  ['https://storage.example.com/1', undefined, 'token'],
  ['https://storage.example.com/1?X-Amz-Signature=a', 'https://ehr.example.org/job/1', 'manifest'],
])('a manifest from %s is not believed', (url, from, why) => {
  const believed = { ...context, token: 'never', isBelieved: true, from } as const
  const stop = { kind: 'token-origin', origin: 'https://storage.example.com', why }
  expect(decideUrl(url, believed)).toEqual({ fetch: false, stop })
  expect(decideUrl(url, { ...believed, allowedOrigins: ['https://storage.example.com'] }).fetch).toBe(true)
})

describe('a token request', () => {
  const decide = (url: string, client: ClientRequest, more: Partial<UrlContext> = {}) =>
    decideUrl(url, { ...context, method: 'POST', token: 'never', client, ...more }).fetch
  const bound: ClientRequest = { isConfigured: false }
  const secret: ClientRequest = { isConfigured: false, credential: 'client-secret' }

  test.each<[string, boolean, boolean]>([
    ['https://ehr.example.org/token', true, true],
    ['https://files.example.org/token', true, true],
    ['https://auth.example.com/token', true, false],
    ['http://ehr.example.org/token', false, false],
    ['http://auth.example.com/token', false, false],
    ['file:///token', false, false],
  ])('to %s', (url, withAssertion, withSecret) => {
    expect(decide(url, bound)).toBe(withAssertion)
    expect(decide(url, secret)).toBe(withSecret)
  })

  test('goes where the configuration says, but never from https to http', () => {
    const auth = 'https://auth.example.com'
    expect(decide(`${auth}/token`, { ...secret, isConfigured: true })).toBe(true)
    expect(decide(`${auth}/token`, secret, { allowedOrigins: [auth] })).toBe(true)
    expect(decide('http://auth.example.com/token', { ...secret, isConfigured: true })).toBe(false)
  })

  test('in the clear stays at the origin of a plain base', () => {
    const fhirUrl = 'http://ehr.example.org/fhir'
    expect(decide('http://ehr.example.org/token', secret, { fhirUrl })).toBe(true)
    expect(decide('http://ehr.example.org:81/token', bound, { fhirUrl })).toBe(false)
    expect(decide('http://ehr.example.org/token', bound, { fhirUrl, from: 'https://x.example/1' })).toBe(
      false,
    )
  })
})
