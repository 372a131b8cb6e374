import type { PlannedClaim, PlannedTest, ProbeKey } from '../../model/plan.ts'
import type { Reason } from '../../model/reason.ts'
import {
  type Requirement,
  type SupportedRelease,
  appliesTo,
  appliesToSmart,
  smartReleaseOf,
} from '../../model/requirement.ts'
import type { ExportProbe, Test } from '../../model/suite.ts'
import {
  baselineAt,
  type ClaimedFeature,
  type ExportLevel,
  type Feature,
  type Target,
  exportLevels,
  isToBeFound,
  offers,
} from '../../model/target.ts'
import type { ProbeDrafts } from './probe-drafts.ts'
import { probeReferencesIn } from '../probe-references.ts'

/** What decides whether a test applies. */
export interface TestConditions {
  readonly requirement: Requirement
  readonly level: ExportLevel | undefined
  readonly requires: readonly Feature[]
  readonly unless: readonly Feature[]
  readonly claims: readonly PlannedClaim[]
}

/** Why a test does not apply to a target; `undefined` if it does. */
export function notApplicableReason(
  it: TestConditions,
  {
    target,
    release,
    drafts,
  }: { readonly target: Target; readonly release: SupportedRelease; readonly drafts: ProbeDrafts },
): Reason | undefined {
  if (!appliesTo(it.requirement, release)) return releaseReason(it.requirement, release)
  const smart = target.smart ?? smartReleaseOf(release)
  if (!appliesToSmart(it.requirement, smart))
    return { kind: 'other-smart-release', release: smart, ...it.requirement.smart }
  const exports = exportsBehind(it.claims, drafts)
  const used = new Set([...(it.level ? [it.level] : []), ...exports.map((one) => one.level)])
  const unclaimed = exportLevels.find((level) => used.has(level) && !target.levels.includes(level))
  if (unclaimed) return { kind: 'level-not-claimed', level: unclaimed }
  const lacking = it.requires.find((feature) => !offers(target, feature) && !isToBeFound(target, feature))
  if (lacking) return { kind: 'feature-missing', feature: lacking }
  const offered = it.unless.find((feature) => offers(target, feature))
  if (offered) return { kind: 'feature-offered', feature: offered }
  // An export of a Group that it names itself has the export of the configured one as its control.
  const nameless = target.groupId === undefined && exports.some((one) => one.level === 'group')
  return nameless ? { kind: 'no-group' } : undefined
}

/** Why the baseline of a target leaves a test undecided; `undefined` if it does not. */
export function narrowedReason(
  { undecidedIfNarrowedBy = [] }: Pick<Test, 'undecidedIfNarrowedBy'>,
  claims: readonly PlannedClaim[],
  { target, drafts }: { readonly target: Target; readonly drafts: ProbeDrafts },
): Reason | undefined {
  const narrowing = exportsBehind(claims, drafts).map((it) => baselineAt(target, it.level))
  const by = undecidedIfNarrowedBy.filter((name) => narrowing.some((it) => name in it))
  return by.length > 0 ? { kind: 'narrowed', by } : undefined
}

/** Features on which it depends whether a test applies, and that have to be found out; `undefined` if there are none. */
export function awaitedFeatures(
  { requires, unless }: Pick<TestConditions, 'requires' | 'unless'>,
  target: Target,
): PlannedTest['awaits'] {
  const awaits = {
    requires: requires.filter((it) => isToBeFound(target, it)) as ClaimedFeature[],
    unless: unless.filter((it) => isToBeFound(target, it)) as ClaimedFeature[],
  }
  return awaits.requires.length + awaits.unless.length > 0 ? awaits : undefined
}

function releaseReason({ since, until }: Requirement, release: SupportedRelease): Reason {
  return { kind: 'other-release', release, ...(since ? { since } : {}), ...(until ? { until } : {}) }
}

/** Every export that has to be performed for some claims. */
function exportsBehind(
  claims: readonly PlannedClaim[],
  drafts: ProbeDrafts,
): readonly (ExportProbe & { readonly level: ExportLevel })[] {
  const seen = new Set<ProbeKey>()
  const follow = (key: ProbeKey): void => {
    if (seen.has(key)) return
    seen.add(key)
    for (const other of drafts.get(key)?.after ?? []) follow(other)
  }
  for (const claim of claims)
    for (const key of [claim.probe, ...probeReferencesIn(claim.expect).map((it) => it.from)]) follow(key)
  return [...seen].flatMap((key) => {
    const draft = drafts.get(key)
    return draft?.kind === 'export' ? [draft.spec as unknown as ExportProbe & { level: ExportLevel }] : []
  })
}
