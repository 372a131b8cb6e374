import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../model/http/exchange.ts'
import { mask } from '../../model/secrets/mask.ts'
import { openRecorder } from './recorder.ts'

const clock = { now: () => 1_000, wall: () => 1_000, sleep: async () => undefined }

interface ExchangeParts {
  readonly url?: string
  readonly sent?: readonly (readonly [string, string])[]
  readonly sentBody?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: unknown
}

function record(
  said: ExchangeParts,
  options: { showDiagnostics?: boolean; secrets?: readonly string[]; concealed?: readonly string[] } = {},
): Exchange {
  const { secrets = [], concealed = [], ...rest } = options
  const recorder = openRecorder({ clock, ...rest })
  for (const it of secrets) recorder.masker.addSecret(it)
  for (const it of concealed) recorder.masker.conceal(it)
  const text =
    typeof said.body === 'string'
      ? said.body
      : said.body === undefined
        ? undefined
        : JSON.stringify(said.body)
  const { url = 'https://h/fhir', sent: headers = [], sentBody: body } = said
  const came = {
    status: 200,
    headers: said.headers ?? [],
    framing: 'length',
    body: Buffer.from(''),
    bytes: 0,
    digest: '',
  } as const
  return recorder.record(
    { request: { method: 'GET', url, headers, ...(body ? { body } : {}) }, startedAt: 0 },
    came,
    text === undefined ? {} : { text },
  )
}

const body = (said: unknown, options = {}) =>
  JSON.parse(record({ body: said }, options).response?.body ?? 'null')

test('masking keeps length, punctuation and emptiness', () => {
  expect(mask('Ab-1. é😀')).toBe('xx-x. x😀')
  expect(mask('𝒜b')).toBe('xxx')
  expect(mask('')).toBe('')
})

