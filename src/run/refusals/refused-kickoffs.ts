import type { Evidence } from '../../model/evidence.ts'
import type { Exchange } from '../../model/http/exchange.ts'
import { isGatewayStatus } from '../../model/http/status.ts'
import { exportsAtLevelOf, type PlannedProbe, type ProbeKey } from '../../model/plan.ts'

/** How a server answers that does not know POST at this URL. */
const unknownMethod = new Set([404, 405, 501])

/**
 * The refused kick-off requests at the level of an export, of all that a run made: not those with credentials other than the
 * harness's own, nor those that deviate in nothing, whose refusal has causes outside of the request.
 */
export function refusedKickoffs(
  of: ProbeKey,
  {
    probes,
    evidence,
  }: {
    readonly probes: ReadonlyMap<ProbeKey, PlannedProbe>
    readonly evidence: ReadonlyMap<ProbeKey, Evidence>
  },
): readonly Exchange[] {
  return exportsAtLevelOf(of, probes).flatMap((probe) => {
    if (!deviates(probe)) return []
    const brought = evidence.get(probe.key)
    if (brought?.probe !== 'export' || brought.export.state !== 'refused') return []
    const { kickoff } = brought.export
    const status = kickoff.response?.status ?? 0
    const isJudged =
      status >= 400 &&
      !isGatewayStatus(status) &&
      !(brought.sent.method === 'POST' && unknownMethod.has(status))
    return isJudged ? [kickoff] : []
  })
}

/** Whether the refusal of a kick-off request has its cause in the request. */
export function deviates({ control, spec }: PlannedProbe & { readonly kind: 'export' }): boolean {
  return control !== undefined && spec.authorization === undefined
}
