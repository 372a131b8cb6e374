import { evidencePart } from '../../model/parts.ts'
import type { Plan, PlannedClaim, PlannedProbe, PlannedTest, ProbeKey } from '../../model/plan.ts'
import type { FileReadPlan } from '../probe-files.ts'
import { probeReferencesIn } from '../../suite/probe-references.ts'
import { pickerNamed } from '../resolve-references.ts'
import type { VocabularyIndex } from '../vocabulary-index.ts'

/** How a plan is shared: whose files several machines take their parts of, and what is left to be judged when all have. */
export interface ShardPlan {
  readonly sharedProbes: ReadonlySet<ProbeKey>
  /** Further probes whose files are needed for that. */
  readonly neededProbes: ReadonlySet<ProbeKey>
}

/**
 * What machines can share of a plan: exports whose files nobody picks anything from while the run goes on, that no probe deletes, and whose tests do
 * without ids of patients, since parts hold none.
 */
export function shardPlanOf(plan: Plan, readings: FileReadPlan, words: VocabularyIndex): ShardPlan {
  const deleted = new Set(plan.probes.flatMap(probesDeletedBy))
  const private_ = new Set(
    plan.tests.filter((it) => needsPatientIds(it, words)).flatMap((it) => [...filesNeededBy(it)]),
  )
  // The run could not go on before all machines had compared them.
  const deciding = new Set(plan.featureProbes?.flatMap((it) => [it.probe, it.plain ?? it.probe]))
  const isRead = (key: ProbeKey) => readings.indexedProbes.has(key) || readings.lineClaims.has(key)
  const shared = new Set(
    plan.probes.flatMap((it) =>
      it.kind === 'export' &&
      it.intent.upTo === 'files' &&
      it.intent.delete === undefined &&
      it.during.length === 0 &&
      isRead(it.key) &&
      ![readings.pickedProbes, deleted, private_, deciding].some((set) => set.has(it.key))
        ? [it.key]
        : [],
    ),
  )
  const open = pendingTestsOf(plan, shared)
  const wanted = [...open].flatMap((it) => [...filesNeededBy(it)])
  return {
    sharedProbes: shared,
    neededProbes: new Set(wanted.filter((key) => !shared.has(key) && isRead(key))),
  }
}

/** Tests of a plan, or of what is left of it, that wait for files that are shared. */
export function pendingTestsOf(
  { tests }: Pick<Plan, 'tests'>,
  shared: ReadonlySet<ProbeKey>,
): ReadonlySet<PlannedTest> {
  return new Set(tests.filter((it) => [...filesNeededBy(it)].some((key) => shared.has(key))))
}

function probesDeletedBy(probe: PlannedProbe): readonly ProbeKey[] {
  if (probe.kind !== 'request' || probe.spec.delete === undefined) return []
  return probeReferencesIn(probe.spec.delete).map(({ from }) => from)
}

/** Probes whose files a test is about. */
function filesNeededBy(test: PlannedTest): ReadonlySet<ProbeKey> {
  if (test.notApplicable || test.undecided) return new Set()
  return new Set(
    claimsOf(test).flatMap((it) => [
      ...(evidencePart(it.part)?.upTo === 'files' ? [it.probe] : []),
      ...probeReferencesIn(it.expect).flatMap(({ from, pick }) => (pick === undefined ? [from] : [])),
    ]),
  )
}

function needsPatientIds(test: PlannedTest, { picks }: VocabularyIndex): boolean {
  return claimsOf(test)
    .flatMap((it) => probeReferencesIn(it.expect))
    .some(({ pick }) => pick !== undefined && pickerNamed(picks, pick).sensitive === true)
}

function claimsOf(test: PlannedTest): readonly PlannedClaim[] {
  return [test.claim, ...test.given]
}
