import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { durationMs, durationText } from './duration.ts'
import { type Environment, takeEnvironment } from './environment.ts'
import { ConfigError } from './error.ts'
import { settingsFromFile } from './file-settings.ts'
import { loadConfig } from './load.ts'
import { packageRoot } from './harness-package.ts'
import { configSchema } from './schema.ts'
import { type Settings, resolveSettings } from './settings.ts'
import { type PartialSettings, mergeSettings } from './partial-settings.ts'

const jwk = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' })
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkcheck-config-'))
  writeFileSync(join(folder, 'key.json'), JSON.stringify(jwk), { mode: 0o600 })
})

function put(name: string, text: string): void {
  writeFileSync(join(folder, name), text)
}

async function settled(environment: Environment = {}, flags: PartialSettings = {}): Promise<Settings> {
  const loaded = await loadConfig(folder)
  const file = loaded ? settingsFromFile(loaded, environment) : { wishes: {}, problems: [] }
  const around = takeEnvironment(environment, folder)
  const notes = { problems: [...file.problems, ...around.problems], warnings: [...around.warnings] }
  return resolveSettings(mergeSettings([file.wishes, around.settings, flags]), notes)
}

async function problems(of: Promise<unknown>): Promise<readonly string[]> {
  const error = await of.then(
    () => undefined,
    (it: unknown) => it,
  )
  expect(error).toBeInstanceOf(ConfigError)
  return (error as ConfigError).problems
}

const target = `target: { fhirUrl: 'http://127.0.0.1:1/file/', ig: '1.0.1', levels: ['patient'], authorization: { clientId: 'file', key: 'key.json', scope: 's' } }`

describe('a configuration file', () => {
  test.each<[string, string]>([
    [
      'harness.config.ts',
      `import { defineConfig } from 'bulkcheck'\nconst base: string = 'x'\nexport default defineConfig({ ${target}, output: base })`,
    ],
    [
      'harness.config.mjs',
      `import { defineConfig } from 'bulkcheck'\nexport default defineConfig({ ${target}, output: 'x' })`,
    ],
    ['harness.config.yaml', `output: x\n${target}`],
    [
      'harness.config.json',
      JSON.stringify({
        $schema: 's',
        output: 'x',
        target: {
          fhirUrl: 'http://127.0.0.1:1/file',
          ig: '1.0.1',
          levels: ['patient'],
          authorization: { clientId: 'file', key: 'key.json', scope: 's' },
        },
      }),
    ],
  ])('%s', async (name, text) => {
    put(name, text)
    expect(await settled()).toMatchObject({
      output: join(folder, 'x'),
      target: {
        name: '127.0.0.1:1',
        fhirUrl: 'http://127.0.0.1:1/file',
        ig: '1.0.1',
        levels: ['patient'],
        authorization: { kind: 'backend-services', clientId: 'file', scope: 's', key: jwk },
      },
    })
  })

  test('has every problem named at once, without quoting a value', async () => {
    put(
      'harness.config.json',
      JSON.stringify({
        target: {
          fhirURL: 'http://x',
          ig: '9.9',
          limits: { exportTimeout: '5 minutes', fileBytes: 0, lineBytes: 1e9 },
          authorization: { clientid: 'x', secret: 'hush' },
          levels: ['all'],
        },
        failon: 'SHALL',
        tls: 'hush',
      }),
    )
    expect(await problems(settled())).toEqual([
      'harness.config.json: unknown key `failon`; did you mean `failOn`?',
      'harness.config.json: unknown key `target.fhirURL`; did you mean `fhirUrl`?',
      'harness.config.json: `target.ig` must be `1.0.1`, `2.0.0`, `3.0.0`, `4.0.0-ballot` or `auto`, not another string',
      'harness.config.json: unknown key `target.authorization.clientid`; did you mean `clientId`?',
      expect.stringContaining('unknown key `target.authorization.secret`'),
      'harness.config.json: `target.levels.0` must be `system`, `patient` or `group`, not another string',
      'harness.config.json: `target.limits.exportTimeout` must be a time such as `250ms`, `30s`, `5m` or `1h`',
      'harness.config.json: `target.limits.fileBytes` must be at least 1',
      'harness.config.json: `target.limits.lineBytes` must be at most 268435456',
      'harness.config.json: `tls` must be an object, not another string',
    ])
  })

  test.each([
    ['harness.config.json', '{ "target": ', /harness.config.json:1:\d+ this is not YAML or JSON/],
    ['harness.config.yaml', 'a: &x 1\nb: *x', /aliases/],
    [
      'harness.config.ts',
      'export default {\n  a: 1,,\n}',
      /^harness.config.ts:2:8 this is not JavaScript or TypeScript: Unexpected token$/,
    ],
    ['harness.config.ts', 'import "./absent.ts"', /^harness.config.ts cannot be loaded: Cannot find module/],
    ['harness.config.ts', 'export const x = 1', /unknown key `x`/],
    [
      'harness.config.ts',
      'throw new Error("first\\nsecond")',
      /^harness.config.ts:1 the configuration cannot be loaded: first$/,
    ],
  ])('%s that says %s', async (name, text, problem) => {
    put(name, text)
    expect((await problems(settled())).join('\n')).toMatch(problem)
  })

  test('that is named and missing', async () => {
    expect(await problems(loadConfig(folder, 'other.ts'))).toEqual([
      'the configuration file other.ts does not exist',
    ])
  })
})

