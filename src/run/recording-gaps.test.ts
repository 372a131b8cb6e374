import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Evidence } from '../model/evidence.ts'
import type { OutputFile } from '../model/http/exchange.ts'
import type { LoadedSuites } from '../suite/load.ts'
import { gapsOf } from './recording-gaps.ts'
import type { Recording } from './recording.ts'

const loaded = { sha256: 'a' } as LoadedSuites
const fileRead: Evidence = { probe: 'files', files: [{} as OutputFile] } as Evidence
const gaps = (recording: Partial<Recording>, packages: readonly string[] = []) =>
  gapsOf({ evidence: {}, picked: {}, suites: { sha256: 'a' }, ...recording } as Recording, {
    loaded,
    packages,
  })

test('a recording is judged as its run unless something is lacking', () => {
  expect(gaps({})).toEqual([])
  expect(gaps({ suites: { sha256: 'a' }, hasPackages: true, files: tmpdir() }, ['us-core.tgz'])).toEqual([])
  expect(gaps({ evidence: { plain: fileRead }, files: tmpdir() })).toEqual([])
  expect(gaps({ picked: { 'plain#firstOutputUrl': { value: 'https://h/1' } } })).toEqual([])
})

test('what is lacking is known before anything is judged', () => {
  expect(gaps({ suites: { sha256: 'b' } })).toEqual(['other-suites'])
  expect(gaps({ evidence: { plain: fileRead } })).toEqual(['no-files'])
  expect(gaps({ evidence: { plain: fileRead }, files: join(tmpdir(), 'no-such-folder-7') })).toEqual([
    'files-gone',
  ])
  expect(gaps({ hasPackages: true })).toEqual(['no-packages'])
  expect(
    gaps({ picked: { 'plain#firstPatient': { reason: { kind: 'patient-ids-not-recorded' } } } }),
  ).toEqual(['no-patient-ids'])
})
