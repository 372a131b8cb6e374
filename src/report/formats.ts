import type { Reporter } from '../model/result.ts'
import type { ReportName } from './format-files.ts'

/** The writer of each report format; loaded when it is needed, because templates take time to load. */
export const reporterLoaders: Readonly<Record<ReportName, () => Promise<Reporter>>> = {
  html: async () => (await import('./html/page.ts')).htmlReporter,
  junit: async () => (await import('./junit/reporter.ts')).junitReporter,
  json: async () => (await import('./json/reporter.ts')).jsonReporter,
  markdown: async () => (await import('./markdown/reporter.ts')).markdownReporter,
  github: async () => (await import('./github/reporter.ts')).githubReporter,
  sarif: async () => (await import('./sarif/reporter.ts')).sarifReporter,
  ctrf: async () => (await import('./ctrf/reporter.ts')).ctrfReporter,
  har: async () => (await import('./har/reporter.ts')).harReporter,
}
