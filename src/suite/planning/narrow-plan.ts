import type { Picker } from '../../checks/check.ts'
import {
  needsProbes,
  type Plan,
  type PlannedProbe,
  type PlannedTest,
  type ProbeKey,
} from '../../model/plan.ts'
import type { Reason } from '../../model/reason.ts'
import type { ClaimedFeature } from '../../model/target.ts'
import { deeper, probesReadBy, usesOf } from './probes.ts'

/** Whether a feature is offered, or the reason why nobody can tell. */
export type FoundFeatures = ReadonlyMap<ClaimedFeature, 'offered' | 'refused' | 'ignored' | Reason>

/** The rest of a plan once it is known what a server offers: tests that do not apply, and no probe that only they read. */
export function narrowPlan(plan: Plan, found: FoundFeatures, picks: readonly Picker[]): Plan {
  const tests = plan.tests.map((test) => ({ ...test, ...conclusion(test, found) }))
  const alive = tests.filter(needsProbes)
  return { ...plan, tests, probes: neededProbes(alive, plan.probes, picks) }
}

function conclusion(
  { awaits, undecided }: PlannedTest,
  found: FoundFeatures,
): Pick<PlannedTest, 'notApplicable' | 'undecided'> {
  if (!awaits) return {}
  for (const feature of awaits.requires) {
    const how = found.get(feature)
    // Nobody asked for its feature.
    if (how === undefined && undecided) return {}
    if (how === undefined) return { notApplicable: { kind: 'feature-missing', feature } }
    if (how === 'refused' || how === 'ignored')
      return { notApplicable: { kind: 'feature-not-offered', feature, how } }
  }
  const offered = awaits.unless.find((it) => found.get(it) === 'offered')
  if (offered) return { notApplicable: { kind: 'feature-offered', feature: offered } }
  for (const feature of [...awaits.requires, ...awaits.unless]) {
    const how = found.get(feature)
    if (typeof how === 'object') return { undecided: how }
  }
  return {}
}

function neededProbes(
  tests: readonly PlannedTest[],
  probes: readonly PlannedProbe[],
  picks: readonly Picker[],
): readonly PlannedProbe[] {
  const claims = tests.flatMap((it) => [it.claim, ...it.given])
  const needed = probesWithNeeds(probesReadBy(claims), probes)
  const order = probes.filter((it) => needed.has(it.key))
  const uses = usesOf(claims, order, picks)
  return order.map((probe): PlannedProbe => {
    const use = uses.get(probe.key)
    if (probe.kind === 'token' || probe.kind === 'connection' || !use) return probe
    if (probe.kind === 'request') return { ...probe, spooled: use.spooled }
    const upTo = probe.spec.delete === 'complete' ? deeper(use.upTo, 'completion') : use.upTo
    return {
      ...probe,
      intent: { ...probe.intent, upTo, again: use.again },
      during: probe.during.filter((it) => needed.has(it)),
    }
  })
}

/** Probes, and all that have to be performed before them. */
export function probesWithNeeds(
  keys: readonly ProbeKey[],
  probes: readonly PlannedProbe[],
): ReadonlySet<ProbeKey> {
  const known = new Map(probes.map((it) => [it.key, it]))
  const needed = new Set<ProbeKey>()
  const add = (key: ProbeKey): void => {
    if (needed.has(key)) return
    needed.add(key)
    for (const other of known.get(key)?.after ?? []) add(other)
  }
  for (const key of keys) add(key)
  return needed
}
