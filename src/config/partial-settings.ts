import type { Level, SupportedRelease } from '../model/requirement.ts'
import type { ClaimedFeature, ExportLevel, Limits } from '../model/target.ts'
import type { ReportName } from '../report/format-files.ts'

/** The ways in which the harness can be authorized. */
export const authKinds = ['none', 'backend-services', 'client-secret', 'bearer'] as const

/** One way to be authorized. */
export type AuthKind = (typeof authKinds)[number]

/** Where a secret or a key is: given as text, or in a file (absolute path); `from` names it in messages. */
export type SecretSource = { readonly from: string } & ({ readonly text: string } | { readonly file: string })

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
}

/** The settings in one place (configuration file, environment, command line); all are optional. Paths are absolute. */
export interface PartialSettings {
  readonly url?: string
  readonly name?: string
  readonly ig?: SupportedRelease
  readonly levels?: readonly ExportLevel[]
  readonly groupId?: string
  readonly supports?: readonly ClaimedFeature[]
  readonly tokenOrigins?: readonly string[]
  readonly limits?: Partial<Limits>
  readonly client?: PartialClient
  readonly otherClient?: PartialClient
  readonly suites?: readonly string[]
  readonly packages?: readonly string[]
  readonly output?: string
  readonly reports?: readonly ReportName[]
  readonly failOn?: Level
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
  return { ...before, ...after, ...(auth ? { auth } : {}) }
}

/** The kind of authorization that credentials imply. */
export function impliedAuthKind(client: PartialClient): AuthKind | undefined {
  if (client.token) return 'bearer'
  if (client.secret) return 'client-secret'
  return client.key ? 'backend-services' : undefined
}
