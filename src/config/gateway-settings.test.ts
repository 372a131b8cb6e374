import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { BackendServices, BearerToken } from '../model/target.ts'
import { takeEnvironment } from './environment.ts'
import { ConfigError } from './error.ts'
import { settingsFromFile } from './file-settings.ts'
import { packageRoot } from './harness-package.ts'
import { loadConfig } from './load.ts'
import { mergeSettings } from './partial-settings.ts'
import { resolveSettings } from './settings.ts'

const key = join(packageRoot, 'fixtures/keys/bulkcheck.test-only.private.json')
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkcheck-gateway-'))
})

async function targetOf(more: object, environment: Record<string, string> = {}) {
  const target = { fhirUrl: 'https://fhir.example', levels: ['system'], ...more }
  writeFileSync(join(folder, 'harness.config.json'), JSON.stringify({ target }))
  const loaded = await loadConfig(folder)
  if (!loaded) throw new Error('there is no configuration')
  const file = settingsFromFile(loaded, environment)
  const around = takeEnvironment(environment, folder)
  const notes = { problems: [...file.problems, ...around.problems], warnings: [] }
  return resolveSettings(mergeSettings([file.wishes, around.settings]), notes).target
}

async function problemsOf(more: object, environment: Record<string, string> = {}): Promise<string> {
  const error = await targetOf(more, environment).then(
    () => undefined,
    (it: unknown) => it,
  )
  expect(error).toBeInstanceOf(ConfigError)
  return (error as ConfigError).message
}

const prints = (text: string) => [process.execPath, '-e', `console.log(${JSON.stringify(text)})`]

describe('header fields', () => {
  test('stand in the file, in a variable, which is removed, or in a file', async () => {
    writeFileSync(join(folder, 'key.txt'), 'from-file\n', { mode: 0o600 })
    const environment = { GATEWAY_KEY: 'from-env' }
    const { headers } = await targetOf(
      {
        headers: {
          'X-Tenant': 'acme',
          'X-Plain-Key': '0123456789abcdef',
          'X-Key': { env: 'GATEWAY_KEY', tokenEndpoint: true },
          'X-File': { file: 'key.txt' },
        },
      },
      environment,
    )
    expect(headers).toEqual([
      { name: 'X-Tenant', value: 'acme', isSecret: false, atTokenEndpoint: false },
      { name: 'X-Plain-Key', value: '0123456789abcdef', isSecret: true, atTokenEndpoint: false },
      { name: 'X-Key', value: 'from-env', isSecret: true, atTokenEndpoint: true },
      { name: 'X-File', value: 'from-file', isSecret: true, atTokenEndpoint: false },
    ])
    expect(environment).toEqual({})
  })

  test.each<[string, object, RegExp]>([
    ['Authorization', { Authorization: 'hush' }, /through `target.authorization`/],
    ['one that bulkcheck sets', { accept: 'hush' }, /bulkcheck sets accept itself/],
    ['a name with a blank', { 'X Key': 'hush' }, /characters that cannot be sent/],
    ['a value of two lines', { 'X-Key': 'hush\nhush' }, /value of X-Key .* cannot be sent/],
    ['one twice', { 'X-Key': 'hush', 'x-key': 'hush' }, /occurs twice/],
    ['a variable that is not set', { 'X-Key': { env: 'NOWHERE' } }, /NOWHERE is not set/],
    ['two values', { 'X-Key': { env: 'A', file: 'b' } }, /X-Key needs one of/],
    ['another key', { 'X-Key': { secret: 'hush' } }, /unknown key .*secret/],
  ])('%s is refused', async (_what, headers, problem) => {
    const said = await problemsOf({ headers })
    expect(said).toMatch(problem)
    expect(said).not.toContain('hush')
  })
})

