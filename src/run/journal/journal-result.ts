import type { RunResult } from '../../model/result.ts'
import { renumberExchanges } from '../renumber-exchanges.ts'
import { jobsIn, type JournalState } from './journal-state.ts'
import { JournalError } from './journal-file.ts'

/** The result that a journal shows: that of its run, or of the part of it that the journal has. Throws JournalError if that is nothing. */
export function resultOfJournal(state: JournalState, name: string): RunResult {
  const { begun, conclusion, isEnded, tests, exchanges } = state
  const files = state.files.toSorted((a, b) => a.exchange - b.exchange)
  if (conclusion) {
    const { result } = conclusion
    const warnings = isEnded ? result.warnings : [...result.warnings, notDeletedWarning]
    return renumberExchanges({ ...result, warnings, jobs: jobsIn(state), tests, exchanges, files })
  }
  if (!begun) throw new JournalError(`${name} has no events: its run ended before it had begun`)
  const { run, target, suites, failOn, scope, startedAt } = begun
  const { preflight, flaky, profiles } = state
  return renumberExchanges({
    version: 2,
    ...{ run, scope, suites, failOn, startedAt },
    harness: state.header.harness,
    complete: false,
    jobs: jobsIn(state),
    ...(flaky.length > 0 ? { flaky: flaky.toSorted((a, b) => a.exchange - b.exchange) } : {}),
    target: { name: target.name, fhirUrl: target.fhirUrl, ig: target.ig },
    tested: state.tested ?? begun.tested,
    ...(preflight.length > 0 ? { preflight } : {}),
    ...(begun.showsDiagnostics ? { showsDiagnostics: true } : {}),
    warnings: [...begun.warnings, partWarning(state)],
    durationMs: state.lastsMs,
    ...{ tests, exchanges, files },
    ...(profiles.length > 0 ? { profiles } : {}),
  })
}

const notDeletedWarning =
  'The journal ends before the run had deleted its jobs: `bulkcheck cleanup` deletes those that are left.'

function partWarning({ judged, tests }: JournalState): string {
  return `This report shows a part of a run: its journal ends after ${judged.size} of ${tests.length} verdicts. Tests that were not judged by then are inconclusive.`
}
