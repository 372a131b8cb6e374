import type { FeatureProbe, Plan, PlannedProbe, ProbeKey } from '../../model/plan.ts'
import { type ClaimedFeature, claimableFeatures, isMandatory, type Target } from '../../model/target.ts'
import type { Reason } from '../../model/reason.ts'
import type { FeatureSource, TestedFeature } from '../../model/tested-setting.ts'
import { type FoundFeatures, narrowPlan, probesWithNeeds } from '../../suite/planning/narrow-plan.ts'
import { capabilityStatementOf } from './capability-statement.ts'
import { requestOutcomeOf } from '../../model/export/failure.ts'
import type { Judging } from '../judging.ts'
import {
  declaredFeatures,
  type FeatureFinding,
  featureProbesShowing,
  readsCapabilityStatement,
  refusalOf,
  shownByEffect,
  shownByManifest,
  shownByPreference,
  shownByValues,
} from './offered-features.ts'
import { resolveReferences } from '../resolve-references.ts'
import { vocabularyIndex } from '../vocabulary-index.ts'

/** What was found out about features that nobody claimed. */
export interface FeatureSearch {
  readonly found: FoundFeatures
  readonly declared: ReadonlySet<ClaimedFeature>
}

/** What was found out about features, as JSON. */
export interface RecordedFeatures {
  readonly found: readonly (readonly [ClaimedFeature, FeatureFinding])[]
  readonly declared: readonly ClaimedFeature[]
}

/** The same as JSON. */
export function recordedFeatures({ found, declared }: FeatureSearch): RecordedFeatures {
  return { found: [...found], declared: [...declared] }
}

/** Performs some probes of a plan, those among them that were not performed before. */
export type PerformProbes = (probes: readonly PlannedProbe[]) => Promise<void>

/** Finds out which features the server offers, with as few of the plan's probes as decide it. */
export async function findFeatures(judging: Judging, perform: PerformProbes): Promise<FeatureSearch> {
  const { plan } = judging
  const { featureProbes = [] } = plan
  await performWithNeeds(plan, plan.probes.filter(readsCapabilityStatement).slice(0, 1), perform)
  const declared = declaredFeatures(capabilityStatementOf(judging.evidence.values()))
  const found = new Map<ClaimedFeature, FeatureFinding>()
  await performTogether(
    judging,
    featureProbes.filter((it) => !declared.has(it.feature)),
    perform,
  )
  for (const feature of new Set(featureProbes.map((it) => it.feature)))
    found.set(
      feature,
      declared.has(feature) ? 'offered' : await findFeature({ judging, perform, featureProbes }, feature),
    )
  return { found, declared }
}

/** Performs what decides about several features, so that exports can run side by side. */
async function performTogether(
  { plan, evidence }: Judging,
  featureProbes: readonly FeatureProbe[],
  perform: PerformProbes,
): Promise<void> {
  const plain = new Set(featureProbes.map((it) => it.plain))
  await performWithNeeds(
    plan,
    plan.probes.filter((it) => plain.has(it.key)),
    perform,
  )
  const isPossible = ({ plain: key = '' }: FeatureProbe) => refusalOf(evidence.get(key)) === undefined
  const deciding = featureProbes.filter((it) => it.shows !== 'refusal' && (!it.plain || isPossible(it)))
  const keys = new Set(deciding.map((it) => it.probe))
  await performWithNeeds(
    plan,
    plan.probes.filter((it) => keys.has(it.key)),
    perform,
  )
}

interface SearchContext {
  readonly judging: Judging
  readonly perform: PerformProbes
  readonly featureProbes: readonly FeatureProbe[]
}

