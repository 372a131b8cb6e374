import type { Picker } from '../../checks/check.ts'
import type { PlannedProbe } from '../../model/plan.ts'
import type { RequestKind } from '../../model/reason.ts'
import type { RequestProbe } from '../../model/suite.ts'
import { exportDeviates, tokenDeviates } from '../../suite/planning/probe-keys.ts'

/** What the requests of one part of a probe's evidence ask for; `undefined` if nothing is like them. */
export function requestKindOf(
  probe: PlannedProbe,
  part: string,
  picks: readonly Picker[],
): RequestKind | undefined {
  if (probe.kind === 'token') return { requests: 'token' }
  if (probe.kind === 'connection') return undefined
  if (probe.kind === 'request') return kindOfRequest(probe.spec, picks)
  switch (part) {
    case 'kickoff':
    case 'job':
    case 'refusals':
      return { requests: 'kick-off', level: probe.spec.level }
    case 'deletion':
    case 'second-deletion':
      return { requests: 'delete' }
    case 'files':
      return { requests: 'file' }
    case 'throttled':
      // Throttling is the protocol's own means, not a refusal.
      return undefined
    default:
      return { requests: 'status' }
  }
}

function kindOfRequest(spec: RequestProbe, picks: readonly Picker[]): RequestKind | undefined {
  if (spec.delete !== undefined) return { requests: 'delete' }
  const pick = askedPick(spec, picks)
  const urlOf = pick && (picks.find((it) => it.name === pick.alters) ?? pick).urlOf
  return urlOf && { requests: urlOf }
}

function askedPick({ get }: RequestProbe, picks: readonly Picker[]): Picker | undefined {
  return typeof get === 'object' ? picks.find((it) => it.name === get.pick) : undefined
}

/** Whether a probe makes a request of some kind that every server has to accept, if it is performed. */
export function isCorrectRequest(probe: PlannedProbe, kind: RequestKind, picks: readonly Picker[]): boolean {
  if (probe.kind === 'token') return kind.requests === 'token' && !tokenDeviates(probe.spec)
  if (probe.kind === 'connection') return false
  if (probe.kind === 'request') {
    const { authorization, when } = probe.spec
    if (authorization !== undefined || when === 'deleted' || askedPick(probe.spec, picks)?.alters)
      return false
    return kindOfRequest(probe.spec, picks)?.requests === kind.requests
  }
  switch (kind.requests) {
    case 'kick-off':
      return probe.spec.level === kind.level && !exportDeviates(probe.spec)
    case 'delete':
      // Every job is deleted in the end.
      return !exportDeviates(probe.spec)
    case 'status':
      return probe.intent.upTo !== 'kickoff'
    default:
      return kind.requests === 'file' && probe.intent.upTo === 'files'
  }
}
