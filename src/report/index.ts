import type { Reporter } from '../model/result.ts'
import { htmlReporter } from './html/page.ts'
import { jsonReporter } from './json/reporter.ts'
import { junitReporter } from './junit/reporter.ts'
import { textReporter } from './text/reporter.ts'

/** Name of a report format. */
export type ReportFormat = 'html' | 'junit' | 'json' | 'text'

/** The report formats, and the file in the output folder that each is written to. */
export const reporters: Readonly<
  Record<ReportFormat, { readonly reporter: Reporter; readonly file: string }>
> = {
  html: { reporter: htmlReporter, file: 'report.html' },
  junit: { reporter: junitReporter, file: 'junit.xml' },
  json: { reporter: jsonReporter, file: 'results.json' },
  text: { reporter: textReporter({ color: false, verbose: true, width: 100 }), file: 'summary.txt' },
}
