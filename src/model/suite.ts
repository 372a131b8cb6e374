import type { ExportLevel, Feature, NarrowingParameter } from './target.ts'

/** A value from evidence: what `pick` finds in the evidence of the probe named `from`. */
interface ValueReference {
  readonly from: string
  readonly pick: string
}

/** A JSON Merge Patch (RFC 7396): `null` removes. Leaves may be references. */
export type MergePatch = { readonly [name: string]: unknown }

/**
 * The credentials of a request; default `own`. `only` requests a token for some resource types, in the notation of the
 * target's own scope; `writer` may write Groups as well; `scope` requests a literal scope; `expired` waits until its token has expired.
 */
export type RequestCredentials =
  | 'own'
  | 'none'
  | 'garbage'
  | 'tampered'
  | 'wrong-scheme'
  | 'unknown-user'
  | 'expired'
  | 'other-client'
  | 'writer'
  | { readonly scope: string }
  | { readonly only: readonly string[] }

/** One request relative to the FHIR base URL; its parts are in `evidenceParts`. */
export interface RequestProbe {
  readonly get?: string | ValueReference
  readonly post?: string | ValueReference
  readonly put?: string | ValueReference
  readonly delete?: string | ValueReference
  readonly headers?: MergePatch
  /** Sent as JSON. */
  readonly body?: unknown
  /** The request creates or updates a resource, only where the target allows that; what it creates is deleted. */
  readonly writes?: 'synchronously' | 'asynchronously'
  readonly authorization?: RequestCredentials
  /** State of the referenced export in which the request is sent; default `complete`. */
  readonly when?: 'running' | 'complete' | 'deleted'
  /** The response is the content of an attachment: its size and its hash are evidence, and it is not kept. */
  readonly attachment?: true
  /** It is sent at the end of the run, after the requests that wait until a token has expired. */
  readonly late?: true
}

/** What the JWK Set that the harness hosts has while a token request is made. */
export interface HostedKeySet {
  /**
   * - `own`          the registered keys of the harness
   * - `fresh`        a new key as well, which signs the assertion
   * - `same-kid`     another key as well, with the kid and of the type of the key that signs
   * - `replaced`     another key in place of those of the harness
   * - `unreachable`  nothing: requests get no response
   */
  readonly keys?: 'own' | 'fresh' | 'same-kid' | 'replaced' | 'unreachable'
  /** Seconds for which it may be cached; absent: not at all. */
  readonly maxAge?: number
}

/** One access token request; `{}` is the correct one. */
export interface TokenProbe {
  readonly signedWith?: 'own-key' | 'unregistered-key' | 'other-client-key' | 'public-key-as-secret' | 'none'
  /** Changes to the JOSE header of the client assertion. */
  readonly header?: MergePatch
  /** Changes to the claims of the assertion; a number for `exp`, `nbf` or `iat` is in seconds from now. */
  readonly claims?: MergePatch
  /** Changes to the form of the token request. */
  readonly form?: MergePatch
  readonly scope?: string
  /** Requests a scope for these resource types, in the notation of the target's own scope. */
  readonly only?: readonly string[]
  /** Name of the token probe whose assertion is sent again. */
  readonly replays?: string
  /** Name of the token probe whose `jti` a new assertion repeats. */
  readonly jtiOf?: string
  /** `aud` is an array of one value, which RFC 7519 allows. */
  readonly listedAudience?: boolean
  /** The second client makes the request. */
  readonly client?: 'other'
  /** `alg` of the assertion does not fit the key that signs it. */
  readonly otherAlgorithm?: true
  /** The assertion names the registered URL of the JWK Set in `jku`. */
  readonly namesKeySet?: true
  readonly keySet?: HostedKeySet
  /** The algorithm of a fresh key. */
  readonly algorithm?: 'ES384' | 'RS384' | 'ES256'
  /** A correct token request comes first, with a set that may be cached for `maxAge` seconds; then `waits` seconds pass. */
  readonly primed?: { readonly maxAge: number; readonly waits?: number }
  /** It is made at the end of the run. */
  readonly late?: true
  /** One character of the signature is changed. */
  readonly spoilt?: boolean
}

/** The TLS of a host. */
export interface ConnectionProbe {
  /** The host of the FHIR base, of the token endpoint, or of the URLs that a pick finds. */
  readonly to: 'base' | 'token-endpoint' | ValueReference
  /** The CapabilityStatement is requested over plain HTTP too; only with the FHIR base. */
  readonly plain?: true
}

/** A value of a kick-off parameter. A list is joined by commas, for `_typeFilter` and `patient` repeated. */
type ParameterValue =
  | string
  | number
  | boolean
  | ValueReference
  | readonly (string | ValueReference)[]
  | { readonly repeated: readonly (string | ValueReference)[] }
  | { readonly joined: readonly (string | ValueReference)[] }
  | null

/** One export; `{}` is the plain export. Its parts are in `evidenceParts`. */
export interface ExportProbe {
  readonly level?: ExportLevel
  /** Absent: the Group of the target. */
  readonly group?: string | ValueReference
  readonly method?: 'GET' | 'POST'
  readonly parameters?: Readonly<Record<string, ParameterValue>>
  readonly headers?: MergePatch
  readonly authorization?: RequestCredentials
  /** `burst`: number of status requests without waiting, to provoke throttling. */
  readonly polling?: 'polite' | { readonly burst: number }
  /** Deleted while running, once complete, or twice while running. */
  readonly delete?: 'running' | 'complete' | 'twice'
  /** Any text: makes an export differ from an otherwise equal one, so it is performed as well; with a reference after that probe. */
  readonly again?: string | ValueReference
  /** It is not narrowed by the baseline of the target. */
  readonly whole?: true
}

/** One claim about one part of the evidence. */
export interface Claim {
  /** `<probe>.<part>`, e.g. `everything.kickoff`. */
  readonly on: string
  /** Parameters by check name. All checks must be satisfied. */
  readonly expect: Readonly<Record<string, unknown>>
}

/** One claim about a requirement: it holds if the checks are satisfied. */
export interface Test extends Claim {
  /** A claim about the server, without a full stop. */
  readonly title: string
  readonly requirement: string
  readonly requires?: readonly Feature[]
  /** The test applies only to servers that claim none of these. */
  readonly unless?: readonly Feature[]
  /** The levels of the suite at which the test runs; absent: all. */
  readonly levels?: readonly ExportLevel[]
  /** Where the baseline of the target narrows exports by one of these, they do not decide the test. */
  readonly undecidedIfNarrowedBy?: readonly NarrowingParameter[]
  /** If one of these claims is not met, the test does not apply. */
  readonly given?: Claim | readonly Claim[]
}

/** The content of a suite file, as described by `suites/suite.schema.json`. */
export interface Suite {
  /** Kebab-case, unique among all files. */
  readonly suite: string
  readonly title: string
  readonly levels?: readonly ExportLevel[]
  readonly requires?: readonly Feature[]
  readonly requests?: Readonly<Record<string, RequestProbe>>
  readonly tokens?: Readonly<Record<string, TokenProbe>>
  readonly connections?: Readonly<Record<string, ConnectionProbe>>
  readonly exports?: Readonly<Record<string, ExportProbe>>
  readonly tests: Readonly<Record<string, Test>>
}
