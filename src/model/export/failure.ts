import type { Exchange } from '../http/exchange.ts'
import type { ExportEnding, Reason, RequestOutcome } from '../reason.ts'
import type { Export } from './export.ts'

/** How a request ended, for a reason. */
export function requestOutcomeOf({ response, number, problem, stop }: Exchange): RequestOutcome {
  if (response) return { exchange: number, status: response.status }
  return { exchange: number, ...(problem === undefined ? {} : { problem }), ...(stop ? { stop } : {}) }
}

/** How an export ended that did not complete, as far as it ended. */
export function endingOf(it: Export): { readonly ending?: ExportEnding } {
  if (it.state === 'failed')
    return {
      ending: {
        ...requestOutcomeOf(it.completion),
        ...(it.malformedManifest ? { flaw: 'no-manifest' as const } : {}),
      },
    }
  return it.state === 'overdue' ? { ending: { overdue: it.overdue } } : {}
}

/** Why an export has no manifest; without `probe` it is the one that a test compares with. */
export function exportFailure(it: Export, probe?: string): Reason {
  const named = probe === undefined ? {} : { probe }
  if (it.state === 'refused') return { kind: 'refused', ...named, outcome: requestOutcomeOf(it.kickoff) }
  return { kind: 'not-completed', ...named, ...endingOf(it) }
}
