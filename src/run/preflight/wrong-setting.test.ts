import { describe, expect, test } from 'vitest'
import { exchange, unansweredExchange } from '../../checks/fixtures/evidence.ts'
import type { Evidence } from '../../model/evidence.ts'
import type { Exchange, NetworkErrorKind } from '../../model/http/exchange.ts'
import type { Kickoff } from '../../model/export/export.ts'
import type { PreflightProblem } from '../../model/preflight.ts'
import { type Authorization, defaultLimits, type ExportLevel, type Target } from '../../model/target.ts'
import { type FirstContact, preflightProblems } from './wrong-setting.ts'

const assertion = { kind: 'backend-services', clientId: 'me', scope: 'system/*.rs', key: {} } as const
const configured = { ...assertion, tokenUrl: 'https://fhir.example/token' }
const secret: Authorization = {
  kind: 'client-secret',
  clientId: 'me',
  secret: 's3cret',
  scope: 'system/*.rs',
  method: 'basic',
}

function targetOf(authorization: Authorization = assertion): Target {
  return {
    ...{ name: 'a target', fhirUrl: 'https://fhir.example', ig: '2.0.0', authorization },
    ...{ levels: ['system', 'group'], groupId: 'g', supports: [], tokenOrigins: [], limits: defaultLimits },
  }
}

type Answer = Parameters<typeof exchange>[0]

const request = (answer: Answer | Exchange): Evidence => ({ probe: 'request', exchanges: [of(answer)] })
const token = (answer: Answer | Exchange): Evidence => ({ probe: 'token', exchanges: [of(answer)] })
const kickoff = (answer: Answer | Exchange): Evidence => ({
  probe: 'export',
  sent: {} as Kickoff,
  export: { state: 'refused', kickoff: of(answer) },
})

function of(answer: Answer | Exchange): Exchange {
  return 'request' in answer ? answer : exchange(answer)
}

function silent(networkError: NetworkErrorKind): Exchange {
  return { ...unansweredExchange(), networkError }
}

const smart = { body: { token_endpoint: 'https://fhir.example/token' } }
const statement = {
  body: {
    resourceType: 'CapabilityStatement',
    rest: [
      {
        mode: 'server',
        operation: [{ name: 'export' }],
        resource: [{ type: 'Group', operation: [{ name: 'group-export' }] }],
      },
    ],
  },
}
const outcome = (code: string) => ({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] })
const good = { body: { access_token: 'xxx', scope: 'system/Patient.rs' } }
const html = { text: '<html></html>', bytes: 13 }

interface Contact extends Partial<Omit<FirstContact, 'kickoffs'>> {
  readonly kickoffs?: readonly (readonly [ExportLevel, Evidence])[]
}

function problems(contact: Contact): readonly PreflightProblem[] {
  return preflightProblems({
    ...{ target: targetOf(), exchanges: [], descriptionOf: () => undefined },
    ...contact,
    kickoffs: new Map(contact.kickoffs),
  })
}

const steps = (contact: Contact) => problems(contact).map((it) => it.step)
const causes = (contact: Contact) => problems(contact)[0]?.causes.map((it) => it.kind)

const found = { discovery: request(smart), metadata: request(statement), token: token(good) }

