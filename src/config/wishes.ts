import type { Level, SupportedRelease } from '../model/requirement.ts'
import type { ClaimedFeature, ExportLevel, Limits } from '../model/target.ts'
import type { ReportName } from './public.ts'

/** How the harness can be told to authorize itself. */
export const authKinds = ['none', 'backend-services', 'client-secret', 'bearer'] as const

/** One way to be authorized. */
export type AuthKind = (typeof authKinds)[number]

/** Where a secret or a key is: given as text, or in a file (absolute path); `from` is what people call it. */
export type Source = { readonly from: string } & ({ readonly text: string } | { readonly file: string })

/** Credentials of one client, as one or several places told them. */
export interface ClientWishes {
  readonly auth?: AuthKind
  readonly clientId?: string
  readonly scope?: string
  readonly tokenUrl?: string
  readonly key?: Source
  readonly kid?: string
  readonly secret?: Source
  readonly method?: 'basic' | 'post'
  readonly token?: Source
}

/** What one place (configuration file, environment, command line) says; what it does not say is absent. Paths are absolute. */
export interface Wishes {
  readonly url?: string
  readonly name?: string
  readonly ig?: SupportedRelease
  readonly levels?: readonly ExportLevel[]
  readonly groupId?: string
  readonly supports?: readonly ClaimedFeature[]
  readonly tokenOrigins?: readonly string[]
  readonly limits?: Partial<Limits>
  readonly client?: ClientWishes
  readonly otherClient?: ClientWishes
  readonly suites?: readonly string[]
  readonly packages?: readonly string[]
  readonly output?: string
  readonly reports?: readonly ReportName[]
  readonly failOn?: Level
  readonly knownFailing?: string
  readonly ca?: string
  readonly cert?: string
  readonly certKey?: string
  readonly passphrase?: Source
  readonly insecure?: boolean
}

/** The same object without the members that are `undefined`. */
export function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, it]) => it !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

/** What several places say together; the later has the last word. Credentials of one kind are not completed by those of another. */
export function merged(places: readonly Wishes[]): Wishes {
  let together: Wishes = {}
  for (const it of places) {
    const limits = { ...together.limits, ...it.limits }
    together = { ...together, ...it, limits, client: mergedClient(together.client ?? {}, it.client ?? {}) }
  }
  return together
}

function mergedClient(before: ClientWishes, after: ClientWishes): ClientWishes {
  const auth = after.auth ?? implied(after) ?? before.auth ?? implied(before)
  return { ...before, ...after, ...(auth ? { auth } : {}) }
}

/** The way to be authorized that credentials speak for. */
export function implied(client: ClientWishes): AuthKind | undefined {
  if (client.token) return 'bearer'
  if (client.secret) return 'client-secret'
  return client.key ? 'backend-services' : undefined
}