describe('authorization', () => {
  test('Basic, form fields, audience and claims beside the assertion', async () => {
    const { authorization } = await targetOf(
      {
        authorization: {
          clientId: 'c',
          key,
          aud: 'https://issuer',
          claims: { tenant: 't' },
          tokenBasic: { user: 'u', passwordEnv: 'PASSWORD_OF_GATEWAY' },
          tokenFields: { resource: ['a', 'b'], audience: 'x', pin: { env: 'PIN_OF_GATEWAY' } },
        },
      },
      { PASSWORD_OF_GATEWAY: 'pass word', PIN_OF_GATEWAY: '1234' },
    )
    expect(authorization).toMatchObject({
      kind: 'backend-services',
      aud: 'https://issuer',
      claims: { tenant: 't' },
      tokenBasic: { user: 'u', password: 'pass word' },
      tokenFields: [
        { name: 'resource', value: 'a', isSecret: false },
        { name: 'resource', value: 'b', isSecret: false },
        { name: 'audience', value: 'x', isSecret: false },
        { name: 'pin', value: '1234', isSecret: true },
      ],
    })
  })

  test('the URL of the JWK Set, and where it is served', async () => {
    const keySet = async (more: object) => {
      const { authorization } = await targetOf({ authorization: { clientId: 'c', key, ...more } })
      return 'keySet' in authorization ? authorization.keySet : undefined
    }
    expect(await keySet({})).toBeUndefined()
    expect(await keySet({ jwksUrl: 'https://c.example/jwks' })).toEqual({
      ...{ url: 'https://c.example/jwks', isHosted: false },
    })
    expect(await keySet({ serveJwks: '4080' })).toEqual({
      ...{ url: 'http://127.0.0.1:4080/jwks.json', isHosted: true },
    })
    expect(await keySet({ jwksUrl: 'https://c.example/jwks', serveJwks: '0.0.0.0:80' })).toEqual({
      ...{ url: 'https://c.example/jwks', isHosted: true },
    })
    const client = { clientId: 'c', key }
    expect(await problemsOf({ authorization: { ...client, serveJwks: '99999' } })).toContain(
      'PORT or HOST:PORT',
    )
    expect(await problemsOf({ authorization: { ...client, jwksUrl: 'jwks' } })).toContain('not an absolute')
    expect(
      await problemsOf({ authorization: client, otherClient: { ...client, serveJwks: '4080' } }),
    ).toContain('one client only')
    expect(await problemsOf({ authorization: 'none' }, { BULKCHECK_SERVE_JWKS: '4080' })).toContain(
      'backend-services',
    )
  })

  test('Basic instead of tokens, from the file or from the environment', async () => {
    const basic = { kind: 'basic', user: 'u', password: 'hush' }
    expect(
      (await targetOf({ authorization: { basic: { user: 'u', passwordEnv: 'P' } } }, { P: 'hush' }))
        .authorization,
    ).toEqual(basic)
    const environment = {
      BULKCHECK_AUTH: 'basic',
      BULKCHECK_BASIC_USER: 'u',
      BULKCHECK_BASIC_PASSWORD: 'hush',
    }
    expect((await targetOf({}, environment)).authorization).toEqual(basic)
    expect(environment).not.toHaveProperty('BULKCHECK_BASIC_PASSWORD')
  })

  test.each<[string, object, RegExp]>([
    ['no password', { basic: { user: 'u' } }, /has no password/],
    ['no user', { basic: { passwordEnv: 'P' } }, /has no user/],
    ['a user with a colon', { basic: { user: 'u:v', passwordEnv: 'P' } }, /has a colon/],
    ['a claim of the protocol', { clientId: 'c', key, claims: { exp: 1 } }, /sets the claim exp itself/],
    ['a field of the protocol', { clientId: 'c', key, tokenFields: { scope: 'x' } }, /sets scope itself/],
    ['two keys', { clientId: 'c', key, keyCommand: prints('x') }, /`key` and `keyCommand`; use only one/],
    ['a command that is a text', { tokenCommand: 'get token' }, /tokenCommand` must be a list/],
  ])('%s is refused', async (_what, authorization, problem) => {
    expect(await problemsOf({ authorization }, { P: 'hush' })).toMatch(problem)
  })
})

describe('a command', () => {
  test('prints a token, in the folder of the configuration, and prints it again', async () => {
    writeFileSync(join(folder, 'token.txt'), 'token-1')
    const program = "process.stdout.write(require('fs').readFileSync('token.txt'))"
    const { authorization } = await targetOf({
      authorization: { tokenCommand: [process.execPath, '-e', program] },
    })
    const { token, renewToken } = authorization as BearerToken
    expect(token).toBe('token-1')
    writeFileSync(join(folder, 'token.txt'), 'token-2')
    expect(await renewToken?.()).toEqual({ token: 'token-2' })
    writeFileSync(join(folder, 'token.txt'), 'token 3')
    expect(await renewToken?.()).toEqual({ because: expect.stringContaining('cannot carry') })
  })

  test('prints a key', async () => {
    const program = `process.stdout.write(require('fs').readFileSync(${JSON.stringify(key)}))`
    const { authorization } = await targetOf({
      authorization: { clientId: 'c', keyCommand: [process.execPath, '-e', program] },
    })
    const { key: first, renewKey } = authorization as BackendServices
    expect(first).toMatchObject({ kty: 'EC' })
    expect(await renewKey?.()).toEqual({ key: first })
  })

  test.each<[string, readonly string[], RegExp]>([
    ['that does not exist', ['/no/such/program', 'hush'], /`program` was not found/],
    [
      'that fails',
      [process.execPath, '-e', 'console.log("hush"); console.error("hush"); process.exit(3)'],
      /ended with exit code 3/,
    ],
    ['that is ended', [process.execPath, '-e', 'process.kill(process.pid, "SIGKILL")'], /ended by SIGKILL/],
    ['that prints nothing', [process.execPath, '-e', '0'], /printed nothing/],
    ['that prints a sentence', prints('hush hush'), /cannot carry/],
  ])('%s is one message', async (_what, tokenCommand, problem) => {
    const said = await problemsOf({ authorization: { tokenCommand } })
    expect(said).toMatch(problem)
    expect(said.split('\n')).toHaveLength(1)
    expect(said).not.toContain('hush')
  })

  test('that fails during a run says so', async () => {
    writeFileSync(join(folder, 'token.txt'), 'token-1')
    const program =
      "const text = require('fs').readFileSync('token.txt', 'utf8'); process.stdout.write(text); if (text === 'hush') process.exit(4)"
    const { authorization } = await targetOf({
      authorization: { tokenCommand: [process.execPath, '-e', program] },
    })
    writeFileSync(join(folder, 'token.txt'), 'hush')
    const said = await (authorization as BearerToken).renewToken?.()
    expect(said).toEqual({ because: expect.stringMatching(/ended with exit code 4$/) })
    expect(JSON.stringify(said)).not.toContain('hush')
  })
})
