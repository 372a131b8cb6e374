import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { honestConfigurations } from '../../reference/conduct/honest-configurations.ts'
import { listen } from '../../reference/http-listener.ts'
import { createProvider } from '../../reference/provider.ts'
import { type TestCli, openTestCli } from '../fixtures/test-cli.ts'
import { testKeyFiles, testKeys } from '../test-keys.ts'

let here: TestCli
let closing: (() => Promise<void>)[] = []

beforeEach(() => {
  here = openTestCli()
})

afterEach(async () => {
  await Promise.all(closing.map((close) => close()))
  closing = []
})

async function serve(name: string): Promise<string> {
  const { configuration = {} } = honestConfigurations.find((it) => it.name === name) ?? {}
  const provider = await createProvider({ configuration, keys: testKeys() })
  const listening = await listen(provider, { port: 0 })
  closing.push(() => listening.close())
  return new URL('/fhir', listening.url).href
}

const secrets = ['reference-gateway-key-1', 'reference-gateway-password-1', 'reference-basic-password-1']

async function runWith(target: object, env: Record<string, string>) {
  const limits = { pollFloor: '0ms', tokenWait: '0s' }
  here.put(
    'harness.config.json',
    JSON.stringify({ target: { levels: ['group'], groupId: 'diabetes', limits, ...target } }),
  )
  const line = ['run', 'kick-off', 'token', 'status', '--verbose', '--show-diagnostics']
  const more = ['--output', 'o', '--record', 'recording.json', '--fail-on', 'SHALL']
  const outcome = await here.bulkcheck([...line, ...more], { io: { env: { ...env } } })
  const files = [...readdirSync(join(here.cwd, 'o')).map((it) => `o/${it}`), 'recording.json']
  const written = files.map((it) => readFileSync(join(here.cwd, it), 'utf8')).join('\n')
  return { ...outcome, everything: `${outcome.out}\n${outcome.err}\n${written}` }
}

/** In the forms in which secrets leave a machine. */
function shown(text: string): readonly string[] {
  const forms = secrets.flatMap((it) => [
    it,
    Buffer.from(it).toString('base64').slice(0, 16),
    Buffer.from(`gateway:${it}`).toString('base64').slice(0, 24),
    Buffer.from(`exporter:${it}`).toString('base64').slice(0, 24),
  ])
  return forms.filter((it) => text.includes(it))
}

const behindGateway = (fhirUrl: string) => ({
  fhirUrl,
  headers: { 'X-Gateway-Key': { env: 'GATEWAY_KEY' } },
  authorization: {
    clientId: 'bulkcheck',
    scope: 'system/*.rs',
    key: testKeyFiles.own,
    aud: 'https://auth.example.org/issuer',
    claims: { tenant: 'reference-tenant' },
    tokenBasic: { user: 'gateway', passwordEnv: 'GATEWAY_PASSWORD' },
    tokenFields: { resource: 'https://bulk.example.org/api' },
  },
})
const environment = { GATEWAY_KEY: secrets[0] ?? '', GATEWAY_PASSWORD: secrets[1] ?? '' }

test('a provider behind a gateway passes with the settings that it asks for, and no secret is shown', async () => {
  const { code, out, everything } = await runWith(behindGateway(await serve('behind-gateway')), environment)
  expect(out).toMatch(/✓ kick-off +\d+ passed/)
  expect(code).toBe(0)
  expect(everything).toContain('X-Gateway-Key')
  for (const it of ['report.html', 'junit.xml', 'results.json']) {
    const file = join(here.cwd, 'o', it)
    expect(readFileSync(file, 'utf8'), it).toMatch(/showsDiagnostics|--show-diagnostics/)
    expect(statSync(file).mode & 0o077, it).toBe(0)
  }
  expect(shown(everything)).toEqual([])
})

test.each(['headers', 'aud', 'claims', 'tokenBasic', 'tokenFields'])(
  'without %s no export is accepted',
  async (key) => {
    const { headers, authorization, ...target } = behindGateway(await serve('behind-gateway'))
    const kept = Object.fromEntries(Object.entries(authorization).filter(([name]) => name !== key))
    const { code } = await runWith(
      { ...target, authorization: kept, ...(key === 'headers' ? {} : { headers }) },
      environment,
    )
    expect([1, 3]).toContain(code)
  },
)

test('HTTP Basic in place of tokens', async () => {
  const target = {
    fhirUrl: await serve('basic'),
    authorization: { basic: { user: 'exporter', passwordEnv: 'BASIC' } },
  }
  const { code, out, everything } = await runWith(target, { BASIC: secrets[2] ?? '' })
  expect(out).toMatch(/✓ kick-off +\d+ passed/)
  expect(code).toBe(0)
  expect(everything).toContain('Basic ')
  expect(shown(everything)).toEqual([])
})

test('a command that fails ends it before anything is sent', async () => {
  here.put(
    'harness.config.json',
    JSON.stringify({
      target: {
        fhirUrl: 'http://127.0.0.1:1/fhir',
        levels: ['system'],
        authorization: { tokenCommand: [process.execPath, '-e', 'console.error("hush"); process.exit(2)'] },
      },
    }),
  )
  const { code, out, err } = await here.bulkcheck(['run'])
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toBe(
    'harness.config.json: `target.authorization`, `tokenCommand`: the command `node` ended with exit code 2\n',
  )
})
