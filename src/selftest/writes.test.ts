import { expect, test } from 'vitest'
import type { RunResult } from '../model/result.ts'
import { createProvider } from '../reference/provider.ts'
import { cleanupJobs, jobsToClean } from '../run/journal/cleanup-jobs.ts'
import { readJournal } from '../run/journal/journal-state.ts'
import { run } from '../run/run.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSession } from '../probe/session.ts'
import type { Transport } from '../probe/transport/message.ts'
import { inProcessTransport } from './in-process-transport.ts'
import { baseUrl, population, runAgainst, runOptionsFor, type ProviderSetting } from './provider-runs.ts'
import { modernTls } from '../reference/conduct/tls.ts'
import { rememberingSignatures } from './signatures.ts'

const writing: ProviderSetting = {
  release: '3.0.0',
  configuration: { groupWrites: true, cohorts: 'each-use', gzip: false },
  only: ['cohorts', 'writes'],
}

const sentWrites = ({ exchanges }: RunResult) =>
  exchanges.filter(
    ({ request }) => ['POST', 'PUT'].includes(request.method) && request.url.includes('/Group'),
  )

test('what a run creates is deleted again', async () => {
  const result = await runAgainst(writing)
  expect(sentWrites(result).length).toBeGreaterThan(5)
  const { started, deleted, perhapsLeft, unlocated } = result.jobs
  expect({ left: started - deleted, perhapsLeft, unlocated }).toEqual({
    left: 0,
    perhapsLeft: [],
    unlocated: undefined,
  })
})

test('nothing is written where it is not allowed, whatever a suite says', async () => {
  const { target, ...options } = await runOptionsFor(writing)
  const { allowsWrites, ...careful } = target
  expect(allowsWrites).toBe(true)
  const result = await rememberingSignatures(() => run({ ...options, target: careful }))
  expect(sentWrites(result)).toEqual([])
})

test('tests that write do not apply where that is not allowed, and say which option allows it', async () => {
  const { tests } = await runAgainst({ release: '3.0.0', configuration: { gzip: false }, only: ['writes'] })
  const [verdict] = tests.map((it) => it.verdict)
  expect(verdict?.is === 'not-applicable' && verdict.reason).toEqual({
    kind: 'feature-missing',
    feature: 'writes',
  })
})

/** A run whose process ends before it sends its request of this number; the provider that it was against, and its journal. */
async function killedRun(folder: string, before: number) {
  const journal = join(folder, `${before}.ndjson`)
  const options = await runOptionsFor(writing)
  const provider = await createProvider({
    ...{ release: '3.0.0', population, baseUrl, now: options.clock.now },
    configuration: { tls: modernTls, ...writing.configuration },
  })
  const whole = inProcessTransport(provider)
  let sent = 0
  await rememberingSignatures(
    () =>
      new Promise<void>((resolve, reject) => {
        const send: Transport = (request) => {
          sent += 1
          if (sent < before) return whole(request)
          resolve()
          return new Promise(() => undefined)
        }
        const transport = Object.assign(send, { handshake: whole.handshake })
        run({ ...options, journal, transport }).then(() => resolve(), reject)
      }),
  )
  return { ...options, journal, provider, transport: whole }
}

test('cleanup deletes what a killed run created', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'writes-'))
  let groups = 0
  try {
    for (let before = 30; before < 150; before += 7) {
      const { journal, provider, target, transport, clock } = await killedRun(folder, before)
      groups = Math.max(groups, provider.openJobs())
      const session = openSession({ target, transport, clock })
      const { located } = jobsToClean(readJournal(journal))
      const { signal } = new AbortController()
      const cleaned = await rememberingSignatures(() =>
        cleanupJobs(located, { session, journal: { append: () => undefined }, signal }),
      )
      expect({ before, open: provider.openJobs() }).toEqual({ before, open: 0 })
      expect(cleaned.filter(({ outcome }) => outcome !== 'deleted' && outcome !== 'gone')).toEqual([])
      await session.close()
    }
    expect(groups).toBeGreaterThan(5)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
