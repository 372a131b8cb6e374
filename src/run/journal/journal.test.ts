import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunResult } from '../../model/result.ts'
import { openKnownSecrets } from '../../model/secrets/known-secrets.ts'
import type { Transport } from '../../probe/transport/message.ts'
import { openScriptedServer, scriptedRunOptions } from '../fixtures/scripted-export.ts'
import { run } from '../run.ts'
import { beginJournal, continueJournal, readJournalHeader, readJournalLines } from './journal-file.ts'
import { jobsIn, readJournal } from './journal-state.ts'
import { resultOfJournal } from './journal-result.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-'))
afterAll(() => rmSync(folder, { recursive: true }))

const patient = '{"resourceType":"Patient","id":"p"}\n'

/** A run of the small suite with a journal; the transport may be changed. */
async function runWithJournal(
  name: string,
  change: (transport: Transport) => Transport = (it) => it,
): Promise<{
  readonly journal: string
  readonly result: RunResult
  readonly concluded: RunResult | undefined
}> {
  const journal = join(folder, name)
  const { transport } = openScriptedServer([patient])
  let concluded: RunResult | undefined
  const result = await run({
    ...scriptedRunOptions({ transport: change(transport) }),
    journal,
    async onConcluded(it) {
      concluded = it
    },
  })
  return { journal, result, concluded }
}

const linesOf = (journal: string) => readFileSync(journal, 'utf8').trimEnd().split('\n')
const kindsOf = (journal: string) =>
  readJournalLines(journal).flatMap((it) => ('kind' in it ? [String(it.kind)] : []))

/** Cuts a journal before its first event of a kind. */
function cutBefore(journal: string, kind: string): void {
  const text = readFileSync(journal, 'utf8')
  const at = text.indexOf(`"kind":"${kind}"`)
  writeFileSync(journal, text.slice(0, text.lastIndexOf('\n', at) + 1))
}

describe('the journal of a run', () => {
  let journal = ''
  let result: RunResult
  beforeAll(async () => {
    ;({ journal, result } = await runWithJournal('whole.ndjson'))
  })

  test('is for its owner alone', () => {
    expect(statSync(journal).mode & 0o777).toBe(0o600)
  })

  test('says first what wrote it', () => {
    expect(readJournalHeader(journal)).toMatchObject({
      journal: 1,
      harness: 'test',
      configuration: expect.stringMatching(/^[0-9a-f]{64}$/),
      hasBodies: false,
      process: { pid: process.pid },
    })
  })

  test('has what happened, in order: a kick-off before its exchange, a verdict before the end', () => {
    expect(kindsOf(journal)).toEqual([
      ...['run', 'probe', 'kick-off', 'exchange', 'job-started', 'exchange', 'exchange', 'exchange'],
      ...['job-gone', 'tested', 'files', 'test', 'test', 'concluded', 'closing', 'end'],
    ])
  })

  test('gives the result of the run, but for bodies', () => {
    const again = resultOfJournal(readJournal(journal), 'journal')
    const withoutBodies = (it: RunResult) =>
      JSON.parse(JSON.stringify(it, (key, value: unknown) => (key === 'body' ? undefined : value)))
    expect(withoutBodies(again)).toEqual(withoutBodies(result))
    expect(readFileSync(journal, 'utf8')).not.toContain('"body"')
  })
})