describe('the base', () => {
  const lost = { discovery: request({ status: 404 }), metadata: request({ status: 404 }) }

  test.each<[string, Contact, boolean]>([
    ['with no known facts', {}, false],
    ['with a SMART configuration', { discovery: request(smart) }, false],
    ['that refuses connections', { discovery: request(silent('refused')) }, true],
    ['without a name', { metadata: request(silent('dns')) }, true],
    ['with another certificate', { discovery: request(silent('tls')) }, true],
    ['that may not be asked', { discovery: request(silent('forbidden')) }, false],
    ['that fails', { discovery: request({ status: 500 }), metadata: request({ status: 503 }) }, false],
    ['without a SMART configuration', { ...lost, metadata: request(statement) }, false],
    [
      'without both, whose kick-off is accepted otherwise',
      { ...lost, kickoffs: [['system', kickoff({ status: 202 })]] },
      false,
    ],
    [
      'without both, and without a kick-off',
      { ...lost, kickoffs: [['system', kickoff({ status: 404, ...html })]] },
      true,
    ],
    [
      'without both, that knows this client',
      { ...lost, kickoffs: [['system', kickoff({ status: 403, body: outcome('forbidden') })]] },
      false,
    ],
    [
      'that knows nothing but a kick-off that is silent',
      { kickoffs: [['system', kickoff(silent('refused'))]] },
      true,
    ],
  ])('%s', (_, contact, isUnreachable) => {
    expect(steps(contact).includes('base')).toBe(isUnreachable)
  })

  test('names the host, the path or the network', () => {
    expect(causes({ discovery: request(silent('dns')) })).toEqual(['host-name', 'network'])
    expect(causes({ discovery: request(silent('refused')) })?.[0]).toBe('not-running')
    expect(causes({ discovery: request(silent('timeout')) })?.[0]).toBe('network')
    expect(causes({ discovery: request(silent('tls')) })).toEqual([])
  })

  test('that names no token endpoint is lost where it is no FHIR server, and else lacks a setting', () => {
    const sought: Evidence = { probe: 'none', reason: { kind: 'no-token-endpoint', exchanges: [1, 2] } }
    const both = (a: Answer, b: Answer) =>
      steps({ token: sought, exchanges: [exchange({ ...a, number: 1 }), exchange({ ...b, number: 2 })] })
    expect(both({ status: 404 }, { status: 404 })).toEqual(['base'])
    expect(both({ status: 404 }, statement)).toEqual(['discovery'])
    expect(both({ body: {} }, statement)).toEqual([])
  })
})

describe('the token request', () => {
  const oauth = (error: string, status = 400) => token({ status, body: { error } })
  const refused = (evidence: Evidence, authorization: Authorization = assertion) =>
    steps({ ...found, token: evidence, target: targetOf(authorization) }).includes('token')

  test.each<[string, Evidence, boolean]>([
    ['granted', token(good), false],
    ['refused as an OAuth error', oauth('invalid_client', 401), true],
    ['refused without a code', token({ status: 400, body: { message: 'no' } }), false],
    ['refused in HTML', token({ status: 401, ...html }), false],
    ['answered with a page', token(html), false],
    ['refused as of another media type', oauth('invalid_request', 415), false],
    ['failed', oauth('server_error', 500), false],
    ['not answered', token(silent('tls')), true],
    ['sent elsewhere by the server itself', token({ status: 404 }), false],
  ])('%s', (_, evidence, isRefusal) => {
    expect(refused(evidence)).toBe(isRefusal)
  })

  test('sent elsewhere by the operator', () => {
    expect(refused(token({ status: 404 }), configured)).toBe(true)
  })

  test('of a grant that the server declares cannot be unsupported', () => {
    const declared = { body: { ...smart.body, grant_types_supported: ['client_credentials'] } }
    const it = oauth('unsupported_grant_type')
    expect(steps({ ...found, token: it })).toEqual(['token'])
    expect(steps({ ...found, token: it, discovery: request(declared) })).toEqual([])
  })

  test('that was sent for a kick-off counts as well', () => {
    const reason = { kind: 'no-token', outcome: { exchange: 7, status: 400 } } as const
    const exchanges = [exchange({ number: 7, status: 400, body: { error: 'invalid_client' } })]
    expect(steps({ kickoffs: [['system', { probe: 'none', reason }]], exchanges })).toEqual(['token'])
  })

  test.each<[string, Authorization, readonly string[]]>([
    ['invalid_client', assertion, ['wrong-key', 'client-not-registered', 'wrong-audience', 'scope']],
    ['invalid_client', secret, ['wrong-secret', 'client-not-registered', 'wrong-token-url', 'scope']],
    ['invalid_scope', assertion, ['scope', 'grant-not-enabled']],
    ['unauthorized_client', assertion, ['grant-not-enabled', 'scope', 'client-not-registered']],
    ['unsupported_grant_type', assertion, ['grant-not-enabled', 'wrong-token-url']],
    [
      'invalid_request',
      assertion,
      ['token-fields', 'wrong-key', 'client-not-registered', 'wrong-audience', 'scope'],
    ],
  ])('%s of %o', (error, authorization, expected) => {
    expect(causes({ ...found, token: oauth(error), target: targetOf(authorization) })).toEqual(expected)
  })

  test('refused while clocks differ has that as its first cause, where an assertion is sent', () => {
    const at = (seconds: number, authorization: Authorization = assertion) => {
      const date = new Date(Date.parse('2026-01-01T00:00:00Z') + seconds * 1000).toUTCString()
      const it = token({ status: 400, body: { error: 'invalid_client' }, headers: [['Date', date]] })
      return problems({ ...found, token: it, target: targetOf(authorization) })[0]?.causes[0]
    }
    expect(at(600)).toEqual({ kind: 'clock-skew', seconds: 600 })
    expect(at(-600)).toEqual({ kind: 'clock-skew', seconds: -600 })
    expect(at(30)).toEqual({ kind: 'wrong-key' })
    expect(at(600, secret)).toEqual({ kind: 'wrong-secret' })
  })

  test('shows what the server says, cut at 200 characters', () => {
    const descriptionOf = () => 'x'.repeat(300)
    const [it] = problems({ ...found, token: oauth('invalid_client'), descriptionOf })
    expect(it).toMatchObject({ error: 'invalid_client', description: 'x'.repeat(200) })
  })
})

