import type { IndexResult } from './index/builder.ts'
import { type FileJudge, type JudgeEnvironment, openFileJudge } from './file-judge.ts'
import type { ProfileCoverage } from '../model/fhir/profile-coverage.ts'
import type { OutputFileStart, FileSink } from '../model/export/file-sink.ts'
import type { FileCheck } from './line-pass.ts'
import type { HaltSignal } from './judge-slice.ts'

/** What is to be found out about the files of an export, in one pass. */
export interface ExportJudgeSpec {
  readonly checks: readonly FileCheck[]
  readonly index?: { readonly queries: readonly string[]; readonly keysOnly?: boolean }
  /** The manifest's. */
  readonly transactionTime?: string
  /** FHIR base of the target: references below it are local. Empty if nobody knows it. */
  readonly fhirUrl: string
  /** A line that is longer is not judged. */
  readonly lineBytes: number
  /** Paths of FHIR packages whose profiles resources are held against. */
  readonly packages?: readonly string[]
  /** Ends the judging before it is done. */
  readonly halt?: HaltSignal
  /** Told now and then how much has been judged. */
  readonly onProgress?: (done: JudgeProgress) => void
}

/** How much of the files has been judged. */
export interface JudgeProgress {
  readonly bytes: number
  readonly resources: number
}

/** What one file holds. */
export interface FileCount {
  /** Its position among the files of its export. */
  readonly number: number
  readonly bytes: number
  /** That are not blank. */
  readonly lines: number
  /** How many resources of each type FHIR R4 knows. */
  readonly resources: Readonly<Record<string, number>>
}

/** What one pass brought: a tally for each check, in their order, and the index if it was asked for and could be made whole. */
export interface ExportJudgeResult extends IndexResult {
  readonly tallies: readonly unknown[]
  /** In the order of their positions. */
  readonly files: readonly FileCount[]
  /** What was seen of the profiles of packages. */
  readonly profiles?: ProfileCoverage
}

/** Files that are judged as they come. */
export interface ExportJudge {
  beginFile(file: OutputFileStart): FileSink
  judgeFile: FileJudge['judgeFile']
  waitForSpace(): Promise<void>
  partialResult: FileJudge['partialResult']
  addPartialResult: FileJudge['addPartialResult']
  finish(): Promise<ExportJudgeResult>
}

const progressIntervalMs = 100

/** Begins the one pass over the files of an export. */
export function openExportJudge(asked: ExportJudgeSpec, means: JudgeEnvironment): ExportJudge {
  const done = { bytes: 0, resources: 0 }
  let told = 0
  const { onProgress, ...order } = asked
  const judging: FileJudge = openFileJudge(order, means, ({ bytes, resources }) => {
    done.bytes += bytes
    done.resources += resources
    if (Date.now() - told < progressIntervalMs) return
    told = Date.now()
    onProgress?.({ ...done })
  })
  return {
    ...judging,
    async finish() {
      const { tallies, counted, patientIds = [], ...index } = await judging.finish()
      onProgress?.({ ...done })
      const files = [...counted].map(([number, it]) => ({ number, ...it }))
      return { tallies, patientIds, ...index, files: files.sort((a, b) => a.number - b.number) }
    },
  }
}
