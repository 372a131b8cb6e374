import { type NetworkErrorKind, findExchange } from './http/exchange.ts'
import { outcomeOf } from './outcome.ts'
import { exchangesOfReason, mapExchanges, type Reason, reasonKey } from './reason.ts'
import type { RunResult } from './result.ts'

/** Who can do something about a cause: the user's settings, limits that bulkcheck keeps to, waiting longer, or nobody as far as is known. */
export type CauseNature = 'setting' | 'policy' | 'time' | 'unknown'

/** What most inconclusive tests of a result have in common. */
export interface MainCause {
  readonly nature: CauseNature
  readonly reason: Reason
  /** Number of tests that are inconclusive for it, whichever probe and level they are about. */
  readonly tests: number
  /** Number of tests that are inconclusive for any reason. */
  readonly of: number
}

/** From this many inconclusive tests on, a reader needs one cause before the list. */
const many = 10

/** The one cause to look at first; `undefined` where a requirement is broken, something was refused at first contact, or little is inconclusive. */
export function mainCauseOf(result: RunResult): MainCause | undefined {
  const reasons = result.tests.flatMap(({ verdict }) =>
    verdict.is === 'inconclusive' ? [verdict.cause ?? verdict.reason] : [],
  )
  if (outcomeOf(result).kind === 'broken' || result.preflight?.length || reasons.length < many)
    return undefined
  const alike = new Map<string, Reason[]>()
  for (const reason of reasons) {
    const key = kindKey(reason)
    const group = alike.get(key)
    if (group) group.push(reason)
    else alike.set(key, [reason])
  }
  const [most] = [...alike.values()].sort((a, b) => b.length - a.length)
  const [reason] = most ?? []
  if (!most || !reason) return undefined
  return { nature: natureOf(reason, result), reason, tests: most.length, of: reasons.length }
}

/** The same for reasons that differ only in the probe and the exchanges. */
function kindKey(reason: Reason): string {
  const { probe: _, ...rest } = mapExchanges(reason, () => 0) as Reason & { probe?: string }
  return reasonKey(rest as Reason)
}

function natureOf(reason: Reason, { exchanges }: RunResult): CauseNature {
  const isOverdue = 'ending' in reason && reason.ending !== undefined && 'overdue' in reason.ending
  if (isOverdue) return 'time'
  const problems = exchangesOfReason(reason).flatMap((it) => findExchange(exchanges, it)?.networkError ?? [])
  const [problem] = problems
  return (problem && naturesOfProblems[problem]) ?? naturesOfReasons[reason.kind] ?? 'unknown'
}

const naturesOfProblems: Readonly<Partial<Record<NetworkErrorKind, CauseNature>>> = {
  forbidden: 'policy',
  'too-large': 'policy',
  timeout: 'time',
  dns: 'setting',
  tls: 'setting',
}

const naturesOfReasons: Readonly<Partial<Record<Reason['kind'], CauseNature>>> = {
  preflight: 'setting',
  'no-group': 'setting',
  narrowed: 'setting',
  'offer-refused': 'setting',
  'level-unknown': 'setting',
  'disk-full': 'setting',
  'files-not-kept': 'setting',
  'line-too-long': 'policy',
  'lines-not-read': 'policy',
  'not-shared': 'policy',
  'patient-ids-not-recorded': 'policy',
  'token-lives-too-long': 'time',
  'never-running': 'time',
  interrupted: 'time',
  'out-of-time': 'time',
}
