import type { TlsVersion } from './tls.ts'
import { ownLayout, type UrlLayout } from '../url-layout.ts'

/** A release of the Bulk Data Access IG that the provider keeps to. */
export type Release = '1.0.1' | '2.0.0' | '3.0.0' | '4.0.0-ballot'

/** Levels of exports. */
export type ServedLevel = 'system' | 'patient' | 'group'

/** Kick-off parameters that a provider need not support. */
export const optionalParameters = [
  '_type',
  '_since',
  '_typeFilter',
  '_elements',
  'patient',
  'includeAssociatedData',
  '_until',
  'organizeOutputBy',
  'allowPartialManifests',
] as const

/** A kick-off parameter that a provider need not support. */
export type OptionalParameter = (typeof optionalParameters)[number]

/** The optional parameters of a release. */
export function parametersOf(release: Release): readonly OptionalParameter[] {
  if (release === '1.0.1') return ['_type', '_since', '_typeFilter']
  return release === '2.0.0' ? optionalParameters.slice(0, 6) : optionalParameters
}

/** What a gateway in front of a provider, and its authorization server, require beyond the specification. */
export interface GatewayDemands {
  /** A header field of every request. */
  readonly header?: { readonly name: string; readonly value: string }
  /** HTTP Basic at the token endpoint, in addition to the authentication of the client. */
  readonly tokenBasic?: { readonly user: string; readonly password: string }
  /** Form fields of a token request. */
  readonly tokenFields?: Readonly<Record<string, string>>
  /** The `aud` of client assertions, in place of the URL of the token endpoint. */
  readonly aud?: string
  /** Claims of client assertions, with their values. */
  readonly claims?: Readonly<Record<string, string>>
  /** Client assertions have `iat`, which is not ahead. */
  readonly iat?: boolean
  /** HTTP Basic in place of access tokens. */
  readonly basic?: { readonly user: string; readonly password: string }
}

/** The setup of a provider that keeps to the specification. */
export interface ProviderConfiguration {
  readonly urls: UrlLayout
  readonly levels: readonly ServedLevel[]
  /** Number of status requests that are answered 202 before a job is complete. */
  readonly polls: number
  /** Seconds from the kick-off until a job is complete, however often its status is requested; 0: `polls` says when. */
  readonly jobSeconds: number
  /** Form of Retry-After while a job is running; 429 answers always carry one. */
  readonly retryAfter: 'seconds' | 'date' | 'none'
  readonly retryAfterSeconds: number
  readonly progress: boolean
  /** In seconds. */
  readonly tokenLifetime: number
  /** Tokens are refused after so many seconds, whatever `expires_in` says; 0: not before they expire. */
  readonly tokenRefusedAfter: number
  /** More requests than this in a minute are answered with 429; 0: no limit. */
  readonly requestsPerMinute: number
  /** Something in front of the provider answers one request in this many with 503; 0: none. */
  readonly unavailableEvery: number
  /** More consecutive status requests than this, each before the end of Retry-After, are answered with 429; 0: no limit. */
  readonly throttleAfter: number
  /** Every job fails, or each job whose kick-off request has the parameter of this name, which is then accepted. */
  readonly failing: boolean | string
  /** Every seventh Observation cannot be exported, which error files report. */
  readonly partial: boolean
  /** A client's kick-off request is answered with 429 while this many of its jobs run; 0: no limit. */
  readonly maxJobs: number
  readonly linesPerFile: number
  /** Seconds between completion and removal of the files. */
  readonly expiresIn: number
  readonly post: boolean
  /** Files are compressed for clients that accept it. */
  readonly gzip: boolean
  /** Files are protected like the kick-off; otherwise anybody who knows their URL can read them. */
  readonly requiresAccessToken: boolean
  readonly deletions: boolean
  readonly parameters: readonly OptionalParameter[]
  /** The preference `separate-export-status` is honored. */
  readonly separateStatus: boolean
  /** Files that a manifest lists if a kick-off request has `allowPartialManifests`. */
  readonly filesPerManifest: number
  /** A Group can be exported only with a token that may read it. */
  readonly groupReadScope: boolean
  /** Resource types that can be read, but not exported, which the CapabilityStatement says. */
  readonly notExported: readonly string[]
  /** The JWK Set of the first client is registered by this URL, otherwise by value. */
  readonly jwksUrl?: string
  /** The algorithm of the key that the first client signs with, first in its JWK Set. */
  readonly clientKey: 'ES384' | 'RS384'
  /** Scopes that the first client may request. */
  readonly scope: string
  /** Scopes that the second client may request. */
  readonly otherScope: string
  /** The manifest and its items have extensions. */
  readonly extension: boolean
  /** Error files contain a message although nothing went wrong. */
  readonly information: boolean
  /** File URLs have a query. */
  readonly fileQuery: boolean
  readonly count: boolean
  /** Kick-off requests without Prefer: respond-async are refused. */
  readonly preferRequired: boolean
  /** Kick-off requests without Accept are refused. */
  readonly acceptRequired: boolean
  /** A second id of the Group that clients export; clients are given this one. */
  readonly groupAlias?: string
  /** The provider is at https URLs; absent: at http URLs. */
  readonly tls?: {
    readonly versions: readonly TlsVersion[]
    /** What happens to requests over plain HTTP. */
    readonly plainHttp: 'refused' | 'redirect'
  }
  /** What is in front of the provider. */
  readonly gateway?: GatewayDemands
}

/** The default configuration of a provider; 1.0.1 has neither POST kick-offs nor the later parameters. */
export function defaultConfiguration(release: Release): ProviderConfiguration {
  const latest = release !== '1.0.1'
  return {
    urls: ownLayout,
    levels: ['system', 'patient', 'group'],
    polls: 2,
    jobSeconds: 0,
    retryAfter: 'seconds',
    retryAfterSeconds: 0,
    progress: true,
    tokenLifetime: 300,
    tokenRefusedAfter: 0,
    requestsPerMinute: 0,
    unavailableEvery: 0,
    throttleAfter: 0,
    failing: false,
    partial: false,
    maxJobs: 0,
    linesPerFile: 50,
    expiresIn: 3600,
    post: latest,
    gzip: true,
    requiresAccessToken: true,
    deletions: latest,
    parameters: parametersOf(release),
    separateStatus: release !== '1.0.1' && release !== '2.0.0',
    filesPerManifest: 8,
    groupReadScope: release !== '1.0.1' && release !== '2.0.0',
    notExported: [],
    clientKey: 'ES384',
    scope: 'system/*.rs',
    otherScope: 'system/Patient.rs',
    extension: false,
    information: false,
    fileQuery: false,
    count: true,
    preferRequired: false,
    acceptRequired: false,
  }
}

/** The URL at which the first client has its JWK Set, where it is registered by URL. */
export const clientJwksUrl = 'http://127.0.0.1:4080/jwks.json'