async function findFeature(
  { judging, perform, featureProbes }: SearchContext,
  feature: ClaimedFeature,
): Promise<FeatureFinding> {
  const { plan, evidence } = judging
  const performed = async (probe: ProbeKey, kickOffOnly = false) => {
    const planned = plan.probes.filter((it) => it.key === probe)
    await performWithNeeds(plan, kickOffOnly ? planned.map(onlyKickOff) : planned, perform)
    return refusalOf(evidence.get(probe))
  }
  const [first] = featureProbes.filter((it) => it.feature === feature)
  const broken = first?.plain && (await performed(first.plain))
  if (broken) return typeof broken === 'object' ? broken : refusedExport(judging, first.plain ?? '')
  const showing = (shows: FeatureProbe['shows']) => featureProbesShowing(featureProbes, feature, shows)
  const [accepted] = showing('accepted')
  if (accepted) return (await performed(accepted.probe)) ?? 'offered'
  const [applied] = showing('applied')
  if (applied) return (await performed(applied.probe)) ?? shownByPreference(evidence.get(applied.probe))
  const [organized] = showing('manifest')
  if (organized) return (await performed(organized.probe)) ?? shownByManifest(evidence.get(organized.probe))
  const values = showing('values')
  if (values.length > 0) {
    const refusals: Awaited<ReturnType<typeof performed>>[] = []
    for (const it of values) refusals.push(await performed(it.probe))
    return shownByValues(refusals)
  }
  const [effect] = showing('effect')
  const [refusal] = showing('refusal')
  if (!effect) return { kind: 'feature-unknown', feature }
  const refused = await performed(effect.probe)
  if (refused !== undefined) {
    // A refused value, such as a type that the server does not have, shows nothing of the feature if another is
    // accepted. Where the data offers nothing to ask for, a server without the feature refuses it all the same.
    if (!refusal) return refused
    const other = await performed(refusal.probe, true)
    if (refused === 'refused') return shownByValues([refused, other])
    return other === 'refused' ? other : refused
  }
  const spec = plan.probes.find((it) => it.key === effect.probe)?.spec
  const parameters = resolveReferences((spec as { parameters?: unknown })?.parameters, judging.source)
  return shownByEffect({
    feature,
    parameters: 'value' in parameters ? (parameters.value as Record<string, unknown>) : {},
    index: judging.source.index(effect.probe),
    plain: judging.source.index(effect.plain ?? ''),
  })
}

function refusedExport({ plan, evidence }: Judging, key: ProbeKey): Reason {
  const brought = evidence.get(key)
  const label = plan.probes.find((it) => it.key === key)?.label ?? key
  return brought?.probe === 'export' && 'kickoff' in brought.export
    ? { kind: 'refused', probe: label, outcome: requestOutcomeOf(brought.export.kickoff) }
    : { kind: 'not-performed', probe: label }
}

function onlyKickOff(probe: PlannedProbe): PlannedProbe {
  return probe.kind === 'export'
    ? { ...probe, intent: { ...probe.intent, upTo: 'kickoff', again: false } }
    : probe
}

/** Performs probes as they are given, after those that they need. */
async function performWithNeeds(
  { probes }: Plan,
  wanted: readonly PlannedProbe[],
  perform: PerformProbes,
): Promise<void> {
  const needed = probesWithNeeds(
    wanted.flatMap((it) => it.after),
    probes,
  )
  await perform([...probes.filter((it) => needed.has(it.key)), ...wanted])
}

/** The same judging of what is left to test; all of it where there was nothing to find out. */
export function narrowJudging(judging: Judging, features: FeatureSearch | undefined): Judging {
  return features
    ? { ...judging, plan: narrowPlan(judging.plan, features.found, vocabularyIndex.picks) }
    : judging
}

/** Every feature, and where a run learned whether the target offers it. */
export function testedFeatures(target: Target, search?: FeatureSearch): readonly TestedFeature[] {
  return claimableFeatures.map((name) => ({ name, learned: learnedFrom(name, target, search) }))
}

function learnedFrom(name: ClaimedFeature, target: Target, search: FeatureSearch | undefined): FeatureSource {
  if (target.supports.includes(name)) return 'claimed'
  if (isMandatory(target, name)) return 'mandatory'
  const finding = search?.found.get(name)
  if (finding === undefined) return 'not-claimed'
  if (finding === 'offered') return search?.declared.has(name) ? 'declared' : 'effect'
  return typeof finding === 'string' ? finding : 'unknown'
}