describe('precedence', () => {
  const url = {
    fhirUrl: 'http://127.0.0.1:1/file',
    levels: ['patient'],
    limits: { exportTimeout: '1m', pollFloor: 5 },
  }

  test('flags are over the environment, that is over the file', async () => {
    put(
      'harness.config.json',
      JSON.stringify({
        target: { ...url, name: 'file', groupId: 'file' },
        ...{ failOn: 'MAY', concurrency: 2, maxExports: 9, maxTime: '30m' },
      }),
    )
    const environment = {
      BULKCHECK_NAME: 'environment',
      BULKCHECK_GROUP_ID: 'environment',
      BULKCHECK_LEVEL: 'group,patient',
      BULKCHECK_RETRY_AFTER_CAP: '30s',
      BULKCHECK_CONCURRENCY: '4',
      BULKCHECK_MAX_TIME: '1m',
    }
    const { target, failOn, concurrency, maxExports, maxTimeMs } = await settled(environment, {
      groupId: 'flag',
      limits: { pollFloorMs: 7 },
    })
    expect(target).toMatchObject({ name: 'environment', groupId: 'flag', levels: ['group', 'patient'] })
    expect(target.limits).toMatchObject({
      exportTimeoutMs: 60_000,
      pollFloorMs: 7,
      requestTimeoutMs: 120_000,
      retryAfterCapMs: 30_000,
    })
    expect(failOn).toBe('MAY')
    expect({ concurrency, maxExports, maxTimeMs }).toEqual({
      concurrency: 4,
      maxExports: 9,
      maxTimeMs: 60_000,
    })
  })

  test('a token in the environment is over a key in the file', async () => {
    put(
      'harness.config.json',
      JSON.stringify({ target: { ...url, authorization: { clientId: 'c', key: 'key.json' } } }),
    )
    const { target } = await settled({ BULKCHECK_BEARER_TOKEN: 'hush' })
    expect(target.authorization).toEqual({ kind: 'bearer', token: 'hush' })
  })

  test('a client id in the environment goes with a key in the file', async () => {
    put(
      'harness.config.json',
      JSON.stringify({ target: { ...url, authorization: { clientId: 'c', key: 'key.json' } } }),
    )
    const { target } = await settled({ BULKCHECK_CLIENT_ID: 'other' })
    expect(target.authorization).toMatchObject({ kind: 'backend-services', clientId: 'other', key: jwk })
  })

  test('--auth none is over all', async () => {
    const { target } = await settled(
      { BULKCHECK_BEARER_TOKEN: 'hush' },
      { url: 'http://127.0.0.1:1', levels: ['system'], client: { auth: 'none' } },
    )
    expect(target.authorization).toEqual({ kind: 'none' })
  })

  test('a named Group alone means the level group', async () => {
    expect((await settled({}, { url: 'http://127.0.0.1:1', groupId: 'g' })).target.levels).toEqual(['group'])
  })
})

