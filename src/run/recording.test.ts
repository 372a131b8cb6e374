import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { exchange } from '../checks/fixtures/evidence.ts'
import type { Evidence } from '../model/evidence.ts'
import { openScriptedServer, scriptedRunOptions } from './fixtures/scripted-export.ts'
import { type RecordingInput, readRecording, recordingOf, writeRecording } from './recording.ts'
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

async function input(): Promise<RecordingInput> {
  const session = await openRunSession(options)
  session.conceal('tok-en')
  return {
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
  }
}

describe('a recording', () => {
  test('has the target without what authorizes', async () => {
    const { target } = recordingOf(await input())
    expect(target.authorization).toEqual({ kind: 'client-secret' })
    expect(target.otherClient).toEqual({ kind: 'client-secret' })
    expect(target.fhirUrl).toBe('https://fhir.example')
  })

  test('has picked values but for ids of patients', async () => {
    expect(recordingOf(await input()).picked).toEqual({
      'plain#firstPatient': { reason: { kind: 'patient-ids-not-recorded' } },
      'plain#firstOutputUrl': { value: 'https://fhir.example/files/0' },
    })
  })

  test('has evidence in which secrets are masked', async () => {
    const { evidence: recorded } = recordingOf(await input())
    expect(recorded['a request']).toMatchObject({ probe: 'request', exchanges: [{ number: 1 }] })
    expect(JSON.stringify(recorded)).not.toContain('tok-en')
  })

  test('is read as it was written, and is for its owner alone', async () => {
    const file = join(folder, 'run.json')
    const it = await input()
    expect(await writeRecording(file, it)).toBe(true)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await readRecording(file)).toEqual(JSON.parse(JSON.stringify(recordingOf(it))))
  })

  test('that cannot be written leaves nothing half done', async () => {
    expect(await writeRecording(join(folder, 'none/run.json'), await input())).toBe(false)
    const taken = join(folder, 'taken')
    writeFileSync(taken, 'before')
    expect(await writeRecording(join(taken, 'run.json'), await input())).toBe(false)
    expect(readFileSync(taken, 'utf8')).toBe('before')
    expect(readdirSync(folder).filter((it) => it.startsWith('.'))).toEqual([])
  })
})

test.each([
  ['no JSON', 'is not a recording of a run'],
  ['{"version":1}', 'is not a recording of a run'],
  ['null', 'is not a recording of a run'],
])('a file of %j is not a recording', async (text, says) => {
  const file = join(folder, 'other.json')
  writeFileSync(file, text)
  await expect(readRecording(file)).rejects.toThrow(`${file} ${says}`)
})

test('a file that is not there cannot be read', async () => {
  await expect(readRecording(join(folder, 'nowhere.json'))).rejects.toThrow('nowhere.json cannot be read')
})
