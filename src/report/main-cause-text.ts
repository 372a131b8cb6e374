import { type CauseNature, mainCauseOf } from '../model/main-cause.ts'
import type { RunResult } from '../model/result.ts'
import { fileNamesOf } from './location.ts'
import { reasonText } from './reason-text.ts'
import { formatNumber } from './standings.ts'

/** The most frequent cause of inconclusive tests for people: sentences, not escaped. */
export interface MainCauseText {
  readonly nature: CauseNature
  /** How many tests, and why. */
  readonly title: string
  /** Whether a setting, a limit of bulkcheck, time, or something unknown is behind it. */
  readonly lead: string
}

/** The most frequent cause of inconclusive tests in words; `undefined` where a result needs no such block. */
export function mainCauseText(result: RunResult): MainCauseText | undefined {
  const cause = mainCauseOf(result)
  if (!cause) return undefined
  const { nature, tests, of, reason } = cause
  const count = tests === of ? `All ${formatNumber(of)}` : `${formatNumber(tests)} of ${formatNumber(of)}`
  return {
    nature,
    title: `${count} inconclusive tests have the same kind of cause, for example: ${reasonText(reason, fileNamesOf(result))}.`,
    lead: nature === 'unknown' && result.scope.kind === 'files' ? causeInFiles : leads[nature],
  }
}

const causeInFiles = 'The cause may be the files themselves or the options of this command.'

const leads: Readonly<Record<CauseNature, string>> = {
  setting: 'A setting: check the configuration and this machine, then run again.',
  policy: 'A limit of bulkcheck. The option named above, if any, raises it.',
  time: 'The run stopped waiting. A longer limit (`--export-timeout`, `--token-wait`, `--max-time`) may help.',
  unknown: 'The cause may be the server, the network or a setting.',
}