describe('secrets', () => {
  const flags: PartialSettings = { url: 'http://127.0.0.1:1', levels: ['system'] }

  test('are removed from the environment once they were read', async () => {
    const environment: Environment = {
      BULKCHECK_KEY: JSON.stringify(jwk),
      BULKCHECK_CLIENT_SECRET: '',
      BULKCHECK_CLIENT_ID: 'c',
    }
    expect((await settled(environment, flags)).target.authorization).toMatchObject({
      kind: 'backend-services',
      key: jwk,
    })
    expect(environment).toEqual({ BULKCHECK_CLIENT_ID: 'c' })
  })

  test('can be in variables that the file names', async () => {
    put(
      'harness.config.json',
      JSON.stringify({
        target: {
          authorization: { clientId: 'c', secretEnv: 'ACME_SECRET' },
          otherClient: { bearer: true, tokenEnv: 'ACME_TOKEN' },
        },
      }),
    )
    const environment: Environment = { ACME_SECRET: 'hush', ACME_TOKEN: 'quiet' }
    const { target } = await settled(environment, flags)
    expect(target.authorization).toMatchObject({ kind: 'client-secret', secret: 'hush', method: 'basic' })
    expect(target.otherClient).toEqual({ kind: 'bearer', token: 'quiet' })
    expect(environment).toEqual({})
  })

  test('can be in files, whose owner alone should read them', async () => {
    put('token', 'hush\n')
    chmodSync(join(folder, 'token'), 0o644)
    const { target, warnings } = await settled({ BULKCHECK_BEARER_TOKEN_FILE: 'token' }, flags)
    expect(target.authorization).toEqual({ kind: 'bearer', token: 'hush' })
    expect(warnings).toEqual([expect.stringContaining('can be read by other users')])
    chmodSync(join(folder, 'token'), 0o600)
    expect((await settled({ BULKCHECK_BEARER_TOKEN_FILE: 'token' }, flags)).warnings).toEqual([])
  })

  test.each<[string, Environment, PartialSettings, RegExp]>([
    [
      'both ways',
      { BULKCHECK_KEY: '{}', BULKCHECK_KEY_FILE: 'key.json' },
      {},
      /BULKCHECK_KEY and BULKCHECK_KEY_FILE are both set/,
    ],
    [
      'a missing file',
      { BULKCHECK_CLIENT_ID: 'c', BULKCHECK_KEY_FILE: 'nowhere.json' },
      {},
      /nowhere.json .*cannot be read: there is no such file/,
    ],
    ['a client without a key', { BULKCHECK_CLIENT_ID: 'c' }, {}, /has no private key: set --key FILE/],
    ['a key without a client', { BULKCHECK_KEY_FILE: 'key.json' }, {}, /has no client id/],
    ['a token with its scheme', { BULKCHECK_BEARER_TOKEN: 'Bearer hush' }, {}, /word Bearer/],
    ['a token of two lines', { BULKCHECK_BEARER_TOKEN: 'hush\nhush' }, {}, /cannot carry/],
    [
      'bearer without a token',
      {},
      { client: { auth: 'bearer' } },
      /no access token: set BULKCHECK_BEARER_TOKEN/,
    ],
  ])('%s', async (_what, environment, more, problem) => {
    const said = (await problems(settled(environment, { ...flags, ...more }))).join('\n')
    expect(said).toMatch(problem)
    expect(said).not.toContain('hush')
  })
})

