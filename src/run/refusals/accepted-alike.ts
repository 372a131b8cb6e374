import type { Picker } from '../../checks/check.ts'
import type { Evidence, ExportEvidence } from '../../model/evidence.ts'
import { requestOutcomeOf } from '../../model/export/failure.ts'
import type { Exchange } from '../../model/http/exchange.ts'
import { isRefusal, isSuccess } from '../../model/http/status.ts'
import type { PlannedProbe, ProbeKey } from '../../model/plan.ts'
import type { Reason, RequestKind } from '../../model/reason.ts'
import { subjectOf } from '../claim-subject.ts'
import { type LikeRequest, refusalDoubt, type SentAt } from './refusal-doubt.ts'
import { refusedKickoffs } from './refused-kickoffs.ts'
import { isCorrectRequest, requestKindOf } from './request-kinds.ts'

/** What was gathered of the probes of a plan and of the controls that were repeated. */
export interface Gathered {
  readonly probes: ReadonlyMap<ProbeKey, PlannedProbe>
  readonly evidence: ReadonlyMap<ProbeKey, Evidence>
  readonly exchanges: readonly Exchange[]
  readonly picks: readonly Picker[]
}

/** The requests of each kind that were accepted, and correct ones that were refused. */
export type LikeRequests = (kind: RequestKind) => readonly LikeRequest[]

interface SentRequest {
  readonly kind: RequestKind
  readonly exchange: Exchange
  /** Every server has to accept it. */
  readonly isCorrect?: boolean
}

/** The requests of each kind that a run has so far. */
export function likeRequestsIn(gathered: Gathered): LikeRequests {
  const found = new Map<string, readonly LikeRequest[]>()
  return (kind) => {
    const name = nameOf(kind)
    const list = found.get(name) ?? likeRequestsNamed(name, gathered)
    found.set(name, list)
    return list
  }
}

function likeRequestsNamed(name: string, gathered: Gathered): readonly LikeRequest[] {
  const list: LikeRequest[] = []
  for (const [key, brought] of gathered.evidence)
    list.push(...(likeRequestsOf(key, brought, gathered).get(name) ?? []))
  if (name !== 'delete') return list
  for (const exchange of gathered.exchanges)
    if (exchange.request.method === 'DELETE')
      list.push(...likeRequest({ kind: { requests: 'delete' }, exchange }))
  return list
}

type LikeRequestsByName = ReadonlyMap<string, readonly LikeRequest[]>

/** What is found in evidence is found once: a run asks after each refusal. */
const foundBefore = new WeakMap<Evidence, LikeRequestsByName>()

function likeRequestsOf(key: ProbeKey, brought: Evidence, gathered: Gathered): LikeRequestsByName {
  const known = foundBefore.get(brought)
  if (known) return known
  const found = new Map<string, LikeRequest[]>()
  for (const sent of requestsOf(key, brought, gathered)) {
    const name = nameOf(sent.kind)
    found.set(name, [...(found.get(name) ?? []), ...likeRequest(sent)])
  }
  foundBefore.set(brought, found)
  return found
}

function likeRequest({ exchange, isCorrect }: SentRequest): readonly LikeRequest[] {
  const status = exchange.response?.status
  const accepted = isSuccess(status)
  // Throttling does not say what the server thinks of a request.
  const isWronged = isCorrect && status !== undefined && isRefusal(status) && status !== 429
  if (!accepted && !isWronged) return []
  return [{ accepted, ...sentAt(exchange), outcome: requestOutcomeOf(exchange) }]
}

function sentAt({ number, startedAt }: Exchange): SentAt {
  return { exchange: number, startedAt }
}

function nameOf(kind: RequestKind): string {
  return kind.requests === 'kick-off' ? `${kind.requests}@${kind.level}` : kind.requests
}

