import type { Plan, PlannedClaim, PlannedProbe, PlannedTest, ProbeKey } from '../model/plan.ts'
import { kindOf, type Readings } from './files.ts'
import type { Words } from './perform.ts'
import { pickerNamed, referencesIn } from './resolve.ts'

/** How a plan is shared: whose files several machines take their parts of, and what is left to be judged when all have. */
export interface SharedPlan {
  readonly shared: ReadonlySet<ProbeKey>
  /** Further probes whose files are needed for that. */
  readonly wanted: ReadonlySet<ProbeKey>
  /** Tests that wait for the files of all machines. */
  readonly open: ReadonlySet<PlannedTest>
}

/**
 * What machines can share of a plan: exports whose files nobody picks anything from while the run goes on, that no probe deletes, and whose tests do
 * without ids of patients, since parts hold none.
 */
export function sharedPlan(plan: Plan, readings: Readings, words: Words): SharedPlan {
  const deleted = new Set(plan.probes.flatMap(deletedBy))
  const private_ = new Set(
    plan.tests.filter((it) => isPrivate(it, words)).flatMap((it) => [...filesNeededBy(it)]),
  )
  const isRead = (key: ProbeKey) => readings.indexed.has(key) || readings.lines.has(key)
  const shared = new Set(
    plan.probes.flatMap((it) =>
      it.kind === 'export' &&
      it.intent.upTo === 'files' &&
      it.intent.delete === undefined &&
      it.during.length === 0 &&
      isRead(it.key) &&
      ![readings.picked, deleted, private_].some((set) => set.has(it.key))
        ? [it.key]
        : [],
    ),
  )
  const open = new Set(plan.tests.filter((it) => [...filesNeededBy(it)].some((key) => shared.has(key))))
  const wanted = [...open].flatMap((it) => [...filesNeededBy(it)])
  return { shared, wanted: new Set(wanted.filter((key) => !shared.has(key) && isRead(key))), open }
}

function deletedBy(probe: PlannedProbe): readonly ProbeKey[] {
  if (probe.kind !== 'request' || probe.spec.delete === undefined) return []
  return referencesIn(probe.spec.delete).map(({ from }) => from)
}

/** Probes whose files a test is about. */
function filesNeededBy(test: PlannedTest): ReadonlySet<ProbeKey> {
  if (test.notApplicable) return new Set()
  return new Set(
    claimsOf(test).flatMap((it) => [
      ...(kindOf(it.part) || it.part === 'index' || it.part === 'files' ? [it.probe] : []),
      ...referencesIn(it.expect).flatMap(({ from, pick }) => (pick === undefined ? [from] : [])),
    ]),
  )
}

function isPrivate(test: PlannedTest, { picks }: Words): boolean {
  return claimsOf(test)
    .flatMap((it) => referencesIn(it.expect))
    .some(({ pick }) => pick !== undefined && pickerNamed(picks, pick).sensitive === true)
}

function claimsOf(test: PlannedTest): readonly PlannedClaim[] {
  return [test.claim, ...test.given]
}
