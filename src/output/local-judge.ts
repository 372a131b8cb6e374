import type { ProfileTally } from '../profiles/summary/tally.ts'
import { openProver } from '../prover/open.ts'
import type { Prover } from '../prover/proof.ts'
import { type RowBatch, openRowMaker } from './index/row-maker.ts'
import type { FileCheck } from './check-groups.ts'
import type { LineCounts } from './line-counts.ts'
import { openLinePass } from './line-pass.ts'
import { judgeSlice } from './judge-slice.ts'
import { profilesOfPackages } from './package-profiles.ts'
import type { HaltSignal, LineSlice } from './slice.ts'

/** What is to be found out about the lines of an export. */
export interface JudgeSpec {
  readonly checks: readonly FileCheck[]
  /** Rows of an index are to be made, with these queries evaluated for each. */
  readonly index?: { readonly queries: readonly string[]; readonly keysOnly?: boolean }
  /** A line that is longer is not judged. */
  readonly lineBytes: number
  /** FHIR base of the target: references below it are local. Empty if nobody knows it. */
  readonly fhirUrl: string
  /** Paths of FHIR packages whose profiles resources are held against. */
  readonly packages?: readonly string[]
  /** Ends the judging before it is done. */
  readonly halt?: HaltSignal
}

/** What judging one slice brought; survives a structured clone. */
export interface SliceResult {
  /** False if a halt came before its end. */
  readonly whole: boolean
  /** One for each check of the order. */
  readonly tallies: readonly unknown[]
  readonly rows?: RowBatch
  readonly counted: LineCounts
  readonly profiles?: ProfileTally
}

/** As much as stays in the cache of a core while it is looked at several times. */
const inputBytes = 512 << 10

let prover: { readonly fhirUrl: string; readonly it: Prover } | undefined
let last: Promise<unknown> = Promise.resolve()

/** Tells how much of a slice has been judged until now. */
export type SliceProgressListener = (counted: LineCounts) => void

/** Judges a slice in this thread. Slices wait for one another, since all use one prover. */
export function judgeLocally(
  order: JudgeSpec,
  slice: LineSlice,
  tell?: SliceProgressListener,
): Promise<SliceResult> {
  const mine = last.then(() => judge(order, slice, tell))
  last = mine.catch(() => undefined)
  return mine
}

async function judge(order: JudgeSpec, slice: LineSlice, tell?: SliceProgressListener): Promise<SliceResult> {
  const { checks, fhirUrl, lineBytes, index, halt } = order
  if (prover?.fhirUrl !== fhirUrl) prover = { fhirUrl, it: openProver({ fhirUrl, capacity: inputBytes }) }
  const rows = index ? openRowMaker({ ...index, fhirUrl }) : undefined
  const profiles = await profilesOfPackages(order.packages ?? [])
  const pass = openLinePass({
    checks,
    prover: prover.it,
    lineBytes,
    ...(rows ? { rows } : {}),
    ...(profiles ? { profiles } : {}),
  })
  const whole = await judgeSlice(slice, pass, {
    prover: prover.it,
    lineBytes,
    ...(halt ? { halt } : {}),
    ...(tell ? { onTurn: () => tell(pass.counted) } : {}),
  })
  return {
    whole,
    tallies: pass.tallies,
    counted: pass.counted,
    ...(rows ? { rows: rows.take() } : {}),
    ...(pass.profiles ? { profiles: pass.profiles } : {}),
  }
}
