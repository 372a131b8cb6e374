import { type Outcome, outcomeOf } from './outcome.ts'
import type { RunResult } from './result.ts'

const exitCodes: Readonly<Record<Outcome['kind'], 0 | 1 | 3 | 4>> = {
  conformant: 0,
  'files-conform': 0,
  selection: 0,
  broken: 1,
  'not-everything-shown': 3,
  interrupted: 3,
  'harness-error': 4,
}

/** The exit code of a run: 0 conformant, 1 a requirement is broken, 3 not everything could be shown, 4 a bug of ours. */
export function exitCode(result: RunResult): 0 | 1 | 3 | 4 {
  return exitCodes[outcomeOf(result).kind]
}
