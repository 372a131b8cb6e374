import type { ExportLevel, Feature } from './target.ts'

/** A value taken from evidence: what `pick` finds in the probe named `from`. */
interface ValueReference {
  readonly from: string
  readonly pick: string
}

/** A JSON Merge Patch (RFC 7396): `null` removes. Leaves may be references. */
export type MergePatch = { readonly [name: string]: unknown }

/**
 * Which credentials a request carries; `own` where nothing is said. `only` asks for a token narrowed to resource types,
 * in the notation of the target's own scope; `scope` for a literal scope; `expired` waits until its token has expired.
 */
export type RequestCredentials =
  | 'own'
  | 'none'
  | 'garbage'
  | 'tampered'
  | 'expired'
  | 'other-client'
  | { readonly scope: string }
  | { readonly only: readonly string[] }

/** One request relative to the FHIR base; its parts are in `evidenceParts`. */
export interface RequestProbe {
  readonly get?: string | ValueReference
  readonly post?: string | ValueReference
  readonly delete?: string | ValueReference
  readonly headers?: MergePatch
  /** Sent as JSON. */
  readonly body?: unknown
  readonly authorization?: RequestCredentials
  /** Performed while the export it refers to is in this state; default `complete`. */
  readonly when?: 'running' | 'complete' | 'deleted'
}

/** One access token request; `{}` is the correct one. */
export interface TokenProbe {
  readonly signedWith?: 'own-key' | 'unregistered-key' | 'other-client-key' | 'public-key-as-secret' | 'none'
  /** Changes to the JOSE header of the client assertion. */
  readonly header?: MergePatch
  /** Changes to its claims; a number for `exp`, `nbf` or `iat` is in seconds from now. */
  readonly claims?: MergePatch
  /** Changes to the form. */
  readonly form?: MergePatch
  readonly scope?: string
  /** Narrowed to these resource types, in the notation of the target's own scope. */
  readonly only?: readonly string[]
  /** The very assertion of another token probe again. */
  readonly replays?: string
  /** A new assertion with the `jti` of another token probe. */
  readonly jtiOf?: string
  /** One character of the signature is changed. */
  readonly spoilt?: boolean
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

/** One export; `{}` is the plain one. Its parts are in `evidenceParts`. */
export interface ExportProbe {
  readonly level?: ExportLevel
  /** Absent: the target's. */
  readonly group?: string | ValueReference
  readonly method?: 'GET' | 'POST'
  readonly parameters?: Readonly<Record<string, ParameterValue>>
  readonly headers?: MergePatch
  readonly authorization?: RequestCredentials
  /** `burst`: so many status requests without waiting, to see them throttled. */
  readonly polling?: 'polite' | { readonly burst: number }
  /** Deleted while running, once complete, or twice while running. */
  readonly delete?: 'running' | 'complete' | 'twice'
  /** Any text: performed anew although an equal export was. */
  readonly again?: string
}

/** One claim about one part of the evidence. */
export interface Claim {
  /** `<probe>.<part>`, e.g. `everything.kickoff`. */
  readonly on: string
  /** Check name to its parameters. All must be satisfied. */
  readonly expect: Readonly<Record<string, unknown>>
}

/** One claim: this requirement holds if these checks are satisfied by this subject. */
export interface Test extends Claim {
  /** A claim about the server without a full stop. */
  readonly title: string
  readonly requirement: string
  readonly requires?: readonly Feature[]
  /** The test is for servers that do not claim these. */
  readonly unless?: readonly Feature[]
  /** Only at these of the suite's levels. */
  readonly levels?: readonly ExportLevel[]
  /** If one of these claims is not met the test does not apply. */
  readonly given?: Claim | readonly Claim[]
}

/** What a suite file says. `suites/suite.schema.json` describes it. */
export interface Suite {
  /** Kebab-case, unique over all files. */
  readonly suite: string
  readonly title: string
  readonly levels?: readonly ExportLevel[]
  readonly requires?: readonly Feature[]
  readonly requests?: Readonly<Record<string, RequestProbe>>
  readonly tokens?: Readonly<Record<string, TokenProbe>>
  readonly exports?: Readonly<Record<string, ExportProbe>>
  readonly tests: Readonly<Record<string, Test>>
}