describe('a canary is nowhere to be found', () => {
  const c = 'Canary7Secret9Value'
  test.each<[string, ExchangeParts]>([
    ['Authorization', { sent: [['Authorization', `Bearer ${c}`]] }],
    ['Authorization without a scheme', { sent: [['authorization', c]] }],
    ['Authorization with an odd scheme', { sent: [['Authorization', `${c} x`]] }],
    ['Proxy-Authorization', { sent: [['Proxy-Authorization', `Basic ${c}`]] }],
    ['a cookie', { sent: [['Cookie', `a=${c}`]], headers: [['Set-Cookie', `a=${c}; Path=/`]] }],
    ['X-Api-Key', { sent: [['X-Api-Key', c]], headers: [['x-api-key', c]] }],
    ['a header with token in its name', { headers: [['X-Amz-Security-Token', c]] }],
    ['X-Progress', { headers: [['X-Progress', `Patient ${c} done`]] }],
    [
      'WWW-Authenticate',
      { headers: [['WWW-Authenticate', `Bearer error="invalid_token", error_description="${c}"`]] },
    ],
    [
      'a form',
      {
        sent: [['Content-Type', 'application/x-www-form-urlencoded']],
        sentBody: `grant_type=a&client_assertion=${c}&client_secret=${c}`,
      },
    ],
    [
      'a query',
      {
        url: `https://h/f?sig=${c}&X-Amz-Signature=${c}&x-goog-credential=${c}&access_token=${c}&code=${c}&se=${c}&patient=${c}`,
      },
    ],
    ['userinfo', { url: `https://user:${c}@h/f`, headers: [['Location', `https://${c}@h/`]] }],
    ['Content-Location', { headers: [['Content-Location', `/job?token=${c}`]] }],
    [
      'a token response',
      {
        body: {
          access_token: c,
          token_type: 'bearer',
          nested: { refresh_token: c },
          id_token: c,
          patient: c,
        },
      },
    ],
    [
      'a manifest',
      {
        body: {
          transactionTime: 't',
          output: [{ type: 'Patient', url: `https://h/1?sig=${c}` }],
          extension: { note: c },
        },
      },
    ],
    [
      'an OperationOutcome',
      {
        body: {
          resourceType: 'OperationOutcome',
          text: { div: c },
          issue: [{ severity: 'error', code: 'x', diagnostics: c, details: { text: c }, expression: [c] }],
        },
      },
    ],
    [
      'a patient',
      {
        body: {
          resourceType: 'Patient',
          id: c,
          name: [{ family: c }],
          extension: [{ url: c, valueString: c }],
        },
      },
    ],
    [
      'a bundle',
      {
        body: {
          resourceType: 'Bundle',
          type: 'searchset',
          link: [{ url: c }],
          entry: [{ fullUrl: c, resource: { resourceType: 'Patient', id: c } }],
        },
      },
    ],
    [
      'Parameters of ours',
      {
        sent: [],
        sentBody: JSON.stringify({
          resourceType: 'Parameters',
          parameter: [{ name: 'patient', valueReference: { reference: `Patient/${c}` } }],
        }),
      },
    ],
    ['an odd object', { body: { message: c, list: [c], [`${c} ${c}`]: 1 } }],
    ['an array', { body: [c] }],
    [
      'JSON that does not parse',
      { headers: [['Content-Type', 'application/fhir+json']], body: `{"name":"${c}"` },
    ],
    [
      'JSON nested too deeply',
      {
        headers: [['Content-Type', 'application/json']],
        body: `${'{"a":'.repeat(5_000)}"${c}"${'}'.repeat(5_000)}`,
      },
    ],
    ['HTML', { headers: [['Content-Type', 'text/html']], body: `<p>${c}</p>` }],
    [
      'NDJSON',
      { headers: [['Content-Type', 'application/fhir+ndjson']], body: `{"a":"${c}"}\n{"a":"${c}"}\n` },
    ],
  ])('in %s', (_name, said) => {
    const text = JSON.stringify(record(said))
    expect(JSON.stringify(said)).toContain(c)
    expect(text).not.toContain(c)
    expect(text).not.toContain(encodeURIComponent(c))
  })

  const odd = 'a"b/c+d e=Canary'
  test.each<[string, string]>([
    ['raw', odd],
    ['in a URL', encodeURIComponent(odd)],
    ['in a form', encodeURIComponent(odd).replace(/%20/g, '+')],
    ['in JSON', JSON.stringify(odd).slice(1, -1)],
    ['in Base64', Buffer.from(`x${odd}yz`).toString('base64')],
  ])('of a registered secret %s', (_name, form) => {
    const shown = JSON.stringify(
      record(
        { headers: [['X-Echo', form]], body: { error: 'x', error_description: `see ${form} here` } },
        { secrets: [odd] },
      ),
    )
    expect(shown).not.toContain(form)
    expect(shown).not.toContain(JSON.stringify(form).slice(1, -1))
    expect(shown).toContain('xxx')
  })

  test('of an assertion that is echoed', () => {
    const jws = 'eyJhbGciOiJFUzM4NCJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl'
    expect(JSON.stringify(record({ headers: [['X-Echo', jws]] }))).not.toContain('c2lnbmF0dXJl')
  })

  test('of a concealed patient, however short its id', () => {
    const said: ExchangeParts = {
      url: 'https://h/fhir/Patient/12/$export?x=12',
      headers: [['Retry-After', '12']],
    }
    const shown = record(said, { concealed: ['Patient/12'] })
    expect(shown.request.url).toBe('https://h/fhir/Patient/xx/$export?x=12')
    expect(shown.response?.headers).toEqual([['Retry-After', '12']])
  })
})

test('of our own assertion the header and the claims are shown, and neither its compact form nor its signature', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const assertionHeader = { alg: 'ES384', kid: 'key-1' }
  const claims = { iss: 'client-1', aud: 'https://h/token', jti: 'one', note: 'registered-secret' }
  const signature = Buffer.from('the signature of this assertion').toString('base64url')
  const sentWith = (assertion: string) =>
    record(
      {
        sent: [['Content-Type', 'application/x-www-form-urlencoded']],
        sentBody: new URLSearchParams({ client_assertion: assertion, scope: 'system/*.rs' }).toString(),
      },
      { secrets: ['registered-secret'] },
    )
  const exchange = sentWith(`${part(assertionHeader)}.${part(claims)}.${signature}`)
  expect(exchange.request.assertion).toEqual({
    header: assertionHeader,
    claims: { ...claims, note: 'xxxxxxxxxx-xxxxxx' },
  })
  const text = JSON.stringify(exchange)
  for (const it of [part(assertionHeader), part(claims).slice(0, 12), signature.slice(0, 12)])
    expect(text).not.toContain(it)
  for (const it of ['no-jwt', 'a.b.c', `${part('text')}.${part(claims)}.x`])
    expect(sentWith(it).request).not.toHaveProperty('assertion')
})

