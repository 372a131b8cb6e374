import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { exchange } from '../checks/fixtures/evidence.ts'
import type { Evidence } from '../model/evidence.ts'
import { openScriptedServer, scriptedRunOptions } from './fixtures/scripted-export.ts'
import { readRecording, recordingOf } from './recording.ts'
import { run } from './run.ts'
import { openRunSession } from './run-session.ts'

const folder = mkdtempSync(join(tmpdir(), 'bulkcheck-'))
afterAll(() => rmSync(folder, { recursive: true }))

const options = scriptedRunOptions(openScriptedServer([]))
const secrets = {
  kind: 'client-secret',
  clientId: 'me',
  secret: 'hunter2',
  scope: 's',
  method: 'post',
} as const
const evidence: Evidence = { probe: 'request', exchanges: [exchange({ url: 'https://fhir.example/tok-en' })] }

async function recorded() {
  const session = await openRunSession(options)
  session.conceal('tok-en')
  return recordingOf({
    options: { ...options, target: { ...options.target, authorization: secrets, otherClient: secrets } },
    judging: {
      evidence: new Map([['a request', evidence]]),
      preflight: [],
      picked: new Map([
        ['plain#firstPatient', { value: 'patient-1' }],
        ['plain#firstOutputUrl', { value: 'https://fhir.example/files/0' }],
      ]),
    },
    session,
    startedAt: options.clock.now(),
  })
}

describe('a recording', () => {
  test('has the target without what authorizes', async () => {
    const { target } = await recorded()
    expect(target.authorization).toEqual({ kind: 'client-secret' })
    expect(target.otherClient).toEqual({ kind: 'client-secret' })
    expect(target.fhirUrl).toBe('https://fhir.example')
  })

  test('has picked values but for ids of patients', async () => {
    expect((await recorded()).picked).toEqual({
      'plain#firstPatient': { reason: { kind: 'patient-ids-not-recorded' } },
      'plain#firstOutputUrl': { value: 'https://fhir.example/files/0' },
    })
  })

  test('has evidence in which secrets are masked', async () => {
    const { evidence: masked } = await recorded()
    expect(masked['a request']).toMatchObject({ probe: 'request', exchanges: [{ number: 1 }] })
    expect(JSON.stringify(masked)).not.toContain('tok-en')
  })

  test('is for its owner alone, whatever was there, and has the evidence of its run', async () => {
    const recording = join(folder, 'run.ndjson')
    writeFileSync(recording, 'before', { mode: 0o666 })
    let isWhole = false
    const result = await run({
      ...scriptedRunOptions(openScriptedServer(['{"resourceType":"Patient","id":"p"}\n'])),
      recording,
      onRecorded: () => {
        isWhole = true
      },
    })
    expect(isWhole).toBe(true)
    expect(statSync(recording).mode & 0o777).toBe(0o600)
    const read = readRecording(recording)
    expect(read).toMatchObject({ complete: true, jobs: { started: 1, deleted: 1, perhapsLeft: [] } })
    expect(read.exchanges.map(({ request }) => request)).toEqual(
      result.exchanges.map(({ request }) => request),
    )
    expect(Object.values(read.evidence)).toMatchObject([{ probe: 'export', export: { state: 'complete' } }])
  })

  test('that cannot be written is a warning', async () => {
    const recording = join(folder, 'none/run.ndjson')
    const { warnings } = await run({ ...options, recording, onRecorded: () => expect.unreachable() })
    expect(warnings).toEqual([expect.stringContaining('could not be recorded')])
  })

  test('ends where its file was cut', async () => {
    const recording = join(folder, 'cut.ndjson')
    await run({ ...scriptedRunOptions(openScriptedServer([''])), recording })
    const text = readFileSync(recording, 'utf8')
    writeFileSync(recording, text.slice(0, text.indexOf('"kind":"concluded"')))
    expect(readRecording(recording)).toMatchObject({
      complete: false,
      warnings: [expect.stringContaining('ends before its run did')],
    })
  })
})

test.each([
  ['no JSON', 'is not a journal of a run'],
  ['{"version":1}\n', 'is not a journal of a run'],
  ['null\n', 'is not a journal of a run'],
  ['', 'is not a journal of a run'],
])('a file of %j is not a recording', (text, says) => {
  const file = join(folder, 'other.json')
  writeFileSync(file, text)
  expect(() => readRecording(file, 'other.json')).toThrow(`other.json ${says}`)
})

test('a file that is not there cannot be read', () => {
  expect(() => readRecording(join(folder, 'nowhere.json'))).toThrow('nowhere.json cannot be read')
})