function requestsOf(
  key: ProbeKey,
  brought: Evidence,
  { probes, exchanges, picks }: Gathered,
): readonly SentRequest[] {
  const probe = probes.get(key)
  if (brought.probe === 'request' || brought.probe === 'token') {
    const exchange = brought.exchanges.at(-1)
    const kind = probe && requestKindOf(probe, 'response', picks)
    // Deletions are found whoever made them.
    if (!exchange || !kind || kind.requests === 'delete') return []
    const isToken = probe.kind === 'token' && isCorrectRequest(probe, kind, picks)
    return [{ kind, exchange, isCorrect: isToken || probe?.repeats === true }]
  }
  if (brought.probe !== 'export' || brought.export.state === 'requested') return []
  const it = brought.export
  const kind: RequestKind = { requests: 'kick-off', level: brought.sent.level }
  const isCorrect = probe !== undefined && isCorrectRequest(probe, kind, picks)
  const downloads = subjectOf(brought, 'files', { label: '', all: exchanges })
  const polls = 'polls' in it ? it.polls : []
  const again = it.state === 'complete' && it.completionAgain ? [it.completionAgain] : []
  return [
    { kind, exchange: it.kickoff, isCorrect },
    ...[...polls, ...again].map((exchange) => ({ kind: { requests: 'status' } as const, exchange })),
    ...(downloads.is === 'exchanges' ? downloads.exchanges : []).map((exchange) => ({
      kind: { requests: 'file' } as const,
      exchange,
    })),
  ]
}

/** Why refusals in one part of a probe's evidence show nothing; `undefined` if each stands between two accepted requests like it. */
export function doubtAbout(
  probe: PlannedProbe,
  part: string,
  { probes, evidence, exchanges, picks, like }: Gathered & { readonly like: LikeRequests },
): Reason | undefined {
  const brought = evidence.get(probe.key)
  const kind = requestKindOf(probe, part, picks)
  if (!brought || !kind) return undefined
  const refusals = () => refusedKickoffs(probe.key, { probes, evidence })
  const subject = subjectOf(brought, part, { label: probe.label, all: exchanges, refusals })
  if (subject.is !== 'exchanges') return undefined
  const own = ownDeletion(probe, brought, part, exchanges)
  const doubts = subject.exchanges
    .filter(({ response }) => response && isRefusal(response.status))
    .map(({ number, startedAt }) => {
      const of = isKickoffOf(brought, number)
        ? { requests: 'kick-off' as const, level: brought.sent.level }
        : kind
      return refusalDoubt(
        { exchange: number, startedAt },
        of,
        own.length > 0 ? [...like(of), ...own] : like(of),
      )
    })
  return doubts.find((it) => it !== undefined)
}

/** The outcome of an export is the response to its kick-off request if that was refused. */
function isKickoffOf(brought: Evidence, exchange: number): brought is ExportEvidence {
  return (
    brought.probe === 'export' && 'kickoff' in brought.export && brought.export.kickoff.number === exchange
  )
}

/** A delete request that the server accepted at the location that is asked about afterwards. */
function ownDeletion(
  probe: PlannedProbe,
  brought: Evidence,
  part: string,
  exchanges: readonly Exchange[],
): readonly LikeRequest[] {
  const deletion =
    part === 'after-deletion' && brought.probe === 'export' && brought.export.state === 'deleted'
      ? brought.export.deletion
      : probe.kind === 'request' && probe.spec.when === 'deleted' && brought.probe === 'request'
        ? deletionOf(brought.exchanges.at(-1)?.request.url, exchanges)
        : undefined
  if (!deletion || !isSuccess(deletion.response?.status)) return []
  return [{ accepted: true, ...sentAt(deletion), outcome: requestOutcomeOf(deletion) }]
}

/** The first delete request at a URL. */
function deletionOf(url: string | undefined, exchanges: readonly Exchange[]): Exchange | undefined {
  return exchanges.find(({ request }) => request.method === 'DELETE' && request.url === url)
}
