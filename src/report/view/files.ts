import type { RunResult } from '../../model/result.ts'
import { resourceCountsText, fileTotals, formatBytes } from '../file-totals.ts'
import { countOf, formatNumber } from '../standings.ts'

const mostFiles = 200

/** What a page shows about the judged files; nothing if there are none. */
export function filesView(result: RunResult): object {
  const all = fileTotals(result)
  if (!all || all.files === 0) return {}
  const files = result.files ?? []
  return {
    held: {
      count: formatNumber(all.files),
      types: all.types.map(({ type, number }) => ({ type, number: formatNumber(number) })),
      files: files.slice(0, mostFiles).map((it) => ({
        name: it.name ?? `exchange ${it.exchange}`,
        kind: it.kind,
        contents: resourceCountsText(it),
        lines: formatNumber(it.lines),
        size: formatBytes(it.bytes),
      })),
      ...(all.files > mostFiles ? { more: `and ${countOf(all.files - mostFiles, 'more file')}` } : {}),
    },
  }
}
