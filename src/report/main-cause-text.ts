import { type CauseNature, mainCauseOf } from '../model/main-cause.ts'
import type { RunResult } from '../model/result.ts'
import { fileNamesOf } from './location.ts'
import { reasonText } from './reason-text.ts'
import { formatNumber } from './standings.ts'

/** The cause of most inconclusive tests for people: sentences, not escaped. */
export interface MainCauseText {
  readonly nature: CauseNature
  /** How many tests, and why. */
  readonly title: string
  /** Whether a setting, a limit of bulkcheck, time, or something unknown is behind it. */
  readonly lead: string
}

/** The cause of most inconclusive tests in words; `undefined` where a result needs no such block. */
export function mainCauseText(result: RunResult): MainCauseText | undefined {
  const cause = mainCauseOf(result)
  if (!cause) return undefined
  const { nature, tests, of, reason } = cause
  const count = tests === of ? `All ${formatNumber(of)}` : `${formatNumber(tests)} of ${formatNumber(of)}`
  return {
    nature,
    title: `${count} inconclusive tests have one cause, first seen here: ${reasonText(reason, fileNamesOf(result))}.`,
    lead: leads[nature],
  }
}

const leads: Readonly<Record<CauseNature, string>> = {
  setting: 'A setting: check the configuration and this machine, then run again.',
  policy:
    'A limit that bulkcheck keeps to. The sentence above names the option that lifts it, if there is one.',
  time: 'Time: the run did not wait any longer. A longer limit (`--export-timeout`, `--token-wait`, `--max-time`) may show more.',
  unknown: 'bulkcheck cannot know whether the server, the network or a setting is behind it.',
}
