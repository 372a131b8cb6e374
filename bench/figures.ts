/** The least or the greatest value that reaches the target. */
export interface FigureTarget {
  readonly is: 'at least' | 'at most'
  readonly value: number
}

/** One measured figure. */
export interface FigureRow {
  readonly name: string
  readonly value: number
  readonly unit: '×' | 'MB' | 'ms' | 's' | 'MB/s' | '%' | 'lines'
  readonly target?: FigureTarget
  /** The figures behind it. */
  readonly from: string
}

/** Key under which a ratio is written to the JSON file. */
export type RatioName = 'oneWorkerToParse' | 'twoWorkersToParse' | 'toFhir' | 'toMedplum' | 'toAjv'

/** How many of the mutants of one class of rule each validator caught. */
export interface CatchCount {
  readonly rule: string
  readonly mutants: number
  readonly by: Readonly<Record<string, number>>
}

/** The figures of one measure. */
export interface MeasureResult {
  readonly rows: readonly FigureRow[]
  readonly ratios?: Partial<Record<RatioName, number>>
  /** More to print. */
  readonly text?: string
  readonly catchCounts?: readonly CatchCount[]
}

/** Whether a figure reaches its target; true if it has none. */
export function reachesTarget({ value, target }: FigureRow): boolean {
  if (!target) return true
  return target.is === 'at least' ? value >= target.value : value <= target.value
}

/** The median; NaN if there are no figures. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const at = (index: number) => sorted[index] ?? Number.NaN
  return sorted.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2
}

/** A row as one line. */
export function figureText({ name, value, unit, from }: FigureRow): string {
  return `${name}: ${formatNumber(value)} ${unit} (${from})`
}

/** Rows as a Markdown table, aligned for a terminal. */
export function figureTable(rows: readonly FigureRow[]): string {
  const cells = [
    ['measure', 'figure', 'target', '', 'details'],
    ...rows.map((row) => [
      row.name,
      `${formatNumber(row.value)} ${row.unit}`,
      row.target ? `${row.target.is} ${formatNumber(row.target.value)}` : '',
      row.target ? (reachesTarget(row) ? 'reached' : '**missed**') : '',
      row.from,
    ]),
  ]
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...cells.map((it) => (it[at] ?? '').length)))
  const line = (texts: readonly string[]) =>
    `| ${texts.map((it, at) => (at === 1 ? it.padStart(widths[at] ?? 0) : it.padEnd(widths[at] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((it, at) => (at === 1 ? `${'-'.repeat(it + 1)}:` : '-'.repeat(it + 2))).join('|')}|`
  const [head = [], ...body] = cells
  return [line(head), rule, ...body.map(line)].join('\n')
}

function formatNumber(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en-US')
  return value.toFixed(2)
}