describe('a kick-off request', () => {
  const at = (level: ExportLevel, answer: Answer, authorization: Authorization = assertion) =>
    problems({ ...found, target: targetOf(authorization), kickoffs: [[level, kickoff(answer)]] })

  test.each<[string, ExportLevel, Answer, boolean]>([
    ['accepted without a polling location', 'system', { status: 202 }, false],
    ['forbidden', 'system', { status: 403, body: outcome('forbidden') }, true],
    ['forbidden for its scope', 'system', { status: 403, body: { error: 'insufficient_scope' } }, true],
    ['forbidden in HTML', 'system', { status: 403, ...html }, false],
    ['forbidden without a word', 'system', { status: 403 }, false],
    ['not found at a level that is declared', 'system', { status: 404, body: outcome('not-found') }, false],
    [
      'not found at a level that is not declared',
      'patient',
      { status: 404, body: outcome('not-found') },
      true,
    ],
    ['not found for a Group', 'group', { status: 404, body: outcome('not-found') }, true],
    ['not supported for a Group', 'group', { status: 404, body: outcome('not-supported') }, false],
    [
      'with a token that the server itself has issued',
      'system',
      { status: 401, body: outcome('login') },
      false,
    ],
    ['with too many others', 'system', { status: 429, body: outcome('throttled') }, false],
    ['not understood', 'system', { status: 400, body: outcome('invalid') }, false],
    ['failed', 'system', { status: 500, body: outcome('exception') }, false],
  ])('%s', (_, level, answer, isRefusal) => {
    expect(at(level, answer).length).toBe(isRefusal ? 1 : 0)
  })

  test('is refused with 401 for a setting where the token, or its endpoint, is one', () => {
    const challenge = {
      status: 401,
      headers: [['WWW-Authenticate', 'Bearer error="invalid_token"']],
    } as const
    expect(at('system', challenge)).toEqual([])
    expect(at('system', challenge, configured)[0]?.causes[0]?.kind).toBe('wrong-token-url')
    expect(at('system', challenge, { kind: 'bearer', token: 't' })[0]?.causes[0]?.kind).toBe('wrong-token')
    expect(at('system', challenge, { kind: 'none' })[0]).toMatchObject({
      error: 'invalid_token',
      causes: [{ kind: 'no-authorization' }],
    })
  })

  test('names scope, permission and Group', () => {
    expect(at('group', { status: 403, body: outcome('forbidden') })[0]?.causes).toEqual([
      { kind: 'scope', value: 'system/*.rs', granted: 'system/Patient.rs' },
      { kind: 'no-permission' },
      { kind: 'no-such-group', value: 'g' },
    ])
    expect(at('patient', { status: 404, body: outcome('not-found') })[0]?.causes[0]).toEqual({
      kind: 'level-not-offered',
      levels: ['patient'],
    })
  })

  test('says nothing about a CapabilityStatement that was not read', () => {
    const kickoffs = [['patient', kickoff({ status: 404, body: outcome('not-found') })]] as const
    for (const metadata of [undefined, request({ status: 500, body: outcome('exception') })]) {
      const causes = problems({ ...found, metadata, kickoffs }).flatMap((it) => it.causes)
      expect(causes).not.toEqual([])
      expect(causes.filter((it) => it.kind === 'level-not-offered')).toEqual([])
    }
  })

  test('is one problem for all levels that were refused alike', () => {
    const forbidden = kickoff({ status: 403, body: outcome('forbidden') })
    const absent = kickoff({ status: 404, body: outcome('not-found') })
    const of = problems({
      ...found,
      kickoffs: [
        ['system', forbidden],
        ['patient', forbidden],
        ['group', absent],
      ],
    })
    expect(of.map((it) => it.levels)).toEqual([['system', 'patient'], ['group']])
  })
})
