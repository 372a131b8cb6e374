import { openProver } from '../prover/open.ts'
import type { Prover } from '../prover/prover.ts'
import { type RowsRead, makeRows } from './index/rows.ts'
import { type Counted, type Feeding, beginPass } from './pass.ts'
import { type Slice, judgeSlice } from './slices.ts'

/** What is to be found out about the lines of an export. */
export interface Order {
  readonly checks: readonly Feeding[]
  /** Rows of an index are to be made, with these queries evaluated for each. */
  readonly index?: { readonly queries: readonly string[] }
  /** A line that is longer is not judged. */
  readonly lineBytes: number
  /** FHIR base of the target: references below it are local. Empty if nobody knows it. */
  readonly fhirUrl: string
}

/** What judging one slice brought; survives a structured clone. */
export interface SliceResult {
  /** One for each check of the order. */
  readonly tallies: readonly unknown[]
  readonly rows?: RowsRead
  readonly counted: Counted
}

let prover: { readonly fhirUrl: string; readonly it: Prover } | undefined
let last: Promise<unknown> = Promise.resolve()

/** Judges a slice in this thread. Slices wait for one another, since all use one prover. */
export function judgeHere(order: Order, slice: Slice): Promise<SliceResult> {
  const mine = last.then(() => judge(order, slice))
  last = mine.catch(() => undefined)
  return mine
}

async function judge(order: Order, slice: Slice): Promise<SliceResult> {
  const { checks, fhirUrl, lineBytes, index } = order
  if (prover?.fhirUrl !== fhirUrl) prover = { fhirUrl, it: openProver({ fhirUrl }) }
  const rows = index ? makeRows({ ...index, fhirUrl }) : undefined
  const pass = beginPass({ checks, prover: prover.it, lineBytes, ...(rows ? { rows } : {}) })
  await judgeSlice(slice, pass, { prover: prover.it, lineBytes })
  return { tallies: pass.tallies, counted: pass.counted, ...(rows ? { rows: rows.take() } : {}) }
}
