import type { Reporter } from '../model/result.ts'
import type { ReportName } from './format-files.ts'

/** The writer of each report format; loaded when it is needed, because templates take time to load. */
export const reporterLoaders: Readonly<Record<ReportName, () => Promise<Reporter>>> = {
  html: async () => (await import('./html/page.ts')).htmlReporter,
  junit: async () => (await import('./junit/reporter.ts')).junitReporter,
  json: async () => (await import('./json/reporter.ts')).jsonReporter,
}
