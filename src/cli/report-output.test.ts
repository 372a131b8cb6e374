import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openKnownSecrets } from '../model/secrets/known-secrets.ts'
import { defaultReports, reportNames } from '../report/format-files.ts'
import { everything } from '../report/fixtures/result.ts'
import { printWritten, writeReports } from './report-output.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkcheck-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (reports: typeof reportNames = defaultReports, result = everything) =>
  writeReports(result, { folder, reports, findings: 20, cwd: folder, secrets: openKnownSecrets() })
const at = (name: string) => join(folder, name)

test('each report is written whatever becomes of the others, and each failure is named', async () => {
  mkdirSync(join(at('report.html'), 'full'), { recursive: true })
  const { files, problems } = await write()
  expect(files).toEqual([at('junit.xml'), at('results.json')])
  expect(problems).toEqual(['report.html cannot be written: it is a folder'])
})

test('every report of an earlier command is known by its beginning', async () => {
  await write(reportNames)
  await write(['json'])
  expect(readdirSync(folder)).toEqual(['results.json'])
})

test('reports of an earlier command do not stay beside new ones, and other files do', async () => {
  await write()
  await write(['json'])
  expect(existsSync(at('results.json'))).toBe(true)
  expect(existsSync(at('report.html'))).toBe(false)
  expect(existsSync(at('junit.xml'))).toBe(false)
  writeFileSync(at('junit.xml'), '<testsuites name="another tool"/>')
  writeFileSync(at('report.html'), '<title>my page</title>')
  await write(['json'])
  expect(readFileSync(at('junit.xml'), 'utf8')).toContain('another tool')
  expect(existsSync(at('report.html'))).toBe(true)
})

test('nothing is removed where nothing could be written', async () => {
  await write(['html', 'junit'])
  mkdirSync(at('results.json'))
  expect((await write(['json'])).problems).toHaveLength(1)
  expect(existsSync(at('report.html'))).toBe(true)
})

test('a report that shows diagnostics is for its owner alone', async () => {
  await write(['json'], { ...everything, showsDiagnostics: true })
  expect(statSync(at('results.json')).mode & 0o777).toBe(0o600)
})

test('in GitHub Actions annotations are printed, and the summary of the job gets the Markdown', async () => {
  const summary = at('step-summary')
  writeFileSync(summary, 'before\n')
  const written = await write(['markdown', 'github'])
  const print = (env: Record<string, string>) => {
    let out = ''
    const io = { cwd: folder, env, out: (it: string) => (out += it), err: () => undefined }
    printWritten(written, io as never)
    return out
  }
  expect(print({})).not.toContain('::')
  const out = print({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary })
  expect(out).toMatch(/^::notice title=bulkcheck::/m)
  expect(readFileSync(summary, 'utf8')).toMatch(/^before\n<!-- bulkcheck -->\n/)
  // A summary that cannot be written loses nothing else.
  expect(print({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: folder })).toContain('::notice')
})
