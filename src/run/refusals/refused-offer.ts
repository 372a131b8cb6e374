import type { Evidence } from '../../model/evidence.ts'
import { requestOutcomeOf } from '../../model/export/failure.ts'
import { exportsAtLevelOf, type PlannedProbe, type ProbeKey } from '../../model/plan.ts'
import type { Reason } from '../../model/reason.ts'
import { type ClaimedFeature, claimableFeatures, offers, type Target } from '../../model/target.ts'
import { refusalOf } from '../features/offered-features.ts'

interface Performed {
  readonly target: Target
  readonly probes: ReadonlyMap<ProbeKey, PlannedProbe>
  readonly evidence: ReadonlyMap<ProbeKey, Evidence>
}

/**
 * Why a refused kick-off request leaves open what the target is to offer: the server accepted no kick-off request with that feature at
 * the level. `undefined` if the request was not refused, or if the server accepted another, so that only a value was refused.
 */
export function refusedOffer(of: ProbeKey, { target, probes, evidence }: Performed): Reason | undefined {
  const probe = probes.get(of)
  const brought = evidence.get(of)
  if (probe?.kind !== 'export' || brought?.probe !== 'export' || brought.export.state !== 'refused')
    return undefined
  if (refusalOf(brought) !== 'refused') return undefined
  const { level } = probe.spec
  // Under lenient handling a server may accept what it does not support.
  const alike = exportsAtLevelOf(of, probes).filter((it) => it.spec.headers === undefined)
  const featuresWhere = (outcome: 'refused' | undefined) =>
    alike.flatMap((it) => {
      const kickoff = evidence.get(it.key)
      return kickoff && refusalOf(kickoff) === outcome ? [featuresOf(it)] : []
    })
  const accepted = new Set(featuresWhere(undefined).flat())
  const refused = featuresWhere('refused')
  const lacking = featuresOf(probe).filter((it) => offers(target, it) && !accepted.has(it))
  // Of several the one that was refused among features that others had accepted.
  const isShown = (feature: ClaimedFeature) =>
    refused.some(
      (it) => it.includes(feature) && it.every((other) => other === feature || accepted.has(other)),
    )
  const feature = lacking.find(isShown) ?? lacking[0]
  return (
    feature && {
      ...{ kind: 'offer-refused', feature, level },
      by: target.supports.includes(feature) ? 'claim' : 'release',
      outcome: requestOutcomeOf(brought.export.kickoff),
    }
  )
}

/** The features that a kick-off request uses. A server without POST refuses its parameters, too. */
function featuresOf({ spec }: PlannedProbe): readonly ClaimedFeature[] {
  const { method, parameters } = spec as { method?: string; parameters?: object }
  const named = claimableFeatures.filter((it) => parameters !== undefined && Object.hasOwn(parameters, it))
  return method === 'POST' ? ['POST', ...named] : named
}
