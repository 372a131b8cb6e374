import type { TlsVersion } from './tls.ts'

/** A release of the Bulk Data Access IG that the provider keeps to. */
export type Release = '1.0.1' | '2.0.0'

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
] as const

/** A kick-off parameter that a provider need not support. */
export type OptionalParameter = (typeof optionalParameters)[number]

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
  const latest = release === '2.0.0'
  return {
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
    parameters: latest ? optionalParameters : ['_type', '_since', '_typeFilter'],
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

/** One way in which a provider may keep to the specification. */
export interface NamedConfiguration {
  readonly name: string
  readonly states: string
  readonly configuration: Partial<ProviderConfiguration>
  /** False: an open server. */
  readonly authorization?: boolean
  /** Ids of requirements that it does not meet, none of them a SHALL. */
  readonly lacks?: readonly string[]
  /** Only for providers of this release. */
  readonly release?: Release
}

/** Honest providers that together show what a single one cannot; the `claims` of each follow from its configuration. */
export const honestConfigurations: readonly NamedConfiguration[] = [
  {
    name: 'default',
    states: 'Everything that the provider supports, in its default form.',
    configuration: {},
  },
  {
    name: 'open',
    states: 'No authorization.',
    configuration: { requiresAccessToken: false },
    authorization: false,
  },
  {
    name: 'throttling',
    states: 'Status requests that come too soon are answered 429.',
    configuration: { throttleAfter: 2, retryAfterSeconds: 2, polls: 4 },
  },
  {
    name: 'failing-job',
    states: 'A job with the kick-off parameter `_fail` fails.',
    configuration: { failing: '_fail' },
  },
  {
    name: 'partial-failure',
    states: 'Some resources cannot be exported, and error files say so.',
    configuration: { partial: true },
    lacks: ['export.kickoff.references-in-file-set'],
  },
  {
    name: 'one-at-a-time',
    states: 'A second kick-off of a client during a job is answered 429.',
    configuration: { maxJobs: 1 },
  },
  {
    name: 'slow',
    states: 'A job takes thirty seconds.',
    configuration: { jobSeconds: 30, retryAfterSeconds: 5 },
  },
  {
    name: 'strained',
    states:
      'One job at a time, twenty requests in a minute, one request in fifty lost in front of the provider, and tokens that are refused early.',
    configuration: {
      ...{ maxJobs: 1, retryAfterSeconds: 10, requestsPerMinute: 20, unavailableEvery: 50 },
      ...{ tokenLifetime: 120, tokenRefusedAfter: 40, expiresIn: 7 * 86_400 },
    },
  },
  {
    name: 'no-post',
    states: 'Kick-off requests by GET only.',
    configuration: { post: false, parameters: optionalParameters.filter((it) => it !== 'patient') },
    release: '2.0.0',
  },
  {
    name: 'few-parameters',
    states: 'No optional kick-off parameters.',
    configuration: { parameters: [] },
    release: '1.0.1',
  },
  {
    name: 'fewest-parameters',
    states: 'Only the kick-off parameters that 2.0.0 requires.',
    configuration: { parameters: ['_since'], deletions: false },
    lacks: ['export.manifest.deleted.optional'],
    release: '2.0.0',
  },
  {
    name: 'retry-date',
    states: 'Retry-After is an HTTP-date, files are large and not compressed, and items have no count.',
    configuration: { retryAfter: 'date', linesPerFile: 100_000, gzip: false, count: false },
    lacks: ['export.manifest.output.count.optional'],
  },
  {
    name: 'silent',
    states: 'No Retry-After and no X-Progress; kick-off requests must have Prefer and Accept.',
    configuration: { retryAfter: 'none', progress: false, preferRequired: true, acceptRequired: true },
    lacks: ['export.status.retry-after', 'export.status.x-progress'],
  },
  {
    name: 'instant',
    states: 'A job is complete at the first status request.',
    configuration: { polls: 0 },
  },
  {
    name: 'capability-urls',
    states: 'Files need no token, and their URLs have a query.',
    configuration: { requiresAccessToken: false, fileQuery: true },
  },
  {
    name: 'talkative',
    states: 'Extensions in the manifest, an error file with information, and a client that may write.',
    configuration: { extension: true, information: true, scope: 'system/*.cruds' },
  },
  {
    name: 'short-tokens',
    states: 'Access tokens are valid for twenty seconds.',
    configuration: { tokenLifetime: 20 },
  },
  {
    name: 'behind-gateway',
    states:
      'A gateway insists on a header field, HTTP Basic, form fields and claims beyond the specification.',
    configuration: {
      gateway: {
        header: { name: 'X-Gateway-Key', value: 'reference-gateway-key-1' },
        tokenBasic: { user: 'gateway', password: 'reference-gateway-password-1' },
        tokenFields: { resource: 'https://bulk.example.org/api' },
        aud: 'https://auth.example.org/issuer',
        claims: { tenant: 'reference-tenant' },
        iat: true,
      },
    },
  },
  {
    name: 'basic',
    states: 'HTTP Basic in place of access tokens.',
    configuration: {
      gateway: { basic: { user: 'exporter', password: 'reference-basic-password-1' } },
    },
  },
  {
    name: 'jwks-url',
    states: 'The client is registered by the URL of its JWK Set, and signs with an RSA key.',
    configuration: { jwksUrl: clientJwksUrl, clientKey: 'RS384' },
  },
  {
    name: 'group-only',
    states: 'Group exports only.',
    configuration: { levels: ['group'] },
  },
]
