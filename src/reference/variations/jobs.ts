import { optionalParameters } from '../conduct/configurations.ts'
import { onAnswer } from '../faults/definition.ts'
import { postedPlainJobs } from '../faults/distinct.ts'
import {
  mapHeader,
  withBody,
  withHeader,
  withJson,
  withoutBody,
  withoutHeader,
  withStatus,
} from '../http-message.ts'
import {
  pollingLocationsAt,
  postUnknownToRouter,
  reusedJobs,
  withPort,
  withoutPost,
  writtenPort,
} from './gateways.ts'
import { type Variation, otherOrigin } from './definition.ts'

/** Variations of kick-off requests and polling locations. */
export const jobVariations: readonly Variation[] = [
  {
    id: 'get-and-post-share-a-job',
    about: 'jobs',
    states:
      'A POST kick-off request without parameters gets the polling location of the equal GET request. No sentence says that the method makes it another export.',
    conduct: postedPlainJobs,
  },
  {
    id: 'terse',
    states:
      'Responses to accepted requests have no body, responses in progress have no headers about progress, the manifest response has no Expires header, and items have no count. All of these are a SHOULD or a MAY.',
    configuration: { retryAfter: 'none', progress: false, count: false },
    conduct: {
      answer: (kind, response) => {
        if (kind === 'kickoff.accepted' || kind === 'deletion.accepted') return withoutBody(response)
        return kind === 'status.complete' ? withoutHeader(response, 'Expires') : response
      },
    },
    lacks: {
      'export.status.retry-after': '`Retry-After` is a SHOULD.',
      'export.status.x-progress': '`X-Progress` is a MAY.',
      'export.status.expires.should': '`Expires` is a SHOULD.',
      'export.status.expires.may': 'In 1.0.1 `Expires` is a MAY.',
      'export.manifest.output.count.optional': '`count` is optional.',
    },
  },
  {
    id: 'kick-off-with-text',
    states:
      'Responses to accepted requests have a text body instead of the OperationOutcome that they SHOULD or MAY have.',
    conduct: onAnswer(['kickoff.accepted', 'deletion.accepted'], (response) =>
      withBody(response, 'Accepted', 'text/plain'),
    ),
    lacks: {
      'export.kickoff.body-oo': 'An OperationOutcome is a MAY.',
      'export.delete.body-oo': 'An OperationOutcome is a MAY.',
    },
  },
  {
    id: 'polling-location-with-query',
    about: 'polling',
    states:
      'The polling location is below the FHIR base and names its job in the query. The server decides on the form of the URL.',
    gateway: (place) =>
      pollingLocationsAt(
        place,
        (id) => `${place.base}/$export-poll-status?_jobId=${id}&_v=1`,
        (url) =>
          url.pathname.endsWith('/$export-poll-status') ? (url.searchParams.get('_jobId') ?? '') : undefined,
      ),
  },
  {
    id: 'polling-location-of-2-kb-at-another-origin',
    about: 'polling',
    states:
      'The polling location is an encrypted token of two kilobytes with percent-encoded characters, at another origin. The configuration allows sending the access token there.',
    tokensElsewhere: true,
    gateway: (place) =>
      pollingLocationsAt(
        place,
        (id) => `${otherOrigin(place.base)}/jobs/${'q%2F%3D~'.repeat(250)}/${id}`,
        (url) => (url.pathname.startsWith('/jobs/') ? url.pathname.split('/').at(-1) : undefined),
      ),
  },
  {
    id: 'explicit-default-port',
    states:
      'URLs of the server contain the default port, and are equal to URLs without it (RFC 3986 section 6.2.3).',
    atDefaultPort: true,
    gateway: writtenPort,
    conduct: {
      audienceFits: (audience, tokenUrl) => [audience].flat().includes(withPort(tokenUrl)),
    },
  },
  {
    id: 'further-headers',
    states:
      'Header names are in lower case and a URL scheme is in upper case; neither changes the meaning (RFC 9110, RFC 3986). Responses set cookies and have headers of infrastructure that no specification mentions.',
    conduct: {
      answer: (_kind, response) => {
        const changed = mapHeader(response, 'Content-Location', (url) => url.replace('https:', 'HTTPS:'))
        return {
          ...changed,
          headers: [
            ...changed.headers.map(([name, value]) => [name.toLowerCase(), value] as const),
            ['set-cookie', 'balancer=1; Path=/'],
            ['set-cookie', 'other=2; Path=/'],
            ['strict-transport-security', 'max-age=31536000'],
            ['x-request-id', 'Größe'],
          ],
        }
      },
    },
  },
  {
    id: 'same-job-for-equal-requests',
    about: 'jobs',
    states:
      'Equal kick-off requests get the same job, with or without Cache-Control. Only different jobs need different polling locations.',
    configuration: { levels: ['patient'] },
    gateway: reusedJobs,
  },
  ...([404, 501] as const).map(
    (status): Variation => ({
      id: `post-answered-${status}`,
      about: 'post',
      states: `The server answers ${status} to POST kick-off requests. It MAY support them.`,
      configuration: { post: false, parameters: optionalParameters.filter((it) => it !== 'patient') },
      gateway: () => withoutPost(status),
    }),
  ),
  {
    id: 'post-unknown-to-router',
    about: 'post',
    states:
      'A router answers POST kick-off requests with an HTML page. The server MAY support POST, and such a request is not a kick-off request to it.',
    configuration: { post: false, parameters: optionalParameters.filter((it) => it !== 'patient') },
    gateway: () => postUnknownToRouter,
  },
  {
    id: 'unknown-parameters-ignored',
    states: 'The server ignores an unknown parameter. FHIR allows this under strict and lenient handling.',
    conduct: { raisesProblem: ({ kind }) => kind !== 'unknown-parameter' },
    lacks: { 'export.params.strict.unknown': 'FHIR leaves unknown parameters to the server.' },
  },
  {
    id: 'optional-parameters-ignored',
    states: 'The server ignores unsupported parameters without a message. A server SHOULD refuse them.',
    configuration: { parameters: ['_since', '_type'] },
    conduct: { raisesProblem: ({ kind }) => kind !== 'unsupported-parameter' },
    lacks: {
      'export.params.elements.unsupported': 'A server SHOULD refuse an unsupported parameter.',
      'export.params.patient.unsupported': 'A server SHOULD refuse an unsupported parameter.',
      'export.params.iad.unsupported': 'A server SHOULD refuse an unsupported parameter.',
    },
  },
  {
    id: 'lenient-handling-refused',
    states: 'The server ignores handling=lenient. It MAY still refuse the request.',
    conduct: { prefersLenient: () => false },
  },
  {
    id: 'refusals-422',
    states:
      'The server refuses kick-off requests without Prefer or Accept. It refuses malformed requests with 422 and an OperationOutcome that gives the reason only in details.',
    configuration: { preferRequired: true, acceptRequired: true },
    conduct: onAnswer('kickoff.refused', (response) =>
      response.status === 400
        ? withHeader(
            withStatus(
              withJson(response, () => ({
                resourceType: 'OperationOutcome',
                text: { status: 'empty', div: '<div xmlns="http://www.w3.org/1999/xhtml">none</div>' },
                issue: [{ severity: 'fatal', code: 'invalid', details: { text: 'This is not understood.' } }],
              })),
              422,
            ),
            'Content-Type',
            'application/fhir+json; fhirVersion=4.0',
          )
        : response,
    ),
  },
]
