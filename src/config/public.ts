import type { ClaimedFeature, ExportLevel } from '../model/target.ts'
import type { Level, SupportedRelease, SmartRelease } from '../model/requirement.ts'
import type { ReportName } from '../report/format-files.ts'

export type { ClaimedFeature, ExportLevel, Level, ReportName, SupportedRelease }

/** `'250ms'`, `'30s'`, `'5m'`, `'1h'`, or a number of milliseconds. */
export type Duration = string | number

/** SMART Backend Services: a client assertion signed with a registered key. */
export interface BackendServicesConfig {
  readonly clientId: string
  /** Scope to request; default `system/*.read`. */
  readonly scope?: string
  /** File with the private key: JWK, JWK Set or PEM, relative to the configuration file. */
  readonly key?: string
  /** Environment variable with the private key itself, if `key` is absent; default `BULKCHECK_KEY`. */
  readonly keyEnv?: string
  /** Program and arguments; what it prints is the private key. It runs again when an access token has expired. */
  readonly keyCommand?: readonly string[]
  /** Key id (kid): needed if the key file has none, or to select one key of a set. */
  readonly kid?: string
  /** Audience of the client assertion; by default the URL of the token endpoint. */
  readonly aud?: string
  /** URL of the JWK Set by which the client is registered. */
  readonly jwksUrl?: string
  /**
   * Port at which bulkcheck serves the JWK Set on this machine, or `HOST:PORT`, so that tests can change it. The default of
   * `jwksUrl` is then `http://127.0.0.1:PORT/jwks.json`.
   */
  readonly serveJwks?: string
  /** Further claims of the client assertion. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Further form fields of the token request, such as `resource` and `audience`. */
  readonly tokenFields?: Readonly<Record<string, FieldConfig>>
  /** HTTP Basic credentials for the token endpoint, in addition to the client assertion. */
  readonly tokenBasic?: UserPasswordConfig
  /** Token endpoint; by default it is discovered at `.well-known/smart-configuration`. */
  readonly tokenUrl?: string
}

/** OAuth 2.0 client credentials with a shared secret, in either `secretEnv` or `secretFile`. */
export interface ClientSecretConfig {
  readonly clientId: string
  readonly scope?: string
  /** Environment variable with the client secret. */
  readonly secretEnv?: string
  readonly secretFile?: string
  readonly tokenUrl?: string
  /** Where the secret is sent: in the Authorization header (`basic`, the default) or in the form (`post`). */
  readonly method?: 'basic' | 'post'
  /** Further form fields of the token request, such as `resource` and `audience`. */
  readonly tokenFields?: Readonly<Record<string, FieldConfig>>
}

/** An access token that was obtained elsewhere. */
export interface BearerConfig {
  readonly bearer?: true
  /** Environment variable with the access token; default `BULKCHECK_BEARER_TOKEN`. */
  readonly tokenEnv?: string
  /** Program and arguments; what it prints is the token. It runs again when the token has expired. */
  readonly tokenCommand?: readonly string[]
}

/** HTTP Basic instead of an access token. */
export interface BasicConfig {
  readonly basic: UserPasswordConfig
}

/** A user whose password is in an environment variable or in a file. */
export interface UserPasswordConfig {
  readonly user?: string
  readonly passwordEnv?: string
  readonly passwordFile?: string
}

/** A value that is given here, in an environment variable or in a file; the latter two are secrets. */
export interface SecretConfig {
  readonly value?: string
  readonly env?: string
  readonly file?: string
}

/** A header field that gateways ask for. */
export interface HeaderConfig extends SecretConfig {
  /** Also send the header field to the token endpoint, whatever its origin. */
  readonly tokenEndpoint?: boolean
}

/** The value of a form field, several of them, or the environment variable or file that holds it. */
export type FieldConfig = string | readonly string[] | SecretConfig

/** Credentials of one registered client. */
export type ClientConfig = BackendServicesConfig | ClientSecretConfig | BearerConfig | BasicConfig

/** Limits on time and size. */
export interface LimitsConfig {
  /** Shortest wait between status requests. */
  readonly pollFloor?: Duration
  /** Longest wait that a Retry-After header can request; by default there is no limit. */
  readonly retryAfterCap?: Duration
  /** Time limit from kick-off to completion of an export. */
  readonly exportTimeout?: Duration
  /** Time limit for one request, including its response. */
  readonly requestTimeout?: Duration
  /** Time limit for the download of one file. */
  readonly downloadTimeout?: Duration
  /** Longest wait for an access token to expire. */
  readonly tokenWait?: Duration
  /** How long after its expiry the server may still accept a token, because clocks differ. */
  readonly tokenGrace?: Duration
  /** How long after a delete request the polling location may still answer as before. */
  readonly deletionGrace?: Duration
  readonly controlBodyBytes?: number
  readonly metadataBytes?: number
  readonly manifestBytes?: number
  readonly fileBytes?: number
  readonly lineBytes?: number
  readonly manifestEntries?: number
}

