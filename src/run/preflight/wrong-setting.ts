import { vocabularyIndex } from '../vocabulary-index.ts'
import type { Evidence } from '../../model/evidence.ts'
import { type Exchange, findExchange } from '../../model/http/exchange.ts'
import { clockAheadOf } from '../../model/http/clock-skew.ts'
import { isSuccess } from '../../model/http/status.ts'
import type { PreflightProblem } from '../../model/preflight.ts'
import type { PreflightStep, Reason } from '../../model/reason.ts'
import type { ExchangeCheck } from '../../checks/check.ts'
import { type Baseline, baselineAt, type ExportLevel, type Target } from '../../model/target.ts'
import { requestOutcomeOf } from '../../model/export/failure.ts'
import { likelyCauses } from './likely-causes.ts'
import { memberOf, refusalCode } from './refusal-body.ts'

/** What the first requests of a run brought. */
export interface FirstContact {
  readonly target: Target
  readonly exchanges: readonly Exchange[]
  /** Evidence of the requests for the SMART configuration and the CapabilityStatement. */
  readonly discovery?: Evidence | undefined
  readonly metadata?: Evidence | undefined
  /** Evidence of the correct token request. */
  readonly token?: Evidence | undefined
  /** Evidence of one plain export at each level. */
  readonly kickoffs: ReadonlyMap<ExportLevel, Evidence>
  /** The `error_description` of a response, masked. */
  readonly descriptionOf: (exchange: number) => string | undefined
}

/** Refusals at first contact that a wrong setting can cause: well-formed, with an error of the protocol, and consistent with earlier responses. */
export function preflightProblems(contact: FirstContact): readonly PreflightProblem[] {
  const base = unreachableBase(contact)
  if (base) return [problem(contact, 'base', base)]
  const token = tokenRefusal(contact)
  if (token) return [problem(contact, token.step, token.exchange)]
  return kickoffProblems(contact)
}

/** Why a test that depends on a refused step is inconclusive. */
export function preflightReason({ step, levels, outcome, error }: PreflightProblem): Reason {
  return {
    kind: 'preflight',
    ...{ step, outcome },
    ...(levels ? { levels } : {}),
    ...(error === undefined ? {} : { error }),
  }
}

/** The first exchange with a base that answers nothing at all, or refuses whatever it is asked. */
function unreachableBase(contact: FirstContact): Exchange | undefined {
  const kickoffs = kickoffExchanges(contact)
  const documents = baseExchanges(contact)
  const asked = documents.length > 0 ? documents : kickoffs
  const [first] = asked
  if (!first) return undefined
  if (asked.every(isUnreachable)) return first
  if (isWithoutEndpoint(contact)) return documents.every(isLost) ? first : undefined
  const isRefusing = documents.length > 0 && documents.every((it) => isUnreachable(it) || isRefused(it))
  return isRefusing && kickoffs.length > 0 && kickoffs.every(isLost) ? first : undefined
}

/** Whether nothing at that URL seems to speak FHIR. */
function isLost(exchange: Exchange): boolean {
  if (isUnreachable(exchange)) return true
  return exchange.response?.status === 404 || (isRefused(exchange) && refusalCode(exchange) === undefined)
}

function isUnreachable({ networkError }: Exchange): boolean {
  return (
    networkError !== undefined && ['refused', 'dns', 'tls', 'timeout', 'reset', 'cut'].includes(networkError)
  )
}

function isRefused({ response }: Exchange): boolean {
  return response !== undefined && [401, 403, 404, 410].includes(response.status)
}

/** Responses for the SMART configuration and the CapabilityStatement, whoever asked for them. */
function baseExchanges(contact: FirstContact): readonly Exchange[] {
  const own = [contact.discovery, contact.metadata].flatMap((it) => lastOf(it) ?? [])
  const sought = noTokenReasons(contact).flatMap((it) =>
    it.kind === 'no-token-endpoint' ? it.exchanges : [],
  )
  return [...own, ...sought.flatMap((it) => findExchange(contact.exchanges, it) ?? [])]
}

function noTokenReasons({ token, metadata, kickoffs }: FirstContact): readonly Reason[] {
  return [token, metadata, ...kickoffs.values()].flatMap((it) => (it?.probe === 'none' ? [it.reason] : []))
}

function isWithoutEndpoint(contact: FirstContact): boolean {
  return noTokenReasons(contact).some((it) => it.kind === 'no-token-endpoint')
}

function lastOf(evidence: Evidence | undefined): Exchange | undefined {
  return evidence?.probe === 'request' || evidence?.probe === 'token' ? evidence.exchanges.at(-1) : undefined
}

function kickoffExchanges({ kickoffs }: FirstContact): readonly Exchange[] {
  return [...kickoffs.values()].flatMap((it) => kickoffOf(it) ?? [])
}

function kickoffOf(evidence: Evidence | undefined): Exchange | undefined {
  return evidence?.probe === 'export' && 'kickoff' in evidence.export ? evidence.export.kickoff : undefined
}

