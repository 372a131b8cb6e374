import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { exitCode } from '../model/exit-code.ts'
import type { RunResult } from '../model/result.ts'
import type { Authorization, BackendServices, Target } from '../model/target.ts'
import { httpTransport } from '../probe/transport/http.ts'
import { honestConfigurations } from '../reference/conduct/honest-configurations.ts'
import { jsonReporter } from '../report/json/reporter.ts'
import { parseResult } from '../report/json/parser.ts'
import { junitReporter } from '../report/junit/reporter.ts'
import { textReporter } from '../report/text/reporter.ts'
import { run } from '../run/run.ts'
import type { RunOptions } from '../run/run-options.ts'
import type { Gateway } from '../reference/variations/definition.ts'
import { loadBundledSuites, runAgainst, runOptionsFor } from './provider-runs.ts'

/** Runs against the honest provider with changes to what the operator says, or to the machine of the run. */
async function runWith(
  change: (options: RunOptions & { target: { authorization: BackendServices } }) => Partial<RunOptions>,
): Promise<RunResult> {
  const options = await runOptionsFor({ configuration: { gzip: false } })
  return run({ ...options, ...change(options as never) })
}

function withTarget(change: (target: Target & { authorization: BackendServices }) => Partial<Target>) {
  return runWith(({ target }) => ({ target: { ...target, ...change(target) } }))
}

const failing = ({ tests }: RunResult) =>
  tests.filter((it) => it.verdict.is === 'fail' || it.verdict.is === 'error').map((it) => it.id)

const requirementsFailing = (result: RunResult) => [
  ...new Set(result.tests.filter((it) => it.verdict.is === 'fail').map((it) => it.requirement.id)),
]

/** Expects one block in every report, exit code 3 and no red test; gives the block. */
function expectOneBlock(result: RunResult, requests: number) {
  expect(failing(result)).toEqual([])
  expect(exitCode(result)).toBe(3)
  expect(result.preflight).toHaveLength(1)
  const reasons = new Set(
    result.tests.flatMap(({ verdict }) =>
      verdict.is === 'inconclusive' ? [JSON.stringify(verdict.cause ?? verdict.reason)] : [],
    ),
  )
  expect(reasons.size, [...reasons].join()).toBe(1)
  expect(result.exchanges.length).toBeLessThanOrEqual(requests)
  const console = textReporter({ color: false, verbose: false, width: 100 })(result)
  expect(console.match(/^SETUP /gm)).toHaveLength(1)
  expect(junitReporter(result).match(/<error /g)).toHaveLength(1)
  const parsed = parseResult(jsonReporter(result))
  expect('result' in parsed && parsed.result.preflight).toEqual(result.preflight)
  return result.preflight?.[0]
}

