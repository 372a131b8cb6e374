import type { RunResult } from '../../model/result.ts'
import { countOf } from '../standings.ts'
import { uncheckedCodesOverviews } from '../unchecked-codes.ts'

/** What a page shows about codes that were not checked; nothing if there are none. */
export function uncheckedCodesView(result: RunResult): object {
  const exports = uncheckedCodesOverviews(result)
  if (exports.length === 0) return {}
  return {
    uncheckedCodes: {
      exports: exports.map(({ of, all, systems }) => ({ of, tally: countOf(all, 'code'), systems })),
    },
  }
}
