import type { ClaimedFeature, ExportLevel } from '../model/target.ts'
import type { Level, SupportedRelease } from '../model/requirement.ts'
import type { ReportName } from '../report/format-files.ts'

export type { ClaimedFeature, ExportLevel, Level, ReportName, SupportedRelease }

/** `'250ms'`, `'30s'`, `'5m'`, `'1h'`, or a number of milliseconds. */
export type Duration = string | number

/** SMART Backend Services: a client assertion signed with a registered key. */
export interface BackendServicesConfig {
  readonly clientId: string
  /** `system/*.read` unless said otherwise. */
  readonly scope?: string
  /** File with the private key: JWK, JWK Set or PEM, relative to the configuration file. */
  readonly key?: string
  /** Environment variable that holds the private key itself; `BULKCHECK_KEY` unless `key` is given. */
  readonly keyEnv?: string
  /** Key id where the key file has none, or which key of a set. */
  readonly kid?: string
  /** Discovered at `.well-known/smart-configuration` unless given. */
  readonly tokenUrl?: string
}

/** OAuth 2.0 client credentials with a shared secret; one of `secretEnv` and `secretFile` is given. */
export interface ClientSecretConfig {
  readonly clientId: string
  readonly scope?: string
  /** Environment variable that holds the secret. */
  readonly secretEnv?: string
  readonly secretFile?: string
  readonly tokenUrl?: string
  /** Where the secret is sent: in the Authorization header or in the form. */
  readonly method?: 'basic' | 'post'
}

/** An access token that somebody else obtained. */
export interface BearerConfig {
  readonly bearer: true
  /** Environment variable that holds the token; `BULKCHECK_BEARER_TOKEN` unless given. */
  readonly tokenEnv?: string
}

/** Credentials of one registered client. */
export type ClientConfig = BackendServicesConfig | ClientSecretConfig | BearerConfig

/** Bounds on time and size. */
export interface LimitsConfig {
  /** Least wait between status requests where the server says nothing. */
  readonly pollFloor?: Duration
  /** Longest wait that a Retry-After can ask for; no limit unless given. */
  readonly retryAfterCap?: Duration
  /** From kick-off to completion. */
  readonly exportTimeout?: Duration
  /** One request, in all. */
  readonly requestTimeout?: Duration
  /** One download, in all. */
  readonly downloadTimeout?: Duration
  /** Longest wait for a token to expire. */
  readonly tokenWait?: Duration
  /** How long after its expiry a token may still be honored, for clocks that differ. */
  readonly tokenGrace?: Duration
  /** How long after a DELETE the polling location may still answer otherwise. */
  readonly deletionGrace?: Duration
  readonly controlBodyBytes?: number
  readonly manifestBytes?: number
  readonly fileBytes?: number
  readonly lineBytes?: number
  readonly manifestEntries?: number
}

/** The Bulk Data Provider under test, and what it claims to support. */
export interface TargetConfig {
  /** For reports. */
  readonly name?: string
  /** Base of its FHIR API. */
  readonly fhirUrl?: string
  /** Release of the Bulk Data Access IG; 2.0.0 unless said otherwise. */
  readonly ig?: SupportedRelease
  readonly authorization?: 'none' | ClientConfig
  /** A second registered client, for isolation between clients. */
  readonly otherClient?: ClientConfig
  /** Export levels that it offers. */
  readonly levels?: readonly ExportLevel[]
  readonly groupId?: string
  /** Optional features that it offers; tests of others do not apply. Without it, a run finds them out, but for narrow-scopes, burst-polling and failing-job. */
  readonly supports?: readonly ClaimedFeature[]
  /** Origins, besides that of `fhirUrl`, to which the access token may be sent. */
  readonly tokenOrigins?: readonly string[]
  readonly limits?: LimitsConfig
}

/** How connections are secured. */
export interface TlsConfig {
  /** PEM file with certificates of further authorities. */
  readonly ca?: string
  /** PEM file with the certificate that the harness shows, and its key. */
  readonly cert?: string
  readonly key?: string
  /** Certificates are not verified; such a run never exits 0. */
  readonly insecure?: boolean
}

/** What `harness.config.ts` (or .js, .mjs, .json, .yaml) says. Paths are relative to that file. */
export interface Config {
  /** For editors, in JSON and YAML. */
  readonly $schema?: string
  readonly target?: TargetConfig
  /** Suite files or folders that are run instead of the bundled ones. */
  readonly suites?: readonly string[]
  /** FHIR packages, .tgz files or folders, whose profiles exported resources are held against. */
  readonly igPackages?: readonly string[]
  /** Folder of the reports. */
  readonly output?: string
  /** All of them unless said otherwise. */
  readonly reports?: readonly ReportName[]
  /** SHALL unless said otherwise. */
  readonly failOn?: Level
  /** File with a pattern of test ids a line that are known to fail. */
  readonly knownFailing?: string
  readonly tls?: TlsConfig
}

/** The same configuration, typed. */
export function defineConfig(config: Config): Config {
  return config
}
