import { resolve } from 'node:path'
import { requirementLevels as verbs, smartReleases } from '../model/requirement.ts'
import { releaseChoices } from './defaults.ts'
import { type Limits, claimableFeatures, exportLevels } from '../model/target.ts'
import { didYouMean } from '../model/spelling.ts'
import { parseChoice, parseChoices, parseCount } from './choices.ts'
import { parseDuration } from './duration.ts'
import { presetNames } from './presets/registry.ts'
import {
  type PartialBasic,
  type SecretSource,
  type PartialSettings,
  authKinds,
  withoutUndefined,
} from './partial-settings.ts'

/** Environment variables by name; those with secrets are deleted when they were read. */
export type Environment = Record<string, string | undefined>

const secretNames = [
  'BULKCHECK_BASIC_PASSWORD',
  'BULKCHECK_BEARER_TOKEN',
  'BULKCHECK_CLIENT_SECRET',
  'BULKCHECK_KEY',
  'BULKCHECK_CERT_KEY_PASSPHRASE',
] as const

/** Variables that are read elsewhere: before the configuration, and by the prover. */
const namesReadElsewhere = ['BULKCHECK_CONFIG', 'BULKCHECK_PROVER']

/** The settings in the environment. */
export interface EnvironmentSettings {
  readonly settings: PartialSettings
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/** Reads the BULKCHECK_ variables and removes those that hold secrets from `environment`. An empty variable counts as unset. */
export function takeEnvironment(environment: Environment, cwd: string): EnvironmentSettings {
  const problems: string[] = []
  const names: string[] = []
  const get = (name: string) => {
    names.push(`BULKCHECK_${name}`)
    return environment[`BULKCHECK_${name}`]?.trim() || undefined
  }
  const path = (name: string) => {
    const value = get(name)
    return value === undefined ? undefined : resolve(cwd, value)
  }
  const note = (name: string) => ({ name: `BULKCHECK_${name}`, problems })
  const oneOf = <T extends string>(name: string, allowed: readonly T[]) =>
    parseChoice(get(name), allowed, note(name))
  const listOf = <T extends string>(name: string, allowed: readonly T[]) => {
    const text = get(name)
    return parseChoices(text === undefined ? undefined : [text], allowed, note(name))
  }
  const secret = (name: (typeof secretNames)[number]) => secretFrom({ environment, name, cwd, problems })
  const wishes = withoutUndefined({
    preset: oneOf('PRESET', presetNames),
    url: get('URL'),
    name: get('NAME'),
    ig: oneOf('IG', releaseChoices),
    smart: oneOf('SMART', smartReleases),
    levels: listOf('LEVEL', exportLevels),
    groupId: get('GROUP_ID'),
    emptyGroupId: get('EMPTY_GROUP_ID'),
    supports: listOf('SUPPORTS', claimableFeatures),
    tokenOrigins: get('TOKEN_ORIGIN')
      ?.split(',')
      .map((it) => it.trim()),
    allowedOrigins: get('ALLOW_ORIGIN')
      ?.split(',')
      .map((it) => it.trim()),
    suites: get('SUITES')
      ?.split(',')
      .map((it) => resolve(cwd, it.trim())),
    packages: get('IG_PACKAGE')
      ?.split(',')
      .map((it) => resolve(cwd, it.trim())),
    output: path('OUTPUT'),
    failOn: oneOf('FAIL_ON', verbs),
    concurrency: parseCount(get('CONCURRENCY'), note('CONCURRENCY')),
    maxExports: parseCount(get('MAX_EXPORTS'), note('MAX_EXPORTS'), 0),
    knownFailing: path('KNOWN_FAILING'),
    ca: path('CA'),
    cert: path('CERT'),
    certKey: path('CERT_KEY'),
    maxTimeMs: parseDuration(get('MAX_TIME'), note('MAX_TIME')),
    limits: limitsFrom(parseDuration(get('RETRY_AFTER_CAP'), note('RETRY_AFTER_CAP'))),
    passphrase: secret('BULKCHECK_CERT_KEY_PASSPHRASE'),
    client: withoutUndefined({
      auth: oneOf('AUTH', authKinds),
      clientId: get('CLIENT_ID'),
      scope: get('SCOPE'),
      tokenUrl: get('TOKEN_URL'),
      kid: get('KID'),
      key: secret('BULKCHECK_KEY'),
      secret: secret('BULKCHECK_CLIENT_SECRET'),
      token: secret('BULKCHECK_BEARER_TOKEN'),
      aud: get('AUD'),
      jwksUrl: get('JWKS_URL'),
      serveJwks: get('SERVE_JWKS'),
      basic: basicFrom(get('BASIC_USER'), secret('BULKCHECK_BASIC_PASSWORD')),
    }),
  })
  return { settings: wishes, problems, warnings: unknownVariables(environment, names) }
}

function basicFrom(user: string | undefined, password: SecretSource | undefined) {
  const basic: PartialBasic = withoutUndefined({ user, password })
  return user === undefined && password === undefined ? undefined : basic
}

function limitsFrom(retryAfterCapMs: number | undefined): Partial<Limits> | undefined {
  return retryAfterCapMs === undefined ? undefined : { retryAfterCapMs }
}

function secretFrom(it: {
  environment: Environment
  name: string
  cwd: string
  problems: string[]
}): SecretSource | undefined {
  const { environment, name } = it
  const text = environment[name]?.trim()
  const file = environment[`${name}_FILE`]?.trim()
  delete environment[name]
  if (text && file) it.problems.push(`${name} and ${name}_FILE are both set; set only one`)
  if (text) return { text, from: name }
  return file ? { file: resolve(it.cwd, file), from: `${file} (${name}_FILE)` } : undefined
}

/** Variables with our prefix that bulkcheck does not know: most likely misspelled. */
function unknownVariables(environment: Environment, names: readonly string[]): readonly string[] {
  const known = [...names, ...namesReadElsewhere, ...secretNames, ...secretNames.map((it) => `${it}_FILE`)]
  return Object.keys(environment)
    .filter((it) => it.startsWith('BULKCHECK_') && !known.includes(it))
    .map((it) => `unknown environment variable ${it}${didYouMean(it, known)}`)
}
