import { existsSync } from 'node:fs'
import type { LoadedSuites } from '../suite/load.ts'
import { outputFilesOf } from './evidence-files.ts'
import type { Recording } from './recording.ts'

/** Why judging a recording may conclude otherwise than its run: what the recording lacks, or what is no longer the same. */
export type RecordingGap = 'other-suites' | 'no-files' | 'files-gone' | 'no-packages' | 'no-patient-ids'

/** What keeps the judging of a recording from the verdicts and findings of its run, known before anything is judged. */
export function gapsOf(
  recording: Recording,
  { loaded, packages }: { readonly loaded: LoadedSuites; readonly packages: readonly string[] },
): readonly RecordingGap[] {
  const { suites, files, evidence, picked, hasPackages } = recording
  const hadFiles = Object.values(evidence).some((it) => outputFilesOf(it).length > 0)
  const lacksIds = Object.values(picked).some(
    (it) => 'reason' in it && it.reason.kind === 'patient-ids-not-recorded',
  )
  return [
    ...(suites.sha256 !== loaded.sha256 ? (['other-suites'] as const) : []),
    ...(hadFiles && files === undefined ? (['no-files'] as const) : []),
    ...(hadFiles && files !== undefined && !existsSync(files) ? (['files-gone'] as const) : []),
    ...(hasPackages && packages.length === 0 ? (['no-packages'] as const) : []),
    ...(lacksIds ? (['no-patient-ids'] as const) : []),
  ]
}
