import { describe, expect, test } from 'vitest'
import { openKnownSecrets } from '../../model/secrets/known-secrets.ts'
import { openDigest } from './digest.ts'
import { type MaskOptions, openExchangeMask } from './exchange-mask.ts'

const base = 'https://fhir.example/r4'

function open(options: Partial<MaskOptions> = {}) {
  return openExchangeMask({
    digest: openDigest(Buffer.from('key')),
    secrets: openKnownSecrets(),
    ownUrls: [base, 'the-group'],
    isTrusted: (url) => url.startsWith('https://fhir.example/'),
    ...options,
  })
}

const masked = /^masked-[0-9a-f]{10}$/

describe('a URL', () => {
  test('shows origins, words and resource types, and digests of everything else', () => {
    const shown = open().url('https://cdn.example/files/4f2a/Patient.000.ndjson?v=2026&name=Smith#Smith')
    expect(shown).toMatch(
      /^https:\/\/cdn\.example\/files\/masked-\w+\/Patient\.000\.ndjson\?v=masked-\w+&name=(masked-\w+)#\1$/,
    )
  })

  test.each([
    'https://h/John-Smith.ndjson',
    'https://h/123-45-6789',
    'https://h/?Smith',
    'https://h/#Smith',
    'https://h/%53mith/',
    '/files/Smith',
    'Smith',
    'https://Smith:Smith@h/',
    'https://h/a Smith',
    'ftp://h/Smith',
  ])('%s names nobody', (url) => {
    expect(open().url(url)).not.toMatch(/smith|6789/i)
  })

  test('is equal to another where the other is equal', () => {
    const { url } = open()
    expect(url('https://h/abc?x=1')).toBe(url('https://h/abc?x=1'))
    expect(url('https://h/abc?x=1')).not.toBe(url('https://h/abc?x=2'))
    expect(url('https://h/a bc')).not.toBe(url('https://h/a bd'))
    expect(url('https://h/?sig=secret-number-1')).not.toBe(url('https://h/?sig=secret-number-2'))
    expect(url(url('https://h/abc?x=1'))).toBe(url('https://h/abc?x=1'))
  })

  test('of ours is shown, and then its parts wherever they are', () => {
    const mask = open()
    const kickoff = `${base}/Group/the-group/$export?_type=Patient&_since=2026-01-01T00%3A00%3A00Z`
    mask.learn({ method: 'GET', url: kickoff, headers: [] }, { status: 202, headers: [] })
    expect(mask.url(kickoff)).toBe(kickoff)
    const request = `http://internal/Group/the-group/$export?_since=2026-01-01T00:00:00Z`
    expect(mask.url(request)).toBe(request)
  })

  test.each([
    ['https://fhir.example/jobs/4f2a-11', true],
    ['https://elsewhere.example/jobs/4f2a-11', false],
  ])('of a job at %s is shown: %s', (location, isShown) => {
    const mask = open()
    mask.learn(
      { method: 'GET', url: `${base}/$export`, headers: [] },
      { status: 202, headers: [['Content-Location', location]] },
    )
    expect(mask.url(location) === location).toBe(isShown)
  })
})

describe('a header field of a response', () => {
  const shown = (name: string, value: string, options: Partial<MaskOptions> = {}) =>
    open(options).responseHeaders([[name, value]])[0] ?? []

  test.each([
    ['Content-Type', 'application/fhir+ndjson; charset=utf-8'],
    ['Retry-After', '120'],
    ['Retry-After', 'Wed, 21 Oct 2026 07:28:00 GMT'],
    ['Expires', '0'],
    ['Server', 'nginx/1.25.3 (Ubuntu)'],
    ['X-Progress', '62% complete'],
    ['Cache-Control', 'private, max-age=0, no-store'],
    ['WWW-Authenticate', 'Bearer error="invalid_token"'],
    ['X-Request-Id', '3f2c1b9e-0000-4000-8000-0123456789ab'],
  ])('%s: %s is shown', (name, value) => {
    expect(shown(name, value)).toEqual([name, value])
  })

  test.each([
    ['Content-Type', 'text/Smith'],
    ['Retry-After', 'when Smith is done'],
    ['ETag', '"Smith"'],
    ['Set-Cookie', 'a=Smith'],
    ['Server', 'hello <Smith>'],
    ['WWW-Authenticate', 'Bearer realm="Smith", error="Smith"'],
    ['WWW-Authenticate', 'Smith'],
    ['X-Progress', 'exporting Smith'],
    ['X-Smith', 'Smith'],
    ['Content-Disposition', 'Smith'],
  ])('%s: %s names nobody', (name, value) => {
    expect(shown(name, value).join()).not.toContain('Smith')
  })

  test('that is not known is a digest, unless a suite mentions it', () => {
    expect(shown('X-Odd', 'value')).toEqual([expect.stringMatching(masked), expect.stringMatching(masked)])
    expect(shown('X-Odd', 'value', { mentioned: new Set(['x-odd']) })).toEqual(['X-Odd', 'value'])
  })
})

test('what a response issues is secret in the response itself', () => {
  const secrets = openKnownSecrets()
  const mask = open({ secrets })
  const token = 'Tokn4711Tokn4711'
  const body = JSON.stringify({
    access_token: token,
    token_type: 'bearer',
    error_description: `got ${token}`,
  })
  const headers = [['Set-Cookie', 'a=Cook4711Cook4711; Path=/']] as const
  mask.learn({ method: 'POST', url: `${base}/token`, headers: [] }, { status: 200, headers }, body)
  expect(mask.responseBody(body, headers)).toBe(
    '{"access_token":"xxxxxxxxxxxxxxxx","token_type":"bearer","error_description":"got xxxxxxxxxxxxxxxx"}',
  )
  expect(secrets.hide(`${token} Cook4711Cook4711`)).toBe('xxxxxxxxxxxxxxxx xxxxxxxxxxxxxxxx')
})

test('members of a body that are not known are digests', () => {
  const mask = open({ mentioned: new Set(['acme_feature']) })
  const shown = JSON.parse(mask.responseBody('{"Smith":1,"acme_feature":"Smith","output":[]}', []) ?? '')
  expect(Object.keys(shown)).toEqual([expect.stringMatching(masked), 'acme_feature', 'output'])
  expect(shown).toMatchObject({ acme_feature: 'xxxxx' })
})

test('a document about the server shows what a suite tests', () => {
  const body = JSON.stringify({ capabilities: ['a b'], description: 'Acme Server', token_secret: 'S3cret' })
  const shown = (mentioned: readonly string[]) =>
    JSON.parse(open({ mentioned: new Set(mentioned) }).responseBody(body, []) ?? '')
  expect(shown([])).toMatchObject({ capabilities: ['x x'], description: 'xxxx xxxxxx' })
  expect(shown(['description', 'token_secret'])).toMatchObject({ description: 'Acme Server' })
  expect(Object.values(shown(['token_secret']))).toContain('xxxxxx')
})

test('a digest cannot be guessed without its key', () => {
  expect(openDigest(Buffer.from('a'))('Smith')).not.toBe(openDigest(Buffer.from('b'))('Smith'))
})