function tokenRefusal(contact: FirstContact): { step: PreflightStep; exchange: Exchange } | undefined {
  const reasons = noTokenReasons(contact)
  const missing = reasons.find((it) => it.kind === 'no-token-endpoint')
  if (missing) {
    const [smart] = missing.exchanges.flatMap((it) => findExchange(contact.exchanges, it) ?? [])
    // A document that is there and names no endpoint is a fault of the server.
    return smart && (isRefused(smart) || isUnreachable(smart))
      ? { step: 'discovery', exchange: smart }
      : undefined
  }
  const failed = reasons.find((it) => it.kind === 'no-token')
  const exchange =
    lastOf(contact.token) ?? (failed && findExchange(contact.exchanges, failed.outcome.exchange))
  return exchange && isTokenRefusal(exchange, contact) ? { step: 'token', exchange } : undefined
}

function isTokenRefusal(exchange: Exchange, contact: FirstContact): boolean {
  const { response } = exchange
  if (!response) return isUnreachable(exchange)
  const error = memberOf(exchange, 'error')
  if (typeof error !== 'string' || error === '')
    // The server itself names the endpoint, unless the operator does.
    return response.status === 404 && !isEndpointDiscovered(contact.target)
  if (![400, 401, 403, 404].includes(response.status)) return false
  return !(error === 'unsupported_grant_type' && declaresGrant(contact))
}

function isEndpointDiscovered({ authorization }: Target): boolean {
  return !('tokenUrl' in authorization) || authorization.tokenUrl === undefined
}

function declaresGrant({ discovery }: FirstContact): boolean {
  const document = lastOf(discovery)
  const grants = document && memberOf(document, 'grant_types_supported')
  return Array.isArray(grants) && grants.includes('client_credentials')
}

/** One problem for all levels whose kick-off requests were refused in the same way. */
function kickoffProblems(contact: FirstContact): readonly PreflightProblem[] {
  const alike = new Map<string, { exchange: Exchange; levels: ExportLevel[] }>()
  for (const [level, evidence] of contact.kickoffs) {
    const exchange = kickoffOf(evidence)
    if (!exchange || !isKickoffRefusal(exchange, level, contact)) continue
    const key = `${exchange.response?.status} ${refusalCode(exchange)}`
    const known = alike.get(key)
    if (known) known.levels.push(level)
    else alike.set(key, { exchange, levels: [level] })
  }
  return [...alike.values()].map(({ exchange, levels }) => problem(contact, 'kick-off', exchange, levels))
}

function isKickoffRefusal(exchange: Exchange, level: ExportLevel, contact: FirstContact): boolean {
  const { response } = exchange
  if (!response) return false
  if (isAboutBaseline(response, baselineAt(contact.target, level))) return true
  if (refusalCode(exchange) === undefined) return false
  switch (response.status) {
    case 401:
      // A token from the endpoint that the server itself names is one that it has to know.
      return !hasToken(contact) || !isEndpointDiscovered(contact.target)
    case 403:
      return true
    case 404: {
      const isGroup = level === 'group' && refusalCode(exchange) !== 'not-supported'
      return isGroup || !declaresLevel(level, contact)
    }
    default:
      return false
  }
}

/** Whether a refusal can be about the parameters that narrow the export, or about POST, which `patient` needs. */
function isAboutBaseline({ status }: { readonly status: number }, baseline: Baseline): boolean {
  if (Object.keys(baseline).length === 0) return false
  if ([404, 405, 415].includes(status)) return baseline.patient !== undefined
  return status === 501 || (status >= 400 && status < 500 && ![401, 403, 406, 429].includes(status))
}

function hasToken({ target }: FirstContact): boolean {
  return target.authorization.kind === 'backend-services' || target.authorization.kind === 'client-secret'
}

/** The exchange that brought the CapabilityStatement; a run of few tests does not always request it. */
function statementOf({ metadata }: FirstContact): Exchange | undefined {
  const exchange = lastOf(metadata)
  return isSuccess(exchange?.response?.status) ? exchange : undefined
}

function declaresLevel(level: ExportLevel, contact: FirstContact): boolean {
  const { metadata, target } = contact
  const statement = statementOf(contact)
  const check = vocabularyIndex.checks.get('declares-operation') as ExchangeCheck<unknown> | undefined
  if (!statement || !check || !metadata) return false
  const { fhirUrl } = target
  const context = {
    target: { fhirUrl, authorized: target.authorization.kind !== 'none' },
    evidence: metadata,
    exports: [],
  }
  return check.judge(statement, level, context).is === 'satisfied'
}

const longestDescription = 200

function problem(
  contact: FirstContact,
  step: PreflightStep,
  exchange: Exchange,
  levels?: readonly ExportLevel[],
): PreflightProblem {
  const { method, url } = exchange.request
  const error = refusalCode(exchange)
  const description = contact.descriptionOf(exchange.number)?.slice(0, longestDescription)
  return {
    step,
    ...(levels ? { levels } : {}),
    request: { method, url },
    outcome: requestOutcomeOf(exchange),
    ...(error ? { error } : {}),
    ...(description ? { description } : {}),
    causes: likelyCauses({
      ...{ step, exchange, levels: levels ?? [], target: contact.target, error },
      ...{ granted: grantedScope(contact), skewSeconds: clockAheadOf(exchange) },
      undeclared: statementOf(contact) ? (levels ?? []).filter((it) => !declaresLevel(it, contact)) : [],
    }),
  }
}

function grantedScope({ token }: FirstContact): string | undefined {
  const response = lastOf(token)
  const scope = response && memberOf(response, 'scope')
  return typeof scope === 'string' ? scope : undefined
}