describe('a journal that ends early', () => {
  test('shows a run that is not complete, with the verdicts that it has and no other', async () => {
    const { journal } = await runWithJournal('early.ndjson')
    const second = linesOf(journal).filter((it) => it.includes('"kind":"test"'))[1] ?? ''
    const text = readFileSync(journal, 'utf8')
    writeFileSync(journal, text.slice(0, text.indexOf(second)))
    const it = resultOfJournal(readJournal(journal), 'journal')
    expect(it).toMatchObject({
      complete: false,
      warnings: [expect.stringContaining('after 1 of 2 verdicts')],
      jobs: { started: 1, deleted: 1, perhapsLeft: [] },
    })
    expect(it.tests.map((one) => one.verdict.is)).toEqual(['pass', 'inconclusive'])
  })

  test('after the verdicts says that jobs may be left', async () => {
    const { journal } = await runWithJournal(
      'judged.ndjson',
      (transport) => (request) =>
        request.method === 'DELETE'
          ? Promise.resolve({ status: 500, headers: [], framing: 'length', body: Buffer.from(''), bytes: 0 })
          : transport(request),
    )
    cutBefore(journal, 'end')
    const it = resultOfJournal(readJournal(journal), 'journal')
    expect(it).toMatchObject({
      complete: true,
      warnings: [expect.stringContaining('before the run had deleted its jobs')],
      jobs: { started: 1, deleted: 0, perhapsLeft: ['https://fhir.example/status/1'] },
    })
  })

  test.each([
    ['kick-off', { started: 0, unlocated: undefined }],
    ['exchange', { started: 0, unlocated: [{ exchange: expect.any(Number), answer: 'no response' }] }],
    ['job-started', { started: 0, unlocated: [{ exchange: expect.any(Number), answer: 'no response' }] }],
    ['job-gone', { started: 1, unlocated: undefined }],
  ])('before the first %s knows of its jobs: %j', async (kind, { started, unlocated }) => {
    const { journal } = await runWithJournal(`before-${kind}.ndjson`)
    cutBefore(journal, kind)
    const jobs = jobsIn(readJournal(journal))
    expect(jobs.started).toBe(started)
    expect(jobs.perhapsLeft.length).toBe(started)
    expect(jobs.unlocated).toEqual(unlocated)
  })

  test('in the middle of a line is read without it, and goes on without it', async () => {
    const { journal } = await runWithJournal('torn.ndjson')
    const lines = linesOf(journal).length
    truncateSync(journal, statSync(journal).size - 20)
    expect(readJournalLines(journal).length).toBe(lines - 1)
    const file = continueJournal(journal)
    file.append(JSON.stringify({ kind: 'job-gone', exchanges: [1] }))
    file.close()
    expect(readJournalLines(journal).at(-1)).toMatchObject({ kind: 'job-gone' })
    expect(readJournalLines(journal).length).toBe(lines)
  })
})

test('a journal with a changed line is damaged', async () => {
  const { journal } = await runWithJournal('changed.ndjson')
  writeFileSync(journal, readFileSync(journal, 'utf8').replace('"status":202', '"status":200'))
  expect(() => readJournal(journal, 'j')).toThrow(/^j is damaged: line \d+ is not as bulkcheck wrote it$/)
})

test('what is no journal is called so', () => {
  const file = join(folder, 'other')
  writeFileSync(file, '')
  expect(() => readJournal(file, 'other')).toThrow('other is not a journal of a run')
  appendFileSync(file, '{"version":2}\n{"version":2}\n')
  expect(() => readJournal(file, 'other')).toThrow('other is not a journal of a run')
})

test('a journal replaces a link, not the file that it leads to', async () => {
  writeFileSync(join(folder, 'precious'), 'mine')
  symlinkSync(join(folder, 'precious'), join(folder, 'link.ndjson'))
  await runWithJournal('link.ndjson')
  expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('mine')
})

test.each([
  ['https://fhir.example/status/1?t=abc', true],
  ['https://elsewhere.example/status/1', false],
  ['https://u:pw@fhir.example/status/1', false],
  ['https://fhir.example/status/known-secret-1', false],
])('a polling location at %s is whole: %j', async (location, isWhole) => {
  const journal = join(folder, 'location.ndjson')
  const { transport } = openScriptedServer([])
  const secrets = openKnownSecrets()
  secrets.add('known-secret-1')
  await run({
    ...scriptedRunOptions({
      transport: async (request) => {
        const response = await transport(request)
        if (!request.url.includes('$export')) return response
        return { ...response, headers: [['content-location', location]] }
      },
    }),
    ...{ journal, secrets },
  })
  const text = readFileSync(journal, 'utf8')
  expect(text.includes(`"statusUrl":"${location}"`)).toBe(isWhole)
  expect(text).not.toContain('known-secret-1')
  expect(text).not.toContain('u:pw')
  expect(readJournal(journal).kickoffs[0]?.job?.statusUrl).toBe(isWhole ? location : undefined)
})

