import type { Reporter } from '../model/result.ts'
import { html } from './html.ts'
import { json } from './json.ts'
import { junit } from './junit.ts'
import { textReporter } from './text.ts'

/** Name of a report format. */
export type ReportFormat = 'html' | 'junit' | 'json' | 'text'

/** The report formats, and the file in the output folder that each is written to. */
export const reporters: Readonly<
  Record<ReportFormat, { readonly reporter: Reporter; readonly file: string }>
> = {
  html: { reporter: html, file: 'report.html' },
  junit: { reporter: junit, file: 'junit.xml' },
  json: { reporter: json, file: 'results.json' },
  text: { reporter: textReporter({ color: false, verbose: true, width: 100 }), file: 'summary.txt' },
}
