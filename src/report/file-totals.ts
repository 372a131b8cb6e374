import type { ResultFile, RunResult } from '../model/result.ts'
import { countOf, formatNumber } from './standings.ts'

/** What the judged files of a result hold together. */
export interface FileTotals {
  readonly files: number
  readonly bytes: number
  readonly resources: number
  /** The most frequent first. */
  readonly types: readonly { readonly type: string; readonly number: number }[]
}

/** Sums what files hold; `undefined` if none was judged. */
export function fileTotals({
  files,
  omitted: { files: more } = {},
}: Pick<RunResult, 'files' | 'omitted'>): FileTotals | undefined {
  if (files === undefined) return undefined
  const types = new Map<string, number>()
  for (const { resources } of [...files, ...(more ? [more] : [])])
    for (const [type, number] of Object.entries(resources)) types.set(type, (types.get(type) ?? 0) + number)
  const sorted = [...types].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return {
    files: files.length + (more?.number ?? 0),
    bytes: files.reduce((sum, it) => sum + it.bytes, more?.bytes ?? 0),
    resources: sorted.reduce((sum, [, number]) => sum + number, 0),
    types: sorted.map(([type, number]) => ({ type, number })),
  }
}

/** `1,204 resources in 3 files, 2.1 MB`. */
export function fileTotalsText({ resources, files, bytes }: FileTotals): string {
  return `${countOf(resources, 'resource')} in ${countOf(files, 'file')}, ${formatBytes(bytes)}`
}

/** A number of bytes for people: `412 bytes`, `2.1 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return countOf(bytes, 'byte')
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value.toFixed(1)} ${units[unit]}`
}

/** Resources of one file by type: `Patient`, `3 Patient, 1 Group`. */
export function resourceCountsText({ resources }: ResultFile): string {
  const types = Object.entries(resources).sort(([, a], [, b]) => b - a)
  const [first, ...rest] = types
  if (!first) return 'no resources'
  if (rest.length === 0) return first[0]
  const shown = types.slice(0, 5).map(([type, number]) => `${formatNumber(number)} ${type}`)
  return `${shown.join(', ')}${types.length > 5 ? ` and ${countOf(types.length - 5, 'more type')}` : ''}`
}
