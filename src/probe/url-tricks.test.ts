import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { ExportIntent } from '../model/export/export.ts'
import type { HeaderList } from '../model/http/exchange.ts'
import type { Authorization, Target } from '../model/target.ts'
import { openScripted, type ScriptedAnswer } from './fixtures/scripted-session.ts'
import { urlTricks } from './fixtures/url-tricks.ts'
import type { WireRequest } from './transport/message.ts'

const own = 'https://ehr.example.org'
const key = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' })
const everything: ExportIntent = { upTo: 'files', again: true, polling: 'polite', delete: 'complete' }
const backend = { kind: 'backend-services', clientId: 'c', scope: 'system/*.rs', key } as const
const secret = { kind: 'client-secret', clientId: 'c', scope: 's', secret: 'canary-secret' } as const

type Place = (trick: string) => Readonly<Record<string, ScriptedAnswer>>

const redirect = (to: string, status: number) => ({ status, headers: [['Location', to]] as HeaderList })
const listing = (member: string, more: object) => (trick: string) => ({
  'GET /job/1': { body: { output: [], error: [], ...more, [member]: [{ type: 'Patient', url: trick }] } },
})
const withToken = { requiresAccessToken: true }

/** Where a server names what an export uses, and what it answers there. */
const exportPlaces: Readonly<Record<string, Place>> = {
  'Content-Location': (it) => ({
    'GET /fhir/$export': { status: 202, headers: [['Content-Location', it]] },
  }),
  'Location of a 202': (it) => ({ 'GET /fhir/$export': redirect(it, 202) }),
  'Location of a 201': (it) => ({ 'GET /fhir/$export': redirect(it, 201) }),
  'kick-off redirect': (it) => ({ 'GET /fhir/$export': redirect(it, 307) }),
  'status redirect 302': (it) => ({ 'GET /job/1': redirect(it, 302) }),
  'status redirect 303': (it) => ({ 'GET /job/1': redirect(it, 303) }),
  'status redirect 308': (it) => ({ 'GET /job/1': redirect(it, 308) }),
  'file redirect 302': (it) => ({ 'GET /file/1': redirect(it, 302) }),
  'file redirect 307': (it) => ({ 'GET /file/1': redirect(it, 307) }),
  'delete redirect': (it) => ({ 'DELETE /job/1': redirect(it, 307) }),
  'output with a token': listing('output', withToken),
  'output without a token': listing('output', { requiresAccessToken: false }),
  'output that says nothing of tokens': listing('output', {}),
  deleted: listing('deleted', withToken),
  error: listing('error', withToken),
  'redirect of a request': (it) => ({ 'GET /fhir/metadata': redirect(it, 307) }),
}

/** Where a server names its token endpoint. */
const tokenPlaces: Readonly<Record<string, Place>> = {
  'SMART configuration redirect': (it) => ({
    'GET /fhir/.well-known/smart-configuration': redirect(it, 302),
    'GET /x': { body: { token_endpoint: 'https://evil.example.net/token' } },
  }),
  'token endpoint redirect': (it) => ({ 'POST /token': redirect(it, 307) }),
  token_endpoint: (it) => ({ 'GET /fhir/.well-known/smart-configuration': { body: { token_endpoint: it } } }),
  'token endpoint of the CapabilityStatement': (it) => ({
    'GET /fhir/metadata': {
      body: {
        resourceType: 'CapabilityStatement',
        rest: [
          {
            security: {
              extension: [
                {
                  url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
                  extension: [{ url: 'token', valueUri: it }],
                },
              ],
            },
          },
        ],
      },
    },
  }),
}

const discovered = {
  'GET /fhir/.well-known/smart-configuration': { body: { token_endpoint: `${own}/token` } },
}

/** How the harness may be authorized: with a configured token endpoint, and without. */
const clients: Readonly<Record<string, Partial<Target> & { readonly authorization: Authorization }>> = {
  'client secret': { authorization: { ...secret, method: 'post' } },
  'client secret by Basic': { authorization: { ...secret, method: 'basic' } },
  'configured token endpoint': { authorization: { ...secret, method: 'post', tokenUrl: `${own}/token` } },
  assertion: { authorization: backend },
  'assertion with a configured aud': { authorization: { ...backend, aud: 'https://auth.example.com/token' } },
  'assertion and Basic': {
    authorization: { ...backend, tokenBasic: { user: 'canary-user', password: 'canary-password' } },
  },
  'assertion and a secret field': {
    authorization: { ...backend, tokenFields: [{ name: 'f', value: 'canary-field', isSecret: true }] },
  },
  'assertion and a header field': {
    authorization: backend,
    headers: [{ name: 'X-Key', value: 'canary-header', isSecret: true, atTokenEndpoint: true }],
  },
  'bearer token': { authorization: { kind: 'bearer', token: 'token-number-0' } },
  'HTTP Basic': { authorization: { kind: 'basic', user: 'canary-user', password: 'canary-password' } },
}

