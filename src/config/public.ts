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
  /** Program and arguments; what it prints is the private key. It runs again when an access token has expired. */
  readonly keyCommand?: readonly string[]
  /** Key id where the key file has none, or which key of a set. */
  readonly kid?: string
  /** Audience of the client assertion; the URL of the token endpoint unless given. */
  readonly aud?: string
  /** Further claims of the client assertion. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Further form fields of the token request, such as `resource` and `audience`. */
  readonly tokenFields?: Readonly<Record<string, FieldConfig>>
  /** HTTP Basic credentials for the token endpoint, beside the client assertion. */
  readonly tokenBasic?: UserPasswordConfig
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
  /** Further form fields of the token request, such as `resource` and `audience`. */
  readonly tokenFields?: Readonly<Record<string, FieldConfig>>
}

/** An access token that somebody else obtained. */
export interface BearerConfig {
  readonly bearer?: true
  /** Environment variable that holds the token; `BULKCHECK_BEARER_TOKEN` unless given. */
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
  /** It is sent to the token endpoint too, whatever its origin. */
  readonly tokenEndpoint?: boolean
}

/** The value of a form field, several of them, or where a secret one is. */
export type FieldConfig = string | readonly string[] | SecretConfig

/** Credentials of one registered client. */
export type ClientConfig = BackendServicesConfig | ClientSecretConfig | BearerConfig | BasicConfig

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
  /** Optional features that it offers; tests of others do not apply. */
  readonly supports?: readonly ClaimedFeature[]
  /** Origins, besides that of `fhirUrl`, to which the access token may be sent. */
  readonly tokenOrigins?: readonly string[]
  /** Header fields that gateways ask for, by name; sent to the origin of `fhirUrl` and to `tokenOrigins`. */
  readonly headers?: Readonly<Record<string, string | HeaderConfig>>
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