describe('what can be judged remains', () => {
  test('of headers', () => {
    const { response } = record({
      headers: [
        ['X-Progress', '50% complete'],
        ['Retry-After', '7'],
        ['Content-Location', 'https://h/job/1?a=b'],
      ],
    })
    expect(response?.headers).toEqual([
      ['X-Progress', '50% complete'],
      ['Retry-After', '7'],
      ['Content-Location', expect.stringMatching(/^https:\/\/h\/job\/1\?a=masked-[0-9a-f]{10}$/)],
    ])
    expect(record({ sent: [['Authorization', 'Bearer abc']] }).request.headers).toEqual([
      ['Authorization', 'Bearer xxx'],
    ])
  })

  test('of a token response', () => {
    const token = { access_token: 'abc-1', token_type: 'bearer', expires_in: 300, scope: 'system/*.rs' }
    expect(body(token)).toEqual({ ...token, access_token: 'xxx-x' })
    expect(body({ access_token: '', expires_in: '300' })).toEqual({ access_token: '', expires_in: '300' })
    expect(body({ error: 'invalid_scope', error_description: 'no way' })).toEqual({
      error: 'invalid_scope',
      error_description: 'no way',
    })
  })

  test('of a manifest', () => {
    const manifest = {
      transactionTime: '2026-01-01T00:00:00Z',
      request: 'https://h/fhir/$export?_type=Patient',
      requiresAccessToken: true,
      output: [{ type: 'Patient', url: 'https://h/1.ndjson', count: 3 }],
      error: [],
    }
    const request = expect.stringMatching(/^https:\/\/h\/fhir\/\$export\?_type=masked-[0-9a-f]{10}$/)
    expect(body(manifest)).toEqual({ ...manifest, request })
  })

  test('of an OperationOutcome, and its text where that is asked for', () => {
    const outcome = {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'invalid', diagnostics: 'no A' }],
    }
    expect(body(outcome)).toEqual({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'invalid', diagnostics: 'xx x' }],
    })
    expect(body(outcome, { showDiagnostics: true })).toEqual(outcome)
    const error = { error: 'invalid_scope', error_description: 'no way' }
    expect(body(error, { showDiagnostics: true })).toEqual(error)
  })

  test('of discovery documents', () => {
    const smart = {
      token_endpoint: 'https://h/token',
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      capabilities: ['client-confidential-asymmetric'],
    }
    expect(body(smart)).toEqual(smart)
    const statement = {
      resourceType: 'CapabilityStatement',
      rest: [{ operation: [{ name: 'export', definition: 'http://hl7.org/x' }] }],
    }
    expect(body(statement)).toEqual(statement)
  })

  test('of resources: their structure', () => {
    const patient = {
      resourceType: 'Patient',
      id: 'a1',
      active: true,
      multipleBirthInteger: 2,
      name: [{ family: 'Doe' }],
    }
    expect(body(patient)).toEqual({
      resourceType: 'Patient',
      id: 'xx',
      active: true,
      multipleBirthInteger: 0,
      name: [{ family: 'xxx' }],
    })
    expect(body({ resourceType: 'Bundle', type: 'searchset', total: 12 })).toEqual({
      resourceType: 'Bundle',
      type: 'searchset',
      total: 12,
    })
  })

  test('of the form of a token request', () => {
    const sent = [['Content-Type', 'application/x-www-form-urlencoded']] as const
    const form = record({
      sent,
      sentBody: 'grant_type=client_credentials&scope=system%2F*.rs&client_assertion=abc',
    }).request.body
    expect(Object.fromEntries(new URLSearchParams(form))).toEqual({
      grant_type: 'client_credentials',
      scope: 'system/*.rs',
      client_assertion: 'xxx',
    })
  })
})