/** Kick-off parameters that narrow every export. The server must offer them. */
export interface BaselineConfig {
  /** Resource types to export. */
  readonly _type?: readonly string[]
  /** Export only what changed after this instant. */
  readonly _since?: string
  /** Ids of patients to export, or references such as `Patient/1`; release 1.0.1 does not have this parameter. */
  readonly patient?: readonly string[]
}

/** The Bulk Data Provider under test, and what it claims to support. */
export interface TargetConfig {
  /** Settings for a named system, such as `medplum`; every other setting takes precedence. */
  readonly preset?: string
  /** Name of the server in reports; default: its host. */
  readonly name?: string
  /** Base URL of the FHIR API. */
  readonly fhirUrl?: string
  /** Release of the Bulk Data Access IG, or `auto` to let a run find it; default 2.0.0. */
  readonly ig?: SupportedRelease | 'auto'
  /** Release of SMART App Launch; default: 2.0 for Bulk Data 2.0.0, 2.2 for later ones. */
  readonly smart?: SmartRelease
  readonly authorization?: 'none' | ClientConfig
  /** A second registered client, needed by the tests that check whether one client can see the exports of another. */
  readonly otherClient?: ClientConfig
  /** Export levels that the server offers. */
  readonly levels?: readonly ExportLevel[]
  readonly groupId?: string
  /** Id of a Group without members; tests check that its export is empty. */
  readonly emptyGroupId?: string
  /** Optional features that the server offers; tests of other features do not apply. Default: a run finds them, except narrow-scopes, burst-polling, failing-job, partial-job, file-sizes, cohorts, periodic-cohorts and dynamic-cohorts. */
  readonly supports?: readonly ClaimedFeature[]
  /** Tests may create Groups on the server, and delete them again; default false. */
  readonly allowWrites?: boolean
  /** A scope that the client must not get, e.g. `system/Observation.rs`. */
  readonly deniedScope?: string
  /** Id of a Group that the client must not export. */
  readonly deniedGroupId?: string
  /** Id of a Group whose members are not patients. */
  readonly otherGroupId?: string
  /** Media type of a format that the server offers besides NDJSON. */
  readonly otherFormat?: string
  /** Additional origins that may receive the access token; the origin of `fhirUrl` always may. */
  readonly tokenOrigins?: readonly string[]
  /** Additional origins to which the server may lead without the access token, also at private addresses. */
  readonly allowedOrigins?: readonly string[]
  /** Header fields that gateways require, by name; sent to the origin of `fhirUrl` and to `tokenOrigins`. */
  readonly headers?: Readonly<Record<string, string | HeaderConfig>>
  /** Narrows every export, for a server with much data; tests that a narrowed export cannot decide are inconclusive. */
  readonly baseline?: BaselineConfig
  readonly limits?: LimitsConfig
}

/** TLS settings of connections to the server. */
export interface TlsConfig {
  /** PEM file with additional trusted CA certificates. */
  readonly ca?: string
  /** PEM file with the client certificate. */
  readonly cert?: string
  readonly key?: string
  /** Do not verify TLS certificates; the run then never exits with 0. */
  readonly insecure?: boolean
}

/** The configuration in `harness.config.ts` (or .js, .mjs, .json, .yaml). Paths are relative to that file. */
export interface Config {
  /** The JSON Schema of this file, for editors. */
  readonly $schema?: string
  readonly target?: TargetConfig
  /** Suite files or folders to run instead of the bundled suites. */
  readonly suites?: readonly string[]
  /** FHIR packages (.tgz files or folders); exported resources are validated against their profiles. */
  readonly igPackages?: readonly string[]
  /** Folder for reports. */
  readonly output?: string
  /** Reports to write; default: all. */
  readonly reports?: readonly ReportName[]
  /** Weakest level of broken requirements that fails the run; default SHALL. */
  readonly failOn?: Level
  /** Number of exports to run at the same time; default 1. */
  readonly concurrency?: number
  /** Most exports to take to completion; tests that decide least are left out. By default there is no limit. */
  readonly maxExports?: number
  /** Time limit for the run; tests that it does not reach are inconclusive. By default there is no limit. */
  readonly maxTime?: Duration
  /** File of tests that are known to fail: an id on each line, with `*` for any text, and optionally `owner=NAME`, `until=2026-12-31` and `# reason`. */
  readonly knownFailing?: string
  readonly tls?: TlsConfig
}

/** Returns the configuration unchanged; editors check and complete its keys. */
export function defineConfig(config: Config): Config {
  return config
}