/** All that is sent while a server writes a text in one place. */
async function requestsFor(
  place: Place,
  trick: string,
  client: Partial<Target>,
): Promise<readonly WireRequest[]> {
  const answers: Readonly<Record<string, ScriptedAnswer>> = { ...discovered, ...place(trick) }
  const { session, seen } = openScripted(({ url, line }) => {
    const isOwn = url.startsWith(`${own}/`)
    if (isOwn && answers[line]) return answers[line]
    // Whoever believes a manifest from elsewhere comes back for its file.
    const believed = { output: [{ type: 'Patient', url: `${own}/believed` }], error: [] }
    return isOwn ? undefined : (answers['GET /x'] ?? { body: believed })
  }, client)
  await session.performRequest({ get: 'metadata' })
  await session.performToken({}, 'token')
  if (!Object.values(tokenPlaces).includes(place))
    await session.performExport({ level: 'system' }, everything)
  await session.close()
  return seen
}

/** What only browsers accept in a URL. */
const isForgiven = (trick: string) => trick.includes('\\') || [...trick].some((it) => it <= ' ')

/** What a request gives away, and may not. */
function leakOf(trick: string, { method, url, headers, body = '' }: WireRequest): string | undefined {
  if (new URL(url).origin === own) return url.endsWith('/believed') ? 'a manifest from elsewhere' : undefined
  if (isForgiven(trick)) return 'a URL that is not one'
  if (new URL(url).protocol !== 'https:') return 'a request that is not https'
  if (method === 'DELETE') return 'a DELETE'
  const sent = [url, ...headers.flat(), body].join('\n')
  const decoded = [...sent.matchAll(/Basic (\S+)/g)].map(([, it]) =>
    Buffer.from(it ?? '', 'base64').toString(),
  )
  if (/token-number|canary/.test([sent, ...decoded].join('\n'))) return 'a credential'
  const assertion = new URLSearchParams(body).get('client_assertion')
  if (assertion === null) return undefined
  const { aud } = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()) as {
    aud: string
  }
  return new URL(aud).host === new URL(url).host ? undefined : 'an assertion for somebody else'
}

/** What may not be sent, whatever stands in a place. */
async function leaksBy(place: Place, client: Partial<Target>): Promise<readonly string[]> {
  const found = urlTricks.map(async (trick) => {
    const sent = await requestsFor(place, trick, client)
    return sent.flatMap((it) => {
      const leak = leakOf(trick, it)
      return leak === undefined ? [] : [`${JSON.stringify(trick)}: ${leak} in ${it.method} ${it.url}`]
    })
  })
  return (await Promise.all(found)).flat()
}

describe.each(Object.entries(clients))('%s', (name, client) => {
  const asksForTokens = 'clientId' in client.authorization
  test.each(
    Object.entries({
      ...(asksForTokens ? tokenPlaces : {}),
      ...(name === 'configured token endpoint' ? exportPlaces : {}),
    }),
  )('goes nowhere by %s', async (_, it) => {
    expect(await leaksBy(it, client)).toEqual([])
  })

  test('goes where it may', async () => {
    const seen = await requestsFor(() => ({}), '', client)
    expect(seen.filter((it) => it.method === 'DELETE')).toHaveLength(1)
    expect(JSON.stringify(seen)).toMatch(/token-number|canary|Basic/)
  })
})

test('a server without https that leads to https does not lead back', async () => {
  const { session, seen } = openScripted(
    ({ line }) => {
      if (line === 'GET /fhir/$export')
        return { status: 202, headers: [['Content-Location', `${own}/job/1`]] }
      return line === 'GET /job/1'
        ? { body: { output: [{ type: 'Patient', url: 'http://files.example.org/1' }], error: [] } }
        : undefined
    },
    { fhirUrl: 'http://ehr.example.org/fhir', tokenOrigins: [own, 'http://files.example.org'] },
  )
  await session.performExport({ level: 'system' }, everything)
  expect(seen.map((it) => it.line)).toContain('GET /job/1')
  expect(session.exchanges.filter((it) => it.stop).map((it) => it.stop)).toEqual([{ kind: 'downgrade' }])
})
