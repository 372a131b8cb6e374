import { resolve } from 'node:path'
import type { Limits } from '../model/target.ts'
import { durationMs } from './duration.ts'
import type { Environment } from './environment.ts'
import type { LoadedConfig } from './load.ts'
import {
  byCommand,
  tokenFieldsFrom,
  gatewayHeadersFrom,
  inFile,
  inVariable,
  userPasswordFrom,
} from './file-secrets.ts'
import type { ClientConfig, FieldConfig, LimitsConfig, UserPasswordConfig } from './public.ts'
import {
  type AuthKind,
  type PartialClient,
  type PartialSettings,
  withoutUndefined,
} from './partial-settings.ts'

/** The settings in a configuration file. The environment variables that it names for secrets are read and removed. */
export function settingsFromFile(
  loaded: LoadedConfig,
  environment: Environment,
): { readonly wishes: PartialSettings; readonly problems: readonly string[] } {
  const { config, folder, file } = loaded
  const { target = {}, tls = {} } = config
  const problems: string[] = []
  const used = new Set<string>()
  const path = (it: string | undefined) => (it === undefined ? undefined : resolve(folder, it))
  const client = (value: ClientConfig, place: string) => {
    const read = clientOf({ value, place: `${file}: \`${place}\``, folder, environment, used })
    problems.push(...read.problems)
    return read.client
  }
  const authorization = target.authorization
  const wishes = withoutUndefined({
    preset: target.preset,
    url: target.fhirUrl,
    name: target.name,
    ig: target.ig,
    smart: target.smart,
    levels: target.levels,
    groupId: target.groupId,
    emptyGroupId: target.emptyGroupId,
    supports: target.supports,
    tokenOrigins: target.tokenOrigins,
    allowedOrigins: target.allowedOrigins,
    headers: target.headers
      ? gatewayHeadersFrom(target.headers, {
          ...{ place: `${file}: \`target.headers\``, folder, environment, used, problems },
        })
      : undefined,
    baseline: target.baseline,
    limits: target.limits ? parseLimits(target.limits) : undefined,
    client:
      authorization === undefined
        ? undefined
        : authorization === 'none'
          ? { auth: 'none' as const }
          : client(authorization, 'target.authorization'),
    otherClient: target.otherClient ? client(target.otherClient, 'target.otherClient') : undefined,
    suites: config.suites?.map((it) => resolve(folder, it)),
    packages: config.igPackages?.map((it) => resolve(folder, it)),
    output: path(config.output),
    reports: config.reports,
    failOn: config.failOn,
    concurrency: config.concurrency,
    maxExports: config.maxExports,
    maxTimeMs: config.maxTime === undefined ? undefined : durationMs(config.maxTime),
    knownFailing: path(config.knownFailing),
    ca: path(tls.ca),
    cert: path(tls.cert),
    certKey: path(tls.key),
    insecure: tls.insecure,
  })
  for (const name of used) delete environment[name]
  return { wishes, problems }
}

/** Limits of a configuration in the units of the model. */
function parseLimits(limits: LimitsConfig): Partial<Limits> {
  const {
    pollFloor,
    retryAfterCap,
    exportTimeout,
    requestTimeout,
    downloadTimeout,
    tokenWait,
    tokenGrace,
    deletionGrace,
    ...sizes
  } = limits
  const ms = (value: string | number | undefined) => (value === undefined ? undefined : durationMs(value))
  return withoutUndefined({
    ...sizes,
    pollFloorMs: ms(pollFloor),
    retryAfterCapMs: ms(retryAfterCap),
    exportTimeoutMs: ms(exportTimeout),
    requestTimeoutMs: ms(requestTimeout),
    downloadTimeoutMs: ms(downloadTimeout),
    tokenWaitMs: ms(tokenWait),
    tokenGraceMs: ms(tokenGrace),
    deletionGraceMs: ms(deletionGrace),
  })
}

interface ClientContext {
  readonly value: ClientConfig
  readonly place: string
  readonly folder: string
  readonly environment: Environment
  readonly used: Set<string>
}

type AnyClient = Partial<
  Record<
    | 'clientId'
    | 'scope'
    | 'key'
    | 'keyEnv'
    | 'kid'
    | 'tokenUrl'
    | 'secretEnv'
    | 'secretFile'
    | 'tokenEnv'
    | 'aud'
    | 'jwksUrl'
    | 'serveJwks',
    string
  >
> & {
  readonly bearer?: true
  readonly method?: 'basic' | 'post'
  readonly keyCommand?: readonly string[]
  readonly tokenCommand?: readonly string[]
  readonly basic?: UserPasswordConfig
  readonly tokenBasic?: UserPasswordConfig
  readonly claims?: Readonly<Record<string, unknown>>
  readonly tokenFields?: Readonly<Record<string, FieldConfig>>
}

const protocolClaims = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti']

function clientOf(it: ClientContext): {
  readonly client: PartialClient
  readonly problems: readonly string[]
} {
  const value: AnyClient = it.value
  const problems: string[] = []
  const secretKeys = (
    ['key', 'keyEnv', 'keyCommand', 'secretEnv', 'secretFile', 'tokenEnv', 'tokenCommand', 'basic'] as const
  ).filter((key) => value[key] !== undefined)
  if (secretKeys.length > 1)
    problems.push(`${it.place} has ${secretKeys.map((key) => `\`${key}\``).join(' and ')}; use only one`)
  for (const name of Object.keys(value.claims ?? {}))
    if (protocolClaims.includes(name))
      problems.push(
        `${it.place}: bulkcheck sets the claim ${name} itself${name === 'aud' ? '; `aud` beside `claims` changes it' : ''}`,
      )
  const place = { ...it, problems }
  const isBearer = value.bearer || value.tokenEnv || value.tokenCommand
  const auth = isBearer
    ? 'bearer'
    : value.basic
      ? 'basic'
      : value.secretEnv || value.secretFile
        ? 'client-secret'
        : 'backend-services'
  const client = withoutUndefined({
    auth: auth as AuthKind,
    clientId: value.clientId,
    scope: value.scope,
    tokenUrl: value.tokenUrl,
    kid: value.kid,
    method: value.method,
    aud: value.aud,
    jwksUrl: value.jwksUrl,
    serveJwks: value.serveJwks,
    claims: value.claims,
    key:
      inFile(value.key, place) ??
      inVariable(value.keyEnv, place) ??
      byCommand(value.keyCommand, 'keyCommand', place),
    secret: inFile(value.secretFile, place) ?? inVariable(value.secretEnv, place),
    token: inVariable(value.tokenEnv, place) ?? byCommand(value.tokenCommand, 'tokenCommand', place),
    basic: value.basic && userPasswordFrom(value.basic, 'basic', place),
    tokenBasic: value.tokenBasic && userPasswordFrom(value.tokenBasic, 'tokenBasic', place),
    tokenFields:
      value.tokenFields &&
      tokenFieldsFrom(value.tokenFields, { ...it, problems, place: `${it.place}: \`tokenFields\`` }),
  })
  return { client, problems }
}
