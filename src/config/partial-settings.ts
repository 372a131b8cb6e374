import type { Level, SmartRelease } from '../model/requirement.ts'
import type { ReleaseChoice } from './defaults.ts'
import type { Baseline, ClaimedFeature, ExportLevel, Limits } from '../model/target.ts'
import { type OperatorFacts, operatorFacts } from '../model/target/operator-facts.ts'
import type { ReportName } from '../report/format-files.ts'
import type { SecretCommand } from './secret-command.ts'

/** The ways in which the harness can be authorized. */
export const authKinds = ['none', 'backend-services', 'client-secret', 'bearer', 'basic'] as const

/** One way to be authorized. */
export type AuthKind = (typeof authKinds)[number]

/** Where a secret or a key is: given as text, in a file (absolute path), or printed by a command; `from` names it in messages. */
export type SecretSource =
  | { readonly from: string; readonly text: string }
  | { readonly from: string; readonly file: string }
  | SecretCommand

/** A value of a header field or a form field; `isPlain`: it stands in the configuration itself. */
export interface PartialField {
  readonly name: string
  readonly value: SecretSource
  readonly isPlain: boolean
}

/** A header field that gateways ask for. */
export interface PartialHeader extends PartialField {
  readonly atTokenEndpoint: boolean
}

/** A user with a password; either may be absent until several places have been merged. */
export interface PartialBasic {
  readonly user?: string
  readonly password?: SecretSource
}

/** Credentials of one client, from one or several places. */
export interface PartialClient {
  readonly auth?: AuthKind
  readonly clientId?: string
  readonly scope?: string
  readonly tokenUrl?: string
  readonly key?: SecretSource
  readonly kid?: string
  readonly secret?: SecretSource
  readonly method?: 'basic' | 'post'
  readonly token?: SecretSource
  readonly basic?: PartialBasic
  readonly aud?: string
  /** The registered URL of its JWK Set. */
  readonly jwksUrl?: string
  /** Where bulkcheck serves its JWK Set: `PORT` or `HOST:PORT`. */
  readonly serveJwks?: string
  readonly claims?: Readonly<Record<string, unknown>>
  readonly tokenFields?: readonly PartialField[]
  readonly tokenBasic?: PartialBasic
}

/** The settings in one place (configuration file, environment, command line); all are optional. Paths are absolute. */
export interface PartialSettings {
  readonly preset?: string
  readonly url?: string
  readonly name?: string
  readonly ig?: ReleaseChoice
  readonly smart?: SmartRelease
  readonly levels?: readonly ExportLevel[]
  readonly groupId?: string
  readonly emptyGroupId?: string
  readonly supports?: readonly ClaimedFeature[]
  readonly allowWrites?: boolean
  readonly facts?: OperatorFacts
  readonly tokenOrigins?: readonly string[]
  readonly allowedOrigins?: readonly string[]
  readonly headers?: readonly PartialHeader[]
  readonly baseline?: Baseline
  readonly limits?: Partial<Limits>
  readonly client?: PartialClient
  readonly otherClient?: PartialClient
  readonly suites?: readonly string[]
  readonly packages?: readonly string[]
  readonly output?: string
  readonly reports?: readonly ReportName[]
  readonly failOn?: Level
  readonly concurrency?: number
  readonly maxExports?: number
  readonly maxTimeMs?: number
  readonly knownFailing?: string
  readonly ca?: string
  readonly cert?: string
  readonly certKey?: string
  readonly passphrase?: SecretSource
  readonly insecure?: boolean
}

/** The same object without the members that are `undefined`. */
export function withoutUndefined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, it]) => it !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

/** The settings of several places together; the later wins. Credentials of one kind are not completed by those of another. */
export function mergeSettings(places: readonly PartialSettings[]): PartialSettings {
  let together: PartialSettings = {}
  for (const it of places) {
    const limits = { ...together.limits, ...it.limits }
    together = { ...together, ...it, limits, client: mergeClients(together.client ?? {}, it.client ?? {}) }
  }
  return together
}

function mergeClients(before: PartialClient, after: PartialClient): PartialClient {
  const auth = after.auth ?? impliedAuthKind(after) ?? before.auth ?? impliedAuthKind(before)
  const basic = { ...before.basic, ...after.basic }
  return {
    ...{ ...before, ...after },
    ...(Object.keys(basic).length > 0 ? { basic } : {}),
    ...(auth ? { auth } : {}),
  }
}

/** What is wrong with credentials and the kind of authorization in one place: a secret that the kind does not use. */
export function unusedCredentials({ auth, key, secret, token, basic }: PartialClient): readonly string[] {
  if (!auth) return []
  const secrets: readonly (readonly [AuthKind, SecretSource | undefined])[] = [
    ['backend-services', key],
    ['client-secret', secret],
    ['bearer', token],
    ['basic', basic?.password],
  ]
  return secrets.flatMap(([kind, source]) =>
    source && kind !== auth
      ? [
          `authorization \`${auth}\` does not use ${source.from}: leave out one of the two, or use \`${kind}\``,
        ]
      : [],
  )
}

/** The kind of authorization of a client: the one that it names, or that its credentials imply. */
export function authKindOf(client: PartialClient): AuthKind {
  return client.auth ?? impliedAuthKind(client) ?? (client.clientId ? 'backend-services' : 'none')
}

/** The kind of authorization that credentials imply. */
export function impliedAuthKind(client: PartialClient): AuthKind | undefined {
  if (client.token) return 'bearer'
  if (client.secret) return 'client-secret'
  if (client.basic?.password) return 'basic'
  return client.key ? 'backend-services' : undefined
}

/** What the operator of a server says about it, by the names of settings; `undefined` if that is nothing. */
export function factsIn(
  textOf: (name: keyof OperatorFacts) => string | undefined,
): OperatorFacts | undefined {
  const given = operatorFacts.flatMap((name) => {
    const value = textOf(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return given.length > 0 ? Object.fromEntries(given) : undefined
}
