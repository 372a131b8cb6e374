import type { Evidence } from '../../model/evidence.ts'
import type { PlannedProbe, ProbeKey } from '../../model/plan.ts'
import type { PreflightProblem } from '../../model/preflight.ts'
import { type ExportLevel, exportLevels, type Target } from '../../model/target.ts'
import { isPlainExport } from '../../suite/planning/feature-probes.ts'
import { probeFailure } from '../claim-subject.ts'
import { readsCapabilityStatement } from '../features/offered-features.ts'
import type { Reason } from '../../model/reason.ts'
import { preflightReason } from './wrong-setting.ts'

/** Probes of a plan that tell whether anything can be tested. */
export interface FirstProbes {
  readonly discovery?: PlannedProbe
  readonly token?: PlannedProbe
  readonly metadata?: PlannedProbe
  /** A plain export at each level, the cheapest that the plan has. */
  readonly kickoffs: ReadonlyMap<ExportLevel, PlannedProbe>
}

/** The probes of a plan that come first. They are part of it: nothing is sent only for them. */
export function firstProbesOf(probes: readonly PlannedProbe[]): FirstProbes {
  const get = (path: string) =>
    probes.find((it) => it.kind === 'request' && it.spec.get === path && !it.spec.headers)
  const token = probes.find((it) => it.kind === 'token' && Object.keys(it.spec).length === 0)
  const discovery = get('.well-known/smart-configuration')
  const metadata = probes.find(readsCapabilityStatement)
  return {
    ...(discovery ? { discovery } : {}),
    ...(token ? { token } : {}),
    ...(metadata ? { metadata } : {}),
    kickoffs: new Map(
      exportLevels.flatMap((level) => {
        const plain = probes.filter((it) => isPlainExport(it, level))
        const first = plain.find(({ intent }) => intent.upTo === 'kickoff') ?? plain[0]
        return first ? [[level, first] as const] : []
      }),
    ),
  }
}

/** Those probes in the order in which each says whether the next can succeed. */
export function orderOfFirstProbes(first: FirstProbes): readonly PlannedProbe[] {
  const { discovery, token, metadata, kickoffs } = first
  return [discovery, token, metadata, ...kickoffs.values()].filter((it) => it !== undefined)
}

/** Why a probe cannot succeed after a refusal at first contact; `undefined` if it does not depend on what was refused. */
export function preflightReasonFor(
  probe: PlannedProbe,
  problems: readonly PreflightProblem[],
  { probes, target }: { readonly probes: ReadonlyMap<ProbeKey, PlannedProbe>; readonly target: Target },
): Reason | undefined {
  const found = problems.find((it) => {
    if (it.step === 'base') return true
    if (it.step !== 'kick-off') return target.authorization.kind !== 'none' && needsCredentials(probe)
    if (levelsOf(probe, probes).some((level) => it.levels?.includes(level))) return true
    return refusesCredentials(it, target) && probe.kind === 'request' && needsCredentials(probe)
  })
  return found && preflightReason(found)
}

/** Whether a client that is refused at every level is one that the server may not answer anything else either. */
function refusesCredentials({ levels = [], outcome }: PreflightProblem, target: Target): boolean {
  const isIdentity = outcome.status === 401 || outcome.status === 403
  return isIdentity && target.levels.every((it) => levels.includes(it))
}

/** What is asked for without credentials, and needs nothing before it, is public. */
function needsCredentials(probe: PlannedProbe): boolean {
  return probe.kind !== 'request' || probe.spec.authorization !== 'none' || probe.after.length > 0
}

function levelsOf(probe: PlannedProbe, probes: ReadonlyMap<ProbeKey, PlannedProbe>): readonly ExportLevel[] {
  const before = probe.after.flatMap((key) => probes.get(key) ?? [])
  const own = probe.kind === 'export' ? [probe.spec.level] : []
  return [...own, ...before.flatMap((it) => levelsOf(it, probes))]
}

/** Why nothing can be concluded from a probe: its control, or the plain export of its level, has failed. `undefined` if that is not known. */
export function baselineFailure(
  probe: PlannedProbe,
  probes: ReadonlyMap<ProbeKey, PlannedProbe>,
  evidence: ReadonlyMap<ProbeKey, Evidence>,
): Reason | undefined {
  const plain = probe.kind === 'export' ? plainExportAt(probe.spec.level, probes) : undefined
  for (const key of [probe.control, plain]) {
    const brought = key === undefined || key === probe.key ? undefined : evidence.get(key)
    const failure = key && brought && probeFailure(brought, probes.get(key)?.label ?? key)
    if (failure) return failure
  }
  return overdueFailure(probe, plain, { probes, evidence })
}

/** Where the plain export of a level did not complete in time, another one that is waited for would cost that time again. */
function overdueFailure(
  probe: PlannedProbe,
  plain: ProbeKey | undefined,
  known: {
    readonly probes: ReadonlyMap<ProbeKey, PlannedProbe>
    readonly evidence: ReadonlyMap<ProbeKey, Evidence>
  },
): Reason | undefined {
  if (plain === undefined || plain === probe.key || probe.kind !== 'export') return undefined
  if (probe.intent.upTo === 'kickoff') return undefined
  const brought = known.evidence.get(plain)
  if (brought?.probe !== 'export' || brought.export.state !== 'overdue') return undefined
  const label = known.probes.get(plain)?.label ?? plain
  return { kind: 'not-completed', probe: label, ending: { overdue: brought.export.overdue } }
}

/** The plain export that others have as their control. */
export function plainExportAt(
  level: ExportLevel,
  probes: Pick<ReadonlyMap<ProbeKey, PlannedProbe>, 'has'>,
): ProbeKey | undefined {
  const key = `export ${JSON.stringify({ level })}`
  return probes.has(key) ? key : undefined
}
