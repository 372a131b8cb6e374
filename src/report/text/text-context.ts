import type { ReportOptions, RunResult } from '../../model/result.ts'
import type { Style } from './style.ts'

/** How a summary is written. `width` is in columns; only prose is wrapped, commands and URLs never. */
export interface TextOptions {
  readonly color: boolean
  /** Every test with its verdict, warnings and notes in full. */
  readonly verbose: boolean
  readonly width: number
}

/** A result on its way to a terminal. */
export interface TextContext {
  readonly result: RunResult
  readonly options: TextOptions
  readonly style: Style
  readonly findings: ReportOptions['findings']
}