test.each<[string, PartialSettings, RegExp]>([
  ['no server', {}, /no server is given/],
  ['no URL', { url: 'fhir.example' }, /not an absolute http or https URL/],
  ['another scheme', { url: 'ftp://fhir.example' }, /not an absolute http or https URL/],
  ['a password in the URL', { url: 'https://me:hush@fhir.example' }, /user name or password/],
  ['a query', { url: 'https://fhir.example?x=1' }, /query or a fragment/],
  ['no level', { url: 'https://fhir.example' }, /no export level is given/],
  ['a group without an id', { url: 'https://fhir.example', levels: ['group'] }, /needs the id of a Group/],
  ['a group id of dots', { url: 'https://fhir.example', groupId: '..' }, /consists of dots/],
  [
    'a format by a short name',
    { url: 'https://fhir.example', facts: { otherFormat: 'csv' } },
    /must be a media type/,
  ],
  ['a reference to a group', { url: 'https://fhir.example', groupId: 'Group/1' }, /only the id after it/],
  [
    'a path for an origin',
    { url: 'https://fhir.example', levels: ['system'], tokenOrigins: ['https://x.example/y'] },
    /use https:\/\/x.example$/,
  ],
  [
    'a path for an allowed origin',
    { url: 'https://fhir.example', levels: ['system'], allowedOrigins: ['https://x.example/y'] },
    /an allowed origin consists of .* use https:\/\/x.example$/,
  ],
  [
    'a token URL that is not encrypted',
    { url: 'https://fhir.example', levels: ['system'], client: { tokenUrl: 'http://x.example/token' } },
    /the token URL begins with http, but/,
  ],
  [
    'a certificate without a key',
    { url: 'https://fhir.example', levels: ['system'], cert: '/nowhere.pem' },
    /both --cert and --cert-key/,
  ],
])('a target with %s is refused', async (_what, wishes, problem) => {
  const said = (await problems(Promise.resolve().then(() => resolveSettings(wishes)))).join('\n')
  expect(said).toMatch(problem)
  expect(said).not.toContain('hush')
})

test('a misspelled variable is warned of', () => {
  expect(takeEnvironment({ BULKCHECK_GROUPID: 'x' }, folder).warnings).toEqual([
    'unknown environment variable BULKCHECK_GROUPID; did you mean `BULKCHECK_GROUP_ID`?',
  ])
})

test('variables that something reads are not warned of', () => {
  const names = ['URL', 'LEVEL', 'OUTPUT', 'CONFIG', 'PROVER', 'CLIENT_ID', 'KEY_FILE', 'CERT_KEY']
  const environment = Object.fromEntries(names.map((it) => [`BULKCHECK_${it}`, '']))
  expect(takeEnvironment(environment, folder).warnings).toEqual([])
})

test.each([
  [1_000, '1s'],
  [250, '250ms'],
  [90_000, '90s'],
  [120_000, '2m'],
  [7_200_000, '2h'],
  [0, '0ms'],
])('%i ms are written %s, and read again', (ms, text) => {
  expect(durationText(ms)).toBe(text)
  expect(durationMs(text)).toBe(ms)
})

test('schema/config.schema.json is up to date', () => {
  expect(JSON.parse(readFileSync(join(packageRoot, 'schema/config.schema.json'), 'utf8'))).toEqual(
    configSchema,
  )
})

test('every environment variable that a document names is known', () => {
  const docs = readdirSync(join(packageRoot, 'docs'), { recursive: true }).map(String)
  const pages = ['README.md', ...docs.filter((it) => it.endsWith('.md')).map((it) => `docs/${it}`)]
  const text = pages.map((it) => readFileSync(join(packageRoot, it), 'utf8')).join('\n')
  const names = [...new Set(text.match(/\bBULKCHECK_[A-Z_]+\b/g))]
  expect(names).toContain('BULKCHECK_PROVER')
  const { warnings } = takeEnvironment(Object.fromEntries(names.map((it) => [it, ''])), folder)
  expect(warnings).toEqual([])
})
