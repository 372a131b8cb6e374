import type { Exchange } from '../../model/http/exchange.ts'
import { parseUrl } from '../../model/http/url.ts'
import type { PreflightCause } from '../../model/preflight.ts'
import type { PreflightStep } from '../../model/reason.ts'
import {
  type BackendServices,
  baselineAt,
  type ClientSecret,
  type ExportLevel,
  type Target,
} from '../../model/target.ts'

/** What is known of a refusal at first contact. */
export interface RefusalFacts {
  readonly step: PreflightStep
  readonly exchange: Exchange
  readonly levels: readonly ExportLevel[]
  readonly target: Target
  readonly error: string | undefined
  /** `scope` of the token response. */
  readonly granted: string | undefined
  /** How far the clock of the server is ahead. */
  readonly skewSeconds: number | undefined
  /** Levels that the CapabilityStatement does not declare. */
  readonly undeclared: readonly ExportLevel[]
}

/** Causes of a refusal at first contact, the likeliest first. */
export function likelyCauses(facts: RefusalFacts): readonly PreflightCause[] {
  if (!facts.exchange.response) return networkCauses(facts)
  switch (facts.step) {
    case 'base':
      return baseCauses(facts)
    case 'discovery':
      return [{ kind: 'no-token-url' }, { kind: 'base-path', value: facts.target.fhirUrl }]
    case 'token':
      return tokenCauses(facts)
    case 'kick-off':
      return kickoffCauses(facts)
  }
}

/** A TLS failure explains itself. */
function networkCauses({ exchange, step, target }: RefusalFacts): readonly PreflightCause[] {
  const url = step === 'token' ? exchange.request.url : target.fhirUrl
  const setting: PreflightCause =
    step === 'token' ? { kind: 'wrong-token-url', value: url } : { kind: 'base-path', value: url }
  switch (exchange.networkError) {
    case 'dns':
      return [{ kind: 'host-name', value: hostOf(url) }, { kind: 'network' }]
    case 'tls':
      return []
    case 'refused':
      return [{ kind: 'not-running' }, setting, { kind: 'network' }]
    default:
      return [{ kind: 'network' }, { kind: 'not-running' }, setting]
  }
}

function hostOf(url: string): string {
  return parseUrl(url)?.hostname ?? url
}

function baseCauses({ exchange, target }: RefusalFacts): readonly PreflightCause[] {
  const path: PreflightCause = { kind: 'base-path', value: target.fhirUrl }
  const gateway: PreflightCause = { kind: 'gateway', names: (target.headers ?? []).map((it) => it.name) }
  const status = exchange.response?.status
  return status === 401 || status === 403 ? [gateway, path] : [path, gateway]
}

/** A clock that is off by more than this explains why an assertion is refused. */
const notableSkewSeconds = 60

function skewCauses({ skewSeconds = 0, target }: RefusalFacts): readonly PreflightCause[] {
  return target.authorization.kind === 'backend-services' && Math.abs(skewSeconds) >= notableSkewSeconds
    ? [{ kind: 'clock-skew', seconds: skewSeconds }]
    : []
}

function tokenCauses(facts: RefusalFacts): readonly PreflightCause[] {
  const { exchange, target, error } = facts
  const { authorization } = target
  const { url } = exchange.request
  if (authorization.kind !== 'backend-services' && authorization.kind !== 'client-secret') return []
  const { clientId: value } = authorization
  const client: PreflightCause = { kind: 'client-not-registered', value }
  const endpoint: PreflightCause = { kind: 'wrong-token-url', value: url }
  const scope: PreflightCause = { kind: 'scope', value: authorization.scope }
  const grant: PreflightCause = { kind: 'grant-not-enabled', value }
  const identity: readonly PreflightCause[] =
    authorization.kind === 'client-secret'
      ? [{ kind: 'wrong-secret' }, client, endpoint]
      : [{ kind: 'wrong-key' }, client, audienceCause(authorization, url)]
  switch (error) {
    case undefined:
      return [endpoint, ...skewCauses(facts), ...identity.filter((it) => it !== endpoint)]
    case 'invalid_scope':
      return [scope, grant]
    case 'unauthorized_client':
      return [grant, scope, client]
    case 'unsupported_grant_type':
      return [grant, endpoint]
    case 'invalid_request':
    case 'invalid_target':
      return [...skewCauses(facts), tokenFieldsCause(authorization), ...identity, scope]
    default:
      return [...skewCauses(facts), ...identity, ...settingCauses(authorization), scope]
  }
}

function audienceCause({ aud }: BackendServices, tokenUrl: string): PreflightCause {
  return aud === undefined
    ? { kind: 'wrong-audience', value: tokenUrl }
    : { kind: 'wrong-audience', value: aud, isSet: true }
}

function tokenFieldsCause({ tokenFields = [] }: BackendServices | ClientSecret): PreflightCause {
  return { kind: 'token-fields', names: [...new Set(tokenFields.map(({ name }) => name))] }
}

/** What somebody has set for a gateway may be wrong as well. */
function settingCauses(by: BackendServices | ClientSecret): readonly PreflightCause[] {
  const claims = by.kind === 'backend-services' ? Object.keys(by.claims ?? {}) : []
  return [
    ...(claims.length > 0 ? [{ kind: 'claims', names: claims } as const] : []),
    ...(by.kind === 'backend-services' && by.tokenBasic ? [{ kind: 'wrong-secret' } as const] : []),
    ...(by.tokenFields ? [tokenFieldsCause(by)] : []),
  ]
}

function kickoffCauses(facts: RefusalFacts): readonly PreflightCause[] {
  const { exchange, levels, target, granted, undeclared } = facts
  const { authorization } = target
  const path: PreflightCause = { kind: 'base-path', value: target.fhirUrl }
  const group: readonly PreflightCause[] =
    levels.includes('group') && target.groupId !== undefined
      ? [{ kind: 'no-such-group', value: target.groupId }]
      : []
  const status = exchange.response?.status
  const names = [...new Set(levels.flatMap((it) => Object.keys(baselineAt(target, it))))]
  const baseline: PreflightCause = { kind: 'baseline', names }
  if (status !== 401 && status !== 403 && status !== 404) return [baseline]
  if (status === 404) {
    const level: readonly PreflightCause[] =
      undeclared.length > 0 ? [{ kind: 'level-not-offered', levels: undeclared }] : []
    const others = levels.some((it) => it !== 'group')
      ? [...level, path, ...group]
      : [...group, ...level, path]
    return names.includes('patient') ? [...others, baseline] : others
  }
  if (authorization.kind === 'none') return [{ kind: 'no-authorization' }]
  if (authorization.kind === 'basic') return [{ kind: 'wrong-secret' }, { kind: 'no-permission' }, ...group]
  if (authorization.kind === 'bearer') return [{ kind: 'wrong-token' }, { kind: 'no-permission' }, ...group]
  const { scope: value, tokenUrl } = authorization
  const scope: PreflightCause = { kind: 'scope', value, ...(granted === undefined ? {} : { granted }) }
  if (status === 401)
    return [
      ...(tokenUrl === undefined ? [] : [{ kind: 'wrong-token-url', value: tokenUrl } as const]),
      tokenFieldsCause(authorization),
      scope,
    ]
  return [scope, { kind: 'no-permission' }, ...group]
}
