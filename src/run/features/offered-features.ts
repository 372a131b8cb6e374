import { exportFailure, requestOutcomeOf } from '../../model/export/failure.ts'
import { honorsSeparateStatus } from '../../model/export/job-status.ts'
import type { ResourceIndex } from '../../model/fhir/resource-index.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'
import { isGatewayError, isSuccess, isThrottled } from '../../model/http/status.ts'
import type { FeatureProbe, PlannedProbe } from '../../model/plan.ts'
import type { Evidence } from '../../model/evidence.ts'
import type { Reason } from '../../model/reason.ts'
import { type ClaimedFeature, findableFeatures } from '../../model/target.ts'
import type { ResolvedValue } from '../resolve-references.ts'

/** The features that a CapabilityStatement declares, in the documentation of its export operations. Whether this client may read a Group it cannot say. */
export function declaredFeatures(statement: JsonObject | undefined): ReadonlySet<ClaimedFeature> {
  const rests = list(statement?.rest)
  const resources = rests.flatMap((it) => list(it.resource))
  const texts = [...rests, ...resources]
    .flatMap((it) => list(it.operation))
    .filter((it) => /export/.test(`${it.name} ${it.definition}`))
    .flatMap(({ documentation }) => (typeof documentation === 'string' ? [documentation] : []))
  return new Set(findableFeatures.filter((it) => texts.some((text) => namesFeature(text, it))))
}

function list(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** `patient` is a word of every such text: it counts only as one of a list, or as code. */
function namesFeature(text: string, feature: ClaimedFeature): boolean {
  return feature === 'patient'
    ? /`patient`|, patient\b(?= *[,.;]|$)|\bpatient,(?= _)/.test(text)
    : new RegExp(`(?<!\\w)${feature}(?!\\w)`).test(text)
}

/** What the evidence of a feature's probe shows: that the server offers it, refuses it, ignores it, or the reason why it is undecided. */
export type FeatureFinding = 'offered' | 'refused' | 'ignored' | Reason

/** Whether a status speaks of tokens, of load or of a gateway. */
function saysNothing(status: number): boolean {
  return status === 401 || isThrottled(status) || isGatewayError(status)
}

/** What a request shows of a feature by being accepted or not; `undefined` if it was accepted, which says nothing yet. */
export function refusalOf(evidence: Evidence | undefined): 'refused' | Reason | undefined {
  if (!evidence) return { kind: 'interrupted' }
  if (evidence.probe === 'none') return evidence.reason
  const exchange =
    evidence.probe === 'export'
      ? 'kickoff' in evidence.export
        ? evidence.export.kickoff
        : undefined
      : evidence.probe === 'files'
        ? undefined
        : evidence.exchanges.at(-1)
  const status = exchange?.response?.status
  if (exchange === undefined) return { kind: 'no-evidence' }
  if (status === undefined) return { kind: 'no-response', ...requestOutcomeOf(exchange) }
  if (isSuccess(status)) return undefined
  return saysNothing(status) ? { kind: 'refused', outcome: { exchange: exchange.number, status } } : 'refused'
}

/** What an accepted kick-off shows of the preference `separate-export-status`. */
export function shownByPreference(evidence: Evidence | undefined): FeatureFinding {
  return evidence?.probe === 'export' &&
    'kickoff' in evidence.export &&
    honorsSeparateStatus(evidence.export.kickoff)
    ? 'offered'
    : 'ignored'
}

/** What an export shows of a parameter that changes its manifest: items without a type, links, or manifests while it is in progress. */
export function shownByManifest(evidence: Evidence | undefined): FeatureFinding {
  if (evidence?.probe !== 'export') return { kind: 'no-evidence' }
  const it = evidence.export
  if (it.state !== 'complete') return exportFailure(it)
  const output = it.manifest.items.filter(({ kind }) => kind === 'output')
  const isOrganized = output.some(({ type, continuesIn }) => type === undefined || continuesIn !== undefined)
  const isSpread = it.pages !== undefined || it.earlyFiles !== undefined
  return isOrganized || isSpread ? 'offered' : 'ignored'
}

/** What two or more accepted or refused values of a parameter show. */
export function shownByValues(refusals: readonly ReturnType<typeof refusalOf>[]): FeatureFinding {
  const accepted = refusals.includes(undefined)
  const refused = refusals.includes('refused')
  if (accepted) return refused ? 'offered' : 'ignored'
  return refused ? 'refused' : (refusals.find((it) => typeof it === 'object') ?? { kind: 'no-evidence' })
}

/** An export that was asked for with a feature, and the plain one. */
export interface ComparedExports {
  readonly feature: ClaimedFeature
  /** Parameters as they were sent. */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly index: ResolvedValue<ResourceIndex>
  readonly plain: ResolvedValue<ResourceIndex>
}

/** What the data of an accepted export shows of a feature. */
export function shownByEffect({ feature, parameters, index, plain }: ComparedExports): FeatureFinding {
  if ('reason' in plain) return plain.reason
  if ('reason' in index) return index.reason
  const types = [parameters._type ?? []].flat(2).flatMap((it) => String(it).split(','))
  const has = effectOf(feature, types, { index: index.value, plain: plain.value })
  return has === undefined ? { kind: 'feature-unknown', feature } : has ? 'offered' : 'ignored'
}

interface Indexes {
  readonly index: ResourceIndex
  readonly plain: ResourceIndex
}

/** Whether a feature had an effect; `undefined` where the data is such that it can have none. */
function effectOf(
  feature: ClaimedFeature,
  types: readonly string[],
  { index, plain }: Indexes,
): boolean | undefined {
  if (feature === '_elements') return omitsElements({ index, plain })
  const isAsked = (type: string) => feature === '_type' || types.length === 0 || types.includes(type)
  let possible = feature !== '_type' && feature !== 'patient'
  let patients = 0
  for (const { key, type } of plain.rows()) {
    if (!isAsked(type)) continue
    if (!index.has(key)) return true
    if (feature === '_type' && !types.includes(type)) possible = true
    if (feature === 'patient' && type === 'Patient') patients += 1
    if (patients > 1) possible = true
  }
  return possible ? false : undefined
}

function omitsElements({ index, plain }: Indexes): boolean | undefined {
  let compared = false
  for (const { key, elements } of index.rows()) {
    const whole = plain.get(key)
    if (!whole) continue
    if (elements.length < whole.elements.length) return true
    compared = true
  }
  return compared ? false : undefined
}

/** Probes by what they show. */
export function featureProbesShowing(
  probes: readonly FeatureProbe[],
  feature: ClaimedFeature,
  shows: FeatureProbe['shows'],
): readonly FeatureProbe[] {
  return probes.filter((it) => it.feature === feature && it.shows === shows)
}

/** Whether a probe reads the CapabilityStatement like any client. */
export function readsCapabilityStatement({ kind, spec }: PlannedProbe): boolean {
  return kind === 'request' && spec.get === 'metadata' && !spec.headers && spec.authorization === undefined
}
