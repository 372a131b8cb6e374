import type { PreflightCause, PreflightProblem } from '../model/preflight.ts'
import type { Reason } from '../model/reason.ts'
import { problemText } from './stop-text.ts'
import { truncate } from './visible-text.ts'

/** What was refused at first contact, as a clause without a full stop: "the server refused the token request with 400 invalid_client". */
export function preflightClause({
  step,
  levels = [],
  outcome,
  error,
}: Reason & { kind: 'preflight' }): string {
  const { status, problem = 'no response' } = outcome
  if (status === undefined)
    return `${step === 'token' ? 'the token endpoint' : 'the server'} could not be reached: ${problem}`
  const answer = `${status}${error ? ` and the code ${error}` : ''}`
  switch (step) {
    case 'base':
      return status === 401 || status === 403
        ? `the server, or a gateway in front of it, refused the first request to the base URL with ${answer}`
        : `no FHIR server answers at the base URL: the first request was answered with ${answer}`
    case 'discovery':
      return `the server names no token endpoint: the request for its SMART configuration was answered with ${answer}`
    case 'token':
      return `the token endpoint refused the first token request with ${answer}`
    case 'kick-off':
      return `the server refused the first kick-off request at ${listOf(levels)} level with ${answer}`
  }
}

function listOf(levels: readonly string[]): string {
  return levels.join(', ').replace(/, ([^,]+)$/, ' and $1')
}

/** A refusal at first contact for people. */
export interface PreflightText {
  /** A sentence. */
  readonly title: string
  /** Method, URL and number of the exchange. */
  readonly asked: string
  readonly answer: string
  /** What follows from it; sentences. */
  readonly lead: string
  /** Sentences, the likeliest cause first. */
  readonly causes: readonly string[]
}

/** A refusal at first contact in words; nothing in it is escaped. */
export function preflightText(it: PreflightProblem): PreflightText {
  const { request, outcome, error, description, causes } = it
  const answer =
    outcome.status === undefined
      ? (problemText(outcome) ?? 'no response')
      : `${outcome.status}${error ? ` ${truncate(error, 200)}` : ''}${description ? `: ${truncate(description, 200)}` : ''}`
  const clause = preflightClause({ ...it, kind: 'preflight' })
  return {
    title: `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`,
    asked: `${request.method} ${request.url} (exchange ${outcome.exchange})`,
    answer,
    lead: [
      lead,
      causes.length > 1 ? 'Likely causes, the likeliest first:' : causes.length > 0 ? 'Likely cause:' : '',
    ]
      .filter((it) => it !== '')
      .join(' '),
    causes: causes.map(causeText),
  }
}

const lead =
  'A wrong setting can cause this, so no test fails because of it. bulkcheck did not send the requests that depend on it.'

function causeText(cause: PreflightCause): string {
  switch (cause.kind) {
    case 'clock-skew': {
      const { seconds } = cause
      return `The server's clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the clock of this machine, and a client assertion is valid only for minutes: correct the wrong clock.`
    }
    case 'scope':
      return cause.granted === undefined || cause.granted === cause.value
        ? `The server does not accept the scope ${cause.value} for this client: set \`scope\` (--scope), or let the server's operator grant more.`
        : `The request asked for the scope ${cause.value}, but the server granted ${cause.granted}: set \`scope\` (--scope), or let the server's operator grant more.`
    case 'level-not-offered':
      return `The CapabilityStatement does not declare the export operation at ${listOf(cause.levels)} level: remove the levels that the server does not offer from \`levels\` (--level).`
    case 'client-not-registered':
      return `The client ${truncate(cause.value, 100)} is not registered, or not active yet: check \`clientId\` (--client-id) and the registration.`
    case 'grant-not-enabled':
      return `The client ${truncate(cause.value, 100)} may not use the grant client_credentials: the server's operator has to enable it.`
    case 'wrong-audience':
      return cause.isSet
        ? `The client assertion has the audience ${cause.value}, but the server expects another: check \`aud\` (--aud).`
        : `The client assertion has the audience ${cause.value} (the token endpoint), but the server expects another: set \`aud\` (--aud).`
    case 'token-fields':
      return cause.names.length > 0
        ? `The server expects other values of the form fields ${listOf(cause.names)}, or further fields: check \`tokenFields\`.`
        : 'The server expects further fields in token requests, such as `resource` or `audience`: set `tokenFields`.'
    case 'claims':
      return `The server expects other values of the claims ${listOf(cause.names)}, or further claims: check \`claims\`.`
    case 'baseline':
      return `The server does not accept the parameters ${listOf(cause.names)} in kick-off requests, or not these values: check \`baseline\`.`
    case 'gateway':
      return cause.names.length > 0
        ? `A gateway in front of the server expects other values of the header fields ${listOf(cause.names)}, or further credentials: check \`headers\`.`
        : 'A gateway in front of the server requires its own credentials in every request: set `headers`.'
    case 'wrong-token-url':
      return `${cause.value} is not the token endpoint of this server: check \`tokenUrl\` (--token-url).`
    case 'no-such-group':
      return `The server has no Group ${cause.value}, or hides it from this client: check \`groupId\` (--group-id).`
    case 'base-path':
      return `${cause.value} is not the base of the FHIR API: check the path of \`fhirUrl\` (--url).`
    case 'host-name':
      return `The host name ${cause.value} is misspelled: check \`fhirUrl\` (--url) and \`tokenUrl\` (--token-url).`
    default:
      return plainCauses[cause.kind]
  }
}

const plainCauses = {
  'wrong-key':
    'The private key is not the one that is registered for this client, or the registered key set lacks its kid.',
  'wrong-secret':
    'The secret or password is wrong, or the server wants the secret in another place (`method`: basic or post).',
  'wrong-token': 'The access token has expired, or is meant for another server.',
  'no-token-url': 'The server does not publish its token endpoint: set `tokenUrl` (--token-url).',
  'no-authorization':
    'The server requires authorization, and none is configured: set `authorization` (--auth).',
  'no-permission': "This client has no permission to export: the server's operator has to grant it.",
  'not-running': 'The server is not running, or listens on another port.',
  network:
    'A firewall, a proxy (HTTPS_PROXY, NO_PROXY) or a missing VPN blocks the connection to the server.',
}
