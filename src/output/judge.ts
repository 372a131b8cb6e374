import type { Gathered } from './index/gather.ts'
import { type Judging, type Means, openJudging } from './judging.ts'
import type { ProfilesSeen } from '../model/profiles.ts'
import type { FileBegun, Taking } from '../model/taking.ts'
import type { Feeding } from './pass.ts'
import type { Halt } from './slices.ts'

/** What is to be found out about the files of an export, in one pass. */
export interface Asked {
  readonly checks: readonly Feeding[]
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
  readonly halt?: Halt
  /** Told now and then how much has been judged. */
  readonly onProgress?: (done: Done) => void
}

/** How much of the files has been judged. */
export interface Done {
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
export interface Read extends Gathered {
  readonly tallies: readonly unknown[]
  /** In the order of their positions. */
  readonly files: readonly FileCount[]
  /** What was seen of the profiles of packages. */
  readonly profiles?: ProfilesSeen
}

/** Files that are judged as they come. */
export interface Reading {
  take(file: FileBegun): Taking
  read: Judging['read']
  room(): Promise<void>
  found: Judging['found']
  join: Judging['join']
  finish(): Promise<Read>
}

const tellEveryMs = 100

/** Begins the one pass over the files of an export. */
export function beginReading(asked: Asked, means: Means): Reading {
  const done = { bytes: 0, resources: 0 }
  let told = 0
  const { onProgress, ...order } = asked
  const judging: Judging = openJudging(order, means, ({ bytes, resources }) => {
    done.bytes += bytes
    done.resources += resources
    if (Date.now() - told < tellEveryMs) return
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
