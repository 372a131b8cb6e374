import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openKnownSecrets } from '../model/secrets/known-secrets.ts'
import { reportNames } from '../report/format-files.ts'
import { everything } from '../report/fixtures/result.ts'
import { writeReports } from './report-output.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bulkcheck-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (reports: typeof reportNames = reportNames, result = everything) =>
  writeReports(result, { folder, reports, findings: 20, cwd: folder, secrets: openKnownSecrets() })
const at = (name: string) => join(folder, name)

test('each report is written whatever becomes of the others, and each failure is named', async () => {
  mkdirSync(join(at('report.html'), 'full'), { recursive: true })
  const { files, problems } = await write()
  expect(files).toEqual([at('junit.xml'), at('results.json')])
  expect(problems).toEqual(['report.html cannot be written: it is a folder'])
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
