/** The report formats, and the file in the output folder that each is written to. `formats.ts` has what writes them. */
export const reportFiles = { html: 'report.html', junit: 'junit.xml', json: 'results.json' } as const

/** Name of a report format. */
export type ReportName = keyof typeof reportFiles

/** Names of the report formats; all are written by default. */
export const reportNames = Object.keys(reportFiles) as readonly ReportName[]