describe('a wrong setting is one block and no red test', () => {
  const authorization = (change: Partial<BackendServices>) =>
    withTarget((target) => ({ authorization: { ...target.authorization, ...change } }))

  test('the key', async () => {
    const options = await runOptionsFor({})
    const { key } = options.target.otherClient as BackendServices
    const block = expectOneBlock(await authorization({ key }), 5)
    expect(block).toMatchObject({ step: 'token', error: 'invalid_client', outcome: { status: 400 } })
    expect(block?.description).toMatch(/[a-z] .*\.$/)
    expect(block?.causes[0]).toEqual({ kind: 'wrong-key' })
  })

  test('the client', async () => {
    const block = expectOneBlock(await authorization({ clientId: 'nobody' }), 5)
    expect(block).toMatchObject({ step: 'token', error: 'invalid_client' })
    expect(block?.causes).toContainEqual({ kind: 'client-not-registered', value: 'nobody' })
  })

  test('the scope', async () => {
    const block = expectOneBlock(await authorization({ scope: 'system/*.cud' }), 5)
    expect(block).toMatchObject({ step: 'token', error: 'invalid_scope' })
    expect(block?.causes[0]).toEqual({ kind: 'scope', value: 'system/*.cud' })
  })

  const gatewayTarget = async (
    change: (target: Target & { authorization: BackendServices }) => Partial<Target>,
  ): Promise<RunResult> => {
    const configuration = honestConfigurations.find((it) => it.name === 'behind-gateway')?.configuration
    const options = await runOptionsFor({ configuration: { ...configuration, gzip: false } })
    return run({ ...options, target: { ...options.target, ...change(options.target as never) } })
  }
  const gatewayClient = (change: Partial<BackendServices>) =>
    gatewayTarget(({ authorization }) => ({ authorization: { ...authorization, ...change } }))

  test('the audience', async () => {
    const block = expectOneBlock(await gatewayClient({ aud: 'https://auth.example.org/other' }), 5)
    expect(block?.causes).toContainEqual({
      ...{ kind: 'wrong-audience', value: 'https://auth.example.org/other', isSet: true },
    })
  })

  test('the claims', async () => {
    const block = expectOneBlock(await gatewayClient({ claims: { tenant: 'another' } }), 5)
    expect(block?.causes).toContainEqual({ kind: 'claims', names: ['tenant'] })
  })

  test('the password of token requests', async () => {
    const block = expectOneBlock(
      await gatewayClient({ tokenBasic: { user: 'gateway', password: 'x9-no' } }),
      5,
    )
    expect(block?.causes).toContainEqual({ kind: 'wrong-secret' })
  })

  test('the fields of token requests', async () => {
    const tokenFields = [{ name: 'resource', value: 'https://other.example.org', isSecret: false }]
    const block = expectOneBlock(await gatewayClient({ tokenFields }), 5)
    expect(block?.causes[0]).toEqual({ kind: 'token-fields', names: ['resource'] })
  })

  test('the header fields for a gateway', async () => {
    const result = await gatewayTarget(({ headers = [] }) => ({
      headers: headers.map((it) => ({ ...it, value: 'another-key' })),
    }))
    const block = expectOneBlock(result, 5)
    expect(block).toMatchObject({ step: 'base', outcome: { status: 401 } })
    expect(block?.causes[0]).toEqual({ kind: 'gateway', names: ['X-Gateway-Key'] })
  })

  test.each([-600, 600])('the clock, %i s', async (seconds) => {
    const result = await runWith(({ clock }) => ({
      clock: {
        ...clock,
        now: () => clock.now() - seconds * 1000,
        wall: () => clock.wall() - seconds * 1000,
      },
    }))
    const block = expectOneBlock(result, 5)
    expect(block).toMatchObject({ step: 'token', error: 'invalid_client' })
    expect(block?.causes[0]).toEqual({ kind: 'clock-skew', seconds })
  })

  test('the path of the base', async () => {
    const result = await withTarget(() => ({ fhirUrl: 'https://127.0.0.1:4000/elsewhere' }))
    const block = expectOneBlock(result, 5)
    expect(block).toMatchObject({ step: 'base', outcome: { status: 404 } })
    expect(block?.causes[0]?.kind).toBe('base-path')
  })

  test('the path of the base, where the token endpoint is configured', async () => {
    const result = await withTarget((target) => ({
      fhirUrl: 'https://127.0.0.1:4000/elsewhere',
      authorization: { ...target.authorization, tokenUrl: 'https://127.0.0.1:4000/auth/token' },
    }))
    expect(expectOneBlock(result, 10)).toMatchObject({ step: 'base' })
  })

  test('the port', async () => {
    const closed = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo
        server.close(() => resolve(port))
      })
    })
    const transport = httpTransport({})
    const result = await runWith(({ target }) => ({
      transport,
      target: { ...target, fhirUrl: `http://127.0.0.1:${closed}/fhir` },
    })).finally(() => transport.close())
    const block = expectOneBlock(result, 20)
    expect(block).toMatchObject({ step: 'base', outcome: { problem: expect.stringContaining('refused') } })
    expect(block?.causes[0]).toEqual({ kind: 'not-running' })
  })

  test('the Group', async () => {
    const result = await withTarget(() => ({ groupId: 'no-such-group' }))
    const block = expectOneBlock(result, 10_000)
    expect(block).toMatchObject({ step: 'kick-off', levels: ['group'], outcome: { status: 404 } })
    expect(block?.causes[0]).toEqual({ kind: 'no-such-group', value: 'no-such-group' })
    const asked = result.exchanges.filter((it) => it.request.url.includes('/Group/no-such-group/'))
    expect(asked).toHaveLength(1)
    expect(result.tests.filter(({ verdict }) => verdict.is === 'pass').length).toBeGreaterThan(400)
  })

  test.each<[string, Authorization, string]>([
    ['a token of another server', { kind: 'bearer', token: 'not-a-token-of-this-server' }, 'wrong-token'],
    ['no authorization', { kind: 'none' }, 'no-authorization'],
  ])('%s', async (_, it, cause) => {
    const result = await runAgainst({ configuration: { gzip: false }, target: { authorization: it } })
    const block = expectOneBlock(result, 12)
    expect(block).toMatchObject({ step: 'kick-off', outcome: { status: 401 } })
    expect(block?.causes[0]?.kind).toBe(cause)
  })
})

const outcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'forbidden' }] }

function answering(path: string, status: number, body: unknown, type: string): Gateway {
  return (request, pass) =>
    request.url.includes(path)
      ? {
          status,
          headers: [['Content-Type', type]],
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }
      : pass(request)
}

describe('nobody waits for nothing', () => {
  test('where every kick-off is forbidden, the run has one block and ends in seconds', async () => {
    const gateway = answering('$export', 403, outcome, 'application/fhir+json')
    const result = await runAgainst({ gateway })
    expect(expectOneBlock(result, 60)).toMatchObject({
      step: 'kick-off',
      levels: ['system', 'patient', 'group'],
      outcome: { status: 403 },
    })
    expect(result.exchanges.filter((it) => it.request.url.includes('$export'))).toHaveLength(3)
    expect(result.durationMs).toBeLessThan(5_000)
  })

  test('where every kick-off fails, each level is given up after its plain export', async () => {
    const gateway = answering('$export', 500, outcome, 'application/fhir+json')
    const result = await runAgainst({ gateway })
    expect(result.preflight).toBeUndefined()
    expect(result.exchanges.filter((it) => it.request.url.includes('$export')).length).toBeLessThanOrEqual(14)
    expect(requirementsFailing(result)).toEqual(['export.kickoff.async-pattern'])
    expect(result.durationMs).toBeLessThan(120_000)
  })
})

describe('a malformed refusal is the fault of the server', () => {
  test.each([200, 400, 401, 500])('a token endpoint that answers %i with HTML', async (status) => {
    const gateway = answering('/auth/token', status, '<html></html>', 'text/html')
    const result = await runAgainst({ gateway })
    expect(result.preflight).toBeUndefined()
    if (status !== 500)
      expect(requirementsFailing(result)).toContain(
        status === 200 ? 'auth.token.response.json' : 'auth.token.accepts-valid',
      )
  })

  test('a kick-off that is forbidden in HTML', async () => {
    const gateway = answering('$export', 403, '<html></html>', 'text/html')
    const result = await runAgainst({ gateway })
    expect(result.preflight).toBeUndefined()
    expect(requirementsFailing(result)).toContain('auth.access.bearer')
  })

  test('a level that the CapabilityStatement declares, and the server does not know', async () => {
    const gateway = answering('fhir/$export', 404, outcome, 'application/fhir+json')
    const result = await runAgainst({ gateway })
    expect(result.preflight).toBeUndefined()
    expect(requirementsFailing(result)).toContain('export.kickoff.endpoint.system')
  })

  test('a token of its own that the server does not accept', async () => {
    const gateway = answering('$export', 401, outcome, 'application/fhir+json')
    const result = await runAgainst({ gateway })
    expect(result.preflight).toBeUndefined()
    expect(requirementsFailing(result)).toContain('auth.access.bearer')
  })
})

test('the preflight adds no export to those of the plan', async () => {
  const result = await runAgainst({ configuration: { gzip: false } })
  const { plan } = await runOptionsFor({ configuration: { gzip: false } })
  expect(result.preflight).toBeUndefined()
  expect(loadBundledSuites().suites.length).toBeGreaterThan(10)
  const kickoffs = result.exchanges.filter((it) => it.request.url.includes('$export'))
  const takesUrl = (it: object) => JSON.stringify(it).includes('"pick":"kickoffUrl"')
  const { length } = plan.probes.filter((it) => it.kind === 'export' || takesUrl(it.spec))
  // After the last refusal, a correct one is accepted at each level.
  expect(kickoffs.length).toBeLessThanOrEqual(length + 3)
})
