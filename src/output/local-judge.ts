import type { ProfileTally } from '../profiles/summary/tally.ts'
import { openProver } from '../prover/open.ts'
import type { Prover } from '../prover/proof.ts'
import { type RowBatch, openRowMaker } from './index/row-maker.ts'
import type { FileCheck } from './lines/check-groups.ts'
import type { LineCounts } from './lines/line-counts.ts'
import { openLinePass } from './lines/line-pass.ts'
import { judgeSlice } from './judge-slice.ts'
import { profilesOfPackages } from './package-profiles.ts'
import type { HaltSignal, LineSlice } from './slice.ts'

/** What a pass over the lines of an export has to find. */
export interface JudgeSpec {
  readonly checks: readonly FileCheck[]
  /** Makes rows of an index, and evaluates these queries for each. */
  readonly index?: { readonly queries: readonly string[]; readonly keysOnly?: boolean }
  /** A line that is longer is not judged. */
  readonly lineBytes: number
  /** FHIR base of the target: references below it are local. Empty if it is unknown. */
  readonly fhirUrl: string
  /** Paths of FHIR packages; resources are validated against their profiles. */
  readonly packages?: readonly string[]
  /** Stops the judging early. */
  readonly halt?: HaltSignal
}

/** The result of judging one slice; it survives a structured clone. */
export interface SliceResult {
  /** False if a halt came before its end. */
  readonly whole: boolean
  /** One for each check of the spec. */
  readonly tallies: readonly unknown[]
  readonly rows?: RowBatch
  readonly counted: LineCounts
  readonly profiles?: ProfileTally
}

/** A block that stays in the cache of a core while it is read several times. */
const inputBytes = 512 << 10

let prover: { readonly fhirUrl: string; readonly it: Prover } | undefined
let last: Promise<unknown> = Promise.resolve()

/** Called with the amount of a slice that has been judged so far. */
export type SliceProgressListener = (counted: LineCounts) => void

/** Judges a slice in this thread. Slices wait for one another, since all use one prover. */
export function judgeLocally(
  spec: JudgeSpec,
  slice: LineSlice,
  onProgress?: SliceProgressListener,
): Promise<SliceResult> {
  const judged = last.then(() => judge(spec, slice, onProgress))
  last = judged.catch(() => undefined)
  return judged
}

async function judge(
  spec: JudgeSpec,
  slice: LineSlice,
  onProgress?: SliceProgressListener,
): Promise<SliceResult> {
  const { checks, fhirUrl, lineBytes, index, halt } = spec
  if (prover?.fhirUrl !== fhirUrl) prover = { fhirUrl, it: openProver({ fhirUrl, capacity: inputBytes }) }
  const rows = index ? openRowMaker({ ...index, fhirUrl }) : undefined
  const profiles = await profilesOfPackages(spec.packages ?? [])
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
    ...(onProgress ? { onTurn: () => onProgress(pass.counted) } : {}),
  })
  return {
    whole,
    tallies: pass.tallies,
    counted: pass.counted,
    ...(rows ? { rows: rows.take() } : {}),
    ...(pass.profiles ? { profiles: pass.profiles } : {}),
  }
}
