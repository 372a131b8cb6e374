/** The report formats, and the file in the output folder that each is written to. `formats.ts` has what writes them. */
export const reportFiles = {
  html: 'report.html',
  junit: 'junit.xml',
  json: 'results.json',
  markdown: 'summary.md',
  github: 'github-annotations.txt',
  sarif: 'results.sarif',
  ctrf: 'ctrf.json',
  har: 'exchanges.har',
} as const

/** Name of a report format. */
export type ReportName = keyof typeof reportFiles

/** Names of the report formats. */
export const reportNames = Object.keys(reportFiles) as readonly ReportName[]

/** The formats that are written if none is named. */
export const defaultReports = ['html', 'junit', 'json'] as const satisfies readonly ReportName[]
