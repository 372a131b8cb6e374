import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { reportFiles, reportNames } from '../report/format-files.ts'
import { type FailedWrites, runOnFailingDisk } from './fixtures/failing-disk.ts'

const folders: string[] = []
afterEach(() => {
  for (const it of folders.splice(0)) rmSync(it, { recursive: true, force: true })
})

const places = ['--output', 'out', '--record', 'recorded/run.ndjson', '--keep', 'kept']
const reports = reportNames.flatMap((it) => ['--reporter', it])
const line = [
  'run',
  'files/*',
  'ndjson/*',
  '--reference',
  '--level',
  'system',
  '--quiet',
  ...places,
  ...reports,
]

async function run(at: RegExp, code: 'ENOSPC' | 'EROFS' | 'EACCES'): Promise<FailedWrites> {
  const seen = await runOnFailingDisk(line, { at, code })
  folders.push(seen.folder)
  return seen
}

const recording = 'recorded/run.ndjson'
const all = [...Object.values(reportFiles).map((it) => `out/${it}`), recording, 'kept']

/** The outputs that are there. Reports are there as a whole or not at all. */
function outputsOf({ folder }: FailedWrites): readonly string[] {
  return all.filter((name) => {
    const path = join(folder, name)
    if (!existsSync(path)) return false
    if (name === 'kept') return readdirSync(path).length > 0
    return name !== recording || readFileSync(path, 'utf8').includes('"kind":"end"')
  })
}

/** Names of unfinished files, wherever they are. */
const unfinished = ({ folder }: FailedWrites) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((it) => /(^|\/)\.bulkcheck/.test(it))

test.each<readonly [string, string, number, string]>([
  ...reportNames.map((it) => {
    const name = `out/${reportFiles[it]}`
    return [name, `/${name}$`, 2, `${name} cannot be written: the disk is full`] as const
  }),
  ['out/journal.ndjson', '/out/journal', 0, 'warning: out/journal.ndjson cannot be written to any longer'],
  [recording, '/recorded/', 3, 'The run could not be recorded in'],
  ['kept', '/kept/', 3, 'could not be kept in'],
])('a full disk for %s: all else is written, and the jobs are deleted', async (name, at, code, said) => {
  const seen = await run(new RegExp(at), 'ENOSPC')
  const everything = seen.out + seen.err
  expect(everything.split(said)).toHaveLength(2)
  expect(seen.code).toBe(code)
  // Reports can be made of it later.
  expect(existsSync(join(seen.folder, 'out/journal.ndjson'))).toBe(code === 2)
  expect(outputsOf(seen)).toEqual(all.filter((it) => it !== name))
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
    expect(outputsOf(seen)).toEqual([])
    expect(unfinished(seen)).toEqual([])
  },
)
