/** A release of the Bulk Data Access IG that the provider keeps to. */
export type Release = '1.0.1' | '2.0.0'

/** Where an export is asked for. */
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

/** How a provider that keeps to the specification is set up. */
export interface ProviderConfiguration {
  readonly levels: readonly ServedLevel[]
  /** So many status requests are answered 202 before a job is over. */
  readonly polls: number
  /** Form of Retry-After while a job is running; 429 answers always carry one. */
  readonly retryAfter: 'seconds' | 'date' | 'none'
  readonly retryAfterSeconds: number
  readonly progress: boolean
  /** In seconds. */
  readonly tokenLifetime: number
  /** Tokens are refused after so many seconds, whatever `expires_in` says; 0: not before they expire. */
  readonly tokenRefusedAfter: number
  /** More requests than this in a minute are answered 429; 0 never. */
  readonly requestsPerMinute: number
  /** One request in so many is answered 503 by something in front of the provider; 0 never. */
  readonly unavailableEvery: number
  /** More status requests than this, one after the other and each before Retry-After is over, are answered 429; 0 never. */
  readonly throttleAfter: number
  /** Every job fails, or every job that was asked for with the parameter of this name, which is then accepted. */
  readonly failing: boolean | string
  /** Every seventh Observation cannot be exported, which error files report. */
  readonly partial: boolean
  /** A client's kick-off is answered 429 while so many of its jobs run; 0 never. */
  readonly maxJobs: number
  readonly linesPerFile: number
  /** Seconds between completion and removal of the files. */
  readonly expiresIn: number
  readonly post: boolean
  /** Files are compressed for clients that accept it. */
  readonly gzip: boolean
  /** Files are protected as the kick-off is; otherwise whoever knows their URL can read them. */
  readonly requiresAccessToken: boolean
  readonly deletions: boolean
  readonly parameters: readonly OptionalParameter[]
  /** The JWK Set of the first client is registered by this URL, otherwise by value. */
  readonly jwksUrl?: string
  /** What the first client may ask for. */
  readonly scope: string
  /** What the second client may ask for. */
  readonly otherScope: string
  /** The manifest and its items have extensions. */
  readonly extension: boolean
  /** Error files hold a message although nothing went wrong. */
  readonly information: boolean
  /** File URLs have a query. */
  readonly fileQuery: boolean
  readonly count: boolean
  /** Kick-off requests without Prefer: respond-async are refused. */
  readonly preferRequired: boolean
  /** Kick-off requests without Accept are refused. */
  readonly acceptRequired: boolean
}

/** The configuration of a provider that is told nothing; 1.0.1 knows neither POST kick-offs nor the later parameters. */
export function defaultConfiguration(release: Release): ProviderConfiguration {
  const latest = release === '2.0.0'
  return {
    levels: ['system', 'patient', 'group'],
    polls: 2,
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

/** One way in which a provider may keep to the specification. */
export interface NamedConfiguration {
  readonly name: string
  readonly states: string
  readonly configuration: Partial<ProviderConfiguration>
  /** False: an open server. */
  readonly authorization?: boolean
  /** Ids of requirements, none of them a SHALL, that it does without. */
  readonly lacks?: readonly string[]
  /** Only of providers of this release. */
  readonly release?: Release
}

/** Honest providers that together show what one cannot; a provider's `claims` follow from its configuration. */
export const honestConfigurations: readonly NamedConfiguration[] = [
  { name: 'default', states: 'Everything that is supported, in its usual form.', configuration: {} },
  {
    name: 'open',
    states: 'No authorization at all.',
    configuration: { requiresAccessToken: false },
    authorization: false,
  },
  {
    name: 'throttling',
    states: 'Impatient status requests are answered 429.',
    configuration: { throttleAfter: 2, retryAfterSeconds: 2, polls: 4 },
  },
  {
    name: 'failing-job',
    states: 'A job that is asked for with the parameter `_fail` fails once it has run.',
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
    states: 'A second job of a client is answered 429.',
    configuration: { maxJobs: 1 },
  },
  {
    name: 'strained',
    states:
      'One job at a time, twenty requests in a minute, one request in fifty lost in front of the provider, and tokens that are refused early.',
    configuration: {
      ...{ maxJobs: 1, retryAfterSeconds: 10, requestsPerMinute: 20, unavailableEvery: 50 },
      ...{ tokenRefusedAfter: 40, expiresIn: 7 * 86_400 },
    },
  },
  {
    name: 'no-post',
    states: 'Kick-off by GET only.',
    configuration: { post: false, parameters: optionalParameters.filter((it) => it !== 'patient') },
    release: '2.0.0',
  },
  {
    name: 'few-parameters',
    states: 'None of the parameters that a provider need not support.',
    configuration: { parameters: [] },
    release: '1.0.1',
  },
  {
    name: 'fewest-parameters',
    states: 'Of the parameters only those that 2.0.0 requires.',
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
    states: 'No Retry-After, no X-Progress, and Prefer and Accept are demanded.',
    configuration: { retryAfter: 'none', progress: false, preferRequired: true, acceptRequired: true },
    lacks: ['export.status.retry-after', 'export.status.x-progress'],
  },
  {
    name: 'instant',
    states: 'A job is over at the first status request.',
    configuration: { polls: 0 },
  },
  {
    name: 'capability-urls',
    states: 'Files are read without a token, at URLs with a query.',
    configuration: { requiresAccessToken: false, fileQuery: true },
  },
  {
    name: 'talkative',
    states: 'Extensions in the manifest, and an error file with information.',
    configuration: { extension: true, information: true },
  },
  {
    name: 'short-tokens',
    states: 'Access tokens live for twenty seconds.',
    configuration: { tokenLifetime: 20 },
  },
  {
    name: 'group-only',
    states: 'Group-level export only.',
    configuration: { levels: ['group'] },
  },
]
