import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readJournal } from '../../run/journal/journal-state.ts'
import { type KillTarget, openKillTarget, startRun } from '../../selftest/fixtures/kills/target.ts'
import { openTestCli, type TestCli } from '../fixtures/test-cli.ts'

let target: KillTarget
let here: TestCli
let killed = ''
const bulkcheck = (...line: readonly string[]) => here.bulkcheck(line, { io: { cwd: target.folder } })

/** Kills a run once the server has a job of it. */
async function killWithJob(name: string, more: readonly string[] = []): Promise<string> {
  const before = target.provider.openJobs()
  const run = startRun(target, name, more)
  while (target.provider.openJobs() === before || !readable(join(run.output, 'journal.ndjson')))
    await pause(5)
  run.child.kill('SIGKILL')
  await run.ended
  return run.output
}

function readable(journal: string): boolean {
  return existsSync(journal) && readFileSync(journal, 'utf8').includes('"kind":"job-started"')
}

beforeAll(async () => {
  target = await openKillTarget()
  killed = await killWithJob('killed')
}, 60_000)
afterAll(async () => {
  await target.close()
  rmSync(target.folder, { recursive: true })
})
beforeEach(() => {
  here = openTestCli()
})

/** A copy of what the killed run left. */
function copied(name: string): string {
  const folder = join(target.folder, name)
  cpSync(killed, folder, { recursive: true })
  return folder
}

describe('report --journal', () => {
  test('shows a part of a run, beside its journal, and ends as an interrupted run', async () => {
    copied('part')
    const { code, out } = await bulkcheck('report', '--journal', 'part')
    expect(code).toBe(3)
    expect(out).toMatch(/INCOMPLETE .*The run was interrupted/)
    expect(out).toMatch(/This report shows a part of a run: its journal ends after \d+ of \d+ verdicts/)
    expect(out).toMatch(/jobs started 1, deleted 0/)
    const files = readdirSync(join(target.folder, 'part')).sort()
    expect(files).toEqual(['journal.ndjson', 'junit.xml', 'report.html', 'results.json'])
    const result = JSON.parse(readFileSync(join(target.folder, 'part/results.json'), 'utf8'))
    expect(result.jobs.perhapsLeft).toHaveLength(1)
  })

  test.each([
    ['report --journal nowhere', /^nowhere cannot be read: there is no such file or folder$/m],
    ['report --journal .', /^\. has no journal.ndjson: a run removes its journal at its end/m],
    ['report --journal key.json', /^key.json is not a journal of a run$/m],
    ['report --journal killed a.json', /--journal already says what is reported/],
    ['report', /missing argument <result>/],
    ['judge killed/journal.ndjson', /killed\/journal.ndjson is a journal without bodies/],
  ])('%s', async (line, problem) => {
    const { code, err } = await bulkcheck(...line.split(' '))
    expect(code).toBe(2)
    expect(err).toMatch(problem)
  })
})

describe('cleanup', () => {
  test('of a run against another server sends nothing', async () => {
    const { code, err } = await bulkcheck('cleanup', 'killed', '--url', 'http://127.0.0.1:9/fhir')
    expect(code).toBe(2)
    expect(err).toMatch(
      /the run was against http:.*, not http:\/\/127.0.0.1:9\/fhir: pass the options of the run/,
    )
  })

  test('lists what the server does not delete, with its polling location', async () => {
    copied('unauthorized')
    const { code, out } = await bulkcheck('cleanup', 'unauthorized', '--auth', 'none')
    expect(out).toMatch(
      /^http:\/\/127.0.0.1:\d+\/fhir\/bulk\/status\/\S+ {2}left: the server did not delete it$/m,
    )
    expect(code).toBe(3)
  })

  test('deletes jobs and temporary files, once', async () => {
    const { temporary } = readJournal(join(killed, 'journal.ndjson')).header
    const [folder = ''] = temporary.folders
    mkdirSync(join(folder, `${temporary.mark}left`))
    writeFileSync(join(folder, `${temporary.mark}left/patient.ndjson`), 'x')
    writeFileSync(join(folder, 'bulkcheck-of-another-run'), 'x')
    copied('again')
    const before = target.provider.openJobs()
    const first = await bulkcheck('cleanup', 'killed')
    expect(first.out).toMatch(/^temporary files: removed [1-9]/m)
    expect(first.out).toMatch(/status\/\S+ {2}deleted$/m)
    expect({ code: first.code, left: target.provider.openJobs() }).toEqual({ code: 0, left: before - 1 })
    expect(readdirSync(folder)).toEqual(['bulkcheck-of-another-run'])
    const second = await bulkcheck('cleanup', 'killed')
    expect(second).toMatchObject({ code: 0, err: '' })
    expect(second.out).toBe(
      'temporary files: none are left\njobs: none are left whose polling location is known\n',
    )
    const other = await bulkcheck('cleanup', 'again')
    expect(other.out).toMatch(/status\/\S+ {2}gone already$/m)
    expect(other.code).toBe(0)
  })

  test('of a run that still goes on is refused, and so is a run into its folder', async () => {
    const run = startRun(target, 'going')
    while (!readable(join(run.output, 'journal.ndjson'))) await pause(5)
    const cleaned = await bulkcheck('cleanup', 'going')
    const second = await bulkcheck('run', 'token', '--output', 'going', '--quiet')
    const reported = await bulkcheck('report', '--journal', 'going', '--output', 'r')
    run.child.kill('SIGINT')
    expect(await run.ended).toBe(130)
    expect(cleaned).toMatchObject({ code: 2, err: expect.stringContaining('the run still goes on') })
    expect(second).toMatchObject({
      code: 2,
      err: expect.stringMatching(/another run \(process \d+\) writes to/),
    })
    expect(reported).toMatchObject({ code: 3, err: expect.stringContaining('the run still goes on') })
  })
})

test('the journal of a killed run is kept when another run writes into its folder', async () => {
  const output = await killWithJob('reused')
  const { code, err } = await bulkcheck('run', 'token', '--output', 'reused', '--quiet')
  expect(code).toBe(0)
  const [, name = ''] = /its journal is now (\S+)\./.exec(err) ?? []
  expect(name).toMatch(/^reused\/journal-\d{8}T\d{6}Z.ndjson$/)
  expect(existsSync(join(output, 'journal.ndjson'))).toBe(false)
  expect(await bulkcheck('cleanup', name)).toMatchObject({ code: 0 })
})

test('a killed run leaves a recording that is judged as far as it goes', async () => {
  await killWithJob('recorded', ['--record', join(target.folder, 'killed.recording')])
  const { code, out } = await bulkcheck('judge', 'killed.recording', '--output', 'judged')
  expect(out).toContain('The recording ends before its run did')
  expect(code).toBe(3)
  await bulkcheck('cleanup', 'recorded')
})
