import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type FailedWrites, runOnFailingDisk } from './fixtures/failing-disk.ts'

const folders: string[] = []
afterEach(() => {
  for (const it of folders.splice(0)) rmSync(it, { recursive: true, force: true })
})

const places = ['--output', 'out', '--record', 'recorded/run.ndjson', '--keep', 'kept']
const line = ['run', 'files/*', 'ndjson/*', '--reference', '--level', 'system', '--quiet', ...places]

async function run(at: RegExp, code: 'ENOSPC' | 'EROFS' | 'EACCES'): Promise<FailedWrites> {
  const seen = await runOnFailingDisk(line, { at, code })
  folders.push(seen.folder)
  return seen
}

const endings: Readonly<Record<string, string>> = {
  'out/report.html': '</html>',
  'out/junit.xml': '</testsuites>',
  'out/results.json': '}',
  'recorded/run.ndjson': '}',
}

/** The outputs that are there, and whole. */
function wholeOutputs({ folder }: FailedWrites): readonly string[] {
  const files = Object.entries(endings).flatMap(([name, ending]) => {
    const path = join(folder, name)
    return existsSync(path) && readFileSync(path, 'utf8').trimEnd().endsWith(ending) ? [name] : []
  })
  const kept = join(folder, 'kept')
  return [...files, ...(existsSync(kept) && readdirSync(kept).length > 0 ? ['kept'] : [])]
}

const all = [...Object.keys(endings), 'kept']

/** Names of unfinished files, wherever they are. */
const unfinished = ({ folder }: FailedWrites) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((it) => /(^|\/)\.bulkcheck/.test(it))

test.each([
  ['report.html', '^<!doctype', 2, 'out/report.html cannot be written: the disk is full'],
  ['junit.xml', '^<\\?xml', 2, 'out/junit.xml cannot be written: the disk is full'],
  ['results.json', '^\\{\\s', 2, 'out/results.json cannot be written: the disk is full'],
  ['the journal', '/out/journal', 0, 'warning: out/journal.ndjson cannot be written to any longer'],
  ['the recording', '/recorded/', 3, 'The run could not be recorded in'],
  ['kept files', '/kept/', 3, 'could not be kept in'],
])('a full disk for %s: all else is written, and the jobs are deleted', async (name, at, code, said) => {
  const seen = await run(new RegExp(at), 'ENOSPC')
  const everything = seen.out + seen.err
  expect(everything.split(said)).toHaveLength(2)
  expect(seen.code).toBe(code)
  const lost = { 'the recording': 'recorded/run.ndjson', 'kept files': 'kept' }[name] ?? `out/${name}`
  // Reports can be made of it later.
  expect(existsSync(join(seen.folder, 'out/journal.ndjson'))).toBe(code === 2)
  expect(wholeOutputs(seen)).toEqual(all.filter((it) => it !== lost))
  expect(unfinished(seen)).toEqual([])
  expect(everything).toMatch(/jobs started (\d+), deleted \1\n/)
})

test.each([
  ['the reports', '/out', 'EROFS', 'out cannot be written to: the file system is read-only'],
  ['the reports', '/out', 'EACCES', 'out cannot be written to: permission is denied'],
  ['the recording', '/recorded', 'EROFS', 'recorded cannot be written to: the file system is read-only'],
  ['kept files', '/kept', 'EACCES', 'kept cannot be written to: permission is denied'],
] as const)(
  'a folder for %s that cannot be written to is an error at once (%s, %s)',
  async (_, at, code, said) => {
    const seen = await run(new RegExp(at), code)
    expect(seen).toMatchObject({ code: 2, out: '', err: `${said}\n` })
    expect(wholeOutputs(seen)).toEqual([])
    expect(unfinished(seen)).toEqual([])
  },
)
