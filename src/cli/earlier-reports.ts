import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type ReportName, reportFiles } from '../report/format-files.ts'

/** How reports of bulkcheck begin, so that nobody else's file is removed. */
const marks: Readonly<Record<ReportName, RegExp>> = {
  html: /<title>[^<]* · bulkcheck<\/title>/,
  junit: /<testsuites name="bulkcheck /,
  json: /^\{\s*"version": \d+,\s*"run": "[0-9a-f-]{36}",\s*"harness": "bulkcheck /,
  markdown: /^<!-- bulkcheck -->/,
  github: /^::notice title=bulkcheck::/,
  sarif: /"automationDetails": \{\s*"id": "bulkcheck\//,
  ctrf: /"generatedBy": "bulkcheck /,
  har: /"creator": \{\s*"name": "bulkcheck"/,
}
const beginning = 8 << 10

/** Removes reports that an earlier command of bulkcheck wrote into a folder. */
export function removeEarlierReports(folder: string, names: readonly ReportName[]): void {
  for (const name of names) {
    const path = join(folder, reportFiles[name])
    if (marks[name].test(beginningOf(path))) rmSync(path, { force: true })
  }
}

function beginningOf(path: string): string {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, 'r')
    const bytes = Buffer.alloc(beginning)
    return bytes.toString('utf8', 0, readSync(descriptor, bytes))
  } catch {
    // What cannot be read is left alone.
    return ''
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
