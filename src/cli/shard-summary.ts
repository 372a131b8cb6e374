import type { Shard } from '../model/export/shard.ts'
import { fileTotals, fileTotalsText } from '../report/file-totals.ts'

/** The share of one machine: `part 2 of 3: 1,204 resources in 3 files, 2.1 MB`. */
export function shardSummary(
  { number, of }: Shard,
  files: readonly {
    readonly bytes: number
    readonly lines: number
    readonly resources: Readonly<Record<string, number>>
  }[],
): string {
  const holds = fileTotals({ files: files.map((it) => ({ exchange: 0, kind: 'output', ...it })) })
  return `part ${number} of ${of}: ${holds ? fileTotalsText(holds) : ''}`
}
