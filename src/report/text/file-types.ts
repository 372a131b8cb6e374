import type { RunResult } from '../../model/result.ts'
import { visible } from '../escape.ts'
import { fileTotals } from '../file-totals.ts'
import { formatNumber, joinFirst } from '../standings.ts'

/** What the files hold, by type, for a result of files only. */
export function typeLines(result: RunResult): readonly string[] {
  const all = fileTotals(result)
  if (!all || result.exchanges.length > 0) return []
  const width = Math.max(9, ...all.types.map(({ number }) => formatNumber(number).length))
  const empty = (result.files ?? []).filter((it) => it.lines === 0)
  return [
    ...all.types.map(({ type, number }) => `${formatNumber(number).padStart(width)}  ${type}`),
    ...(empty.length > 0
      ? [
          `${joinFirst(empty.map((it) => visible(it.name ?? '')))} ${empty.length === 1 ? 'has' : 'have'} no lines`,
        ]
      : []),
  ]
}
