import { clientJwksUrl, parametersOf, type ProviderConfiguration, type Release } from './configurations.ts'

/** One way in which a provider may keep to the specification. */
export interface NamedConfiguration {
  readonly name: string
  readonly states: string
  readonly configuration: Partial<ProviderConfiguration>
  /** False: an open server. */
  readonly authorization?: boolean
  /** Ids of requirements that it does not meet, none of them a SHALL. */
  readonly lacks?: readonly string[]
  /** Only for providers of these releases. */
  readonly releases?: readonly Release[]
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
    states:
      'A job with the kick-off parameter `_fail` fails, and one with `_partial` exports only some resources.',
    configuration: { failing: '_fail', partial: '_partial' },
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
    configuration: { post: false, parameters: parametersOf('2.0.0').filter((it) => it !== 'patient') },
    releases: ['2.0.0'],
  },
  {
    name: 'few-parameters',
    states: 'No optional kick-off parameters.',
    configuration: { parameters: [] },
    releases: ['1.0.1'],
  },
  {
    name: 'plain',
    states: 'No optional feature of 3.0.0: the parameters of 2.0.0, and one type that is not exported.',
    configuration: {
      parameters: ['_type', '_since', '_typeFilter'],
      separateStatus: false,
      notExported: ['Location'],
      failing: '_fail',
    },
    releases: ['3.0.0'],
  },
  {
    name: 'operated',
    states:
      'A Group that nobody may export, one of practitioners, a format besides NDJSON, and files of requested sizes.',
    releases: ['1.0.1', '2.0.0', '3.0.0', '4.0.0-ballot'],
    configuration: {
      deniedGroup: 'pediatrics',
      otherGroup: 'staff',
      otherFormat: 'text/csv',
      fileSizes: true,
    },
  },
  {
    name: 'group-writes',
    states: 'Clients create Groups.',
    configuration: { groupWrites: true },
    releases: ['1.0.1', '2.0.0'],
  },
  {
    name: 'cohorts',
    states: 'Clients create Groups, and the members of those for cohorts are calculated for each export.',
    configuration: { groupWrites: true, cohorts: 'each-use' },
    releases: ['3.0.0', '4.0.0-ballot'],
  },
  {
    name: 'periodic-cohorts',
    states: 'The members of Groups for cohorts are calculated now and then.',
    configuration: { groupWrites: true, cohorts: 'periodic' },
    releases: ['3.0.0'],
  },
  {
    name: 'small-files',
    states:
      'Small files, so that blocks go on in other files and manifests have links; files need no token, and there are messages and extensions.',
    configuration: {
      ...{
        linesPerFile: 12,
        filesPerManifest: 5,
        requiresAccessToken: false,
        failing: '_fail',
        partial: '_partial',
      },
      ...{ extension: true, information: true },
    },
    releases: ['3.0.0', '4.0.0-ballot'],
  },
  {
    name: 'fewest-parameters',
    states: 'Only the kick-off parameters that 2.0.0 requires.',
    configuration: { parameters: ['_since'], deletions: false },
    lacks: ['export.manifest.deleted.optional'],
    releases: ['2.0.0'],
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