const later = 'tok-8fK2.Lq0zV7'

/** A server that repeats a secret before it issues it, in a header field that is shown and in its polling location. */
function issuesLater(transport: Transport, onEach: () => void): Transport {
  const location = `https://fhir.example/status/${later}`
  return async (request) => {
    onEach()
    const isStatus = request.url === location
    const answer = await transport(isStatus ? { ...request, url: 'https://fhir.example/status/1' } : request)
    if (!('headers' in answer)) return answer
    const isKickoff = request.url.endsWith('$export')
    const headers = isKickoff
      ? [['Server', `echo/${later}`] as const, ['Content-Location', location] as const]
      : isStatus
        ? [...answer.headers, ['X-Session-Token', later] as const]
        : answer.headers
    return { ...answer, headers }
  }
}

test('a secret that a server repeats before it issues it stays in no line of a journal or a recording', async () => {
  const journal = join(folder, 'later.ndjson')
  const recording = join(folder, 'later-recording.ndjson')
  const seen: boolean[] = []
  const transport = issuesLater(openScriptedServer([patient]).transport, () =>
    seen.push(readFileSync(journal, 'utf8').includes(later)),
  )
  await run({ ...scriptedRunOptions({ transport }), journal, recording })
  // Before the kick-off, before the status request, and from the download on.
  expect(seen).toEqual([false, true, ...seen.slice(2).map(() => false)])
  expect(seen.length).toBeGreaterThan(3)
  for (const file of [journal, recording]) {
    expect(readFileSync(file, 'utf8')).not.toContain(later)
    expect(JSON.stringify(readJournal(file).exchanges)).toContain('echo/xxx-xxxx.xxxxxx')
    // It would be another resource.
    expect(readJournal(file).kickoffs[0]?.job).not.toHaveProperty('statusUrl')
  }
})

test('a journal that cannot be written is said once, and the run goes on', async () => {
  let lost = 0
  const result = await run({
    ...scriptedRunOptions(openScriptedServer([patient])),
    journal: join(folder, 'nowhere', 'journal.ndjson'),
    onJournalLost: () => {
      lost += 1
    },
  })
  expect(lost).toBe(1)
  expect(result).toMatchObject({ complete: true, warnings: [] })
})

test('what cannot be written any longer ends a journal, and nothing else', () => {
  const file = join(folder, 'full.ndjson')
  const journal = beginJournal(file, { harness: 'test', configuration: '', hasBodies: false, folders: [] })
  journal.append('{"kind":"one"}')
  // As on a full disk, writing fails from here on.
  journal.close()
  journal.append('{"kind":"two"}')
  expect(journal.isWhole).toBe(false)
  expect(readJournalLines(file)).toHaveLength(2)
})

test('the result is handed over before the jobs are deleted', async () => {
  const { concluded, result } = await runWithJournal('before.ndjson', (transport) => {
    let deletions = 0
    return (request) => {
      if (request.method !== 'DELETE') return transport(request)
      deletions += 1
      // The first is answered as if the job were needed.
      if (deletions > 1) return transport(request)
      return Promise.resolve({ status: 409, headers: [], framing: 'length', body: Buffer.from(''), bytes: 0 })
    }
  })
  expect(concluded?.jobs).toMatchObject({ started: 1, deleted: 0 })
  expect(result.jobs).toMatchObject({ started: 1, deleted: 1 })
})
