import type { Reason, RequestKind, RequestOutcome } from '../../model/reason.ts'

/** When a request was sent: exchanges need not be numbered in the order of time. */
export interface SentAt {
  readonly exchange: number
  /** ISO 8601, UTC. */
  readonly startedAt: string
}

/** A request that the server accepted, or a correct one that it refused. */
export interface LikeRequest extends SentAt {
  readonly accepted: boolean
  readonly outcome: RequestOutcome
}

/** Why the refusal of a request shows nothing about it; `undefined` if the nearest like requests before and after it were accepted. */
export function refusalDoubt(
  refused: SentAt,
  kind: RequestKind,
  like: readonly LikeRequest[],
): Reason | undefined {
  const nearest = (sign: 1 | -1) => {
    let found: LikeRequest | undefined
    for (const it of like) {
      if (sign * compareTime(it, refused) <= 0) continue
      if (!found || sign * compareTime(it, found) < 0) found = it
    }
    return found
  }
  const before = nearest(-1)
  const after = nearest(1)
  const wrong = [before, after].find((it) => it?.accepted === false)
  if (wrong) return { kind: 'refused-alike', ...kind, outcome: wrong.outcome }
  if (before && after) return undefined
  // The exchange is that of the nearest one accepted, so that all refusals beyond it have one cause.
  if (before) return { kind: 'none-accepted', ...kind, side: 'after', exchange: before.outcome.exchange }
  return {
    kind: 'none-accepted',
    ...kind,
    ...(after ? { side: 'before', exchange: after.outcome.exchange } : {}),
  }
}

function compareTime(a: SentAt, b: SentAt): number {
  if (a.startedAt === b.startedAt) return a.exchange - b.exchange
  return a.startedAt < b.startedAt ? -1 : 1
}
