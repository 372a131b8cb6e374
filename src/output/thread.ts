import type { Profiles } from '../profiles/profiles.ts'
import type { ProfileTally } from '../profiles/tally.ts'
import { openProver } from '../prover/open.ts'
import type { Prover } from '../prover/prover.ts'
import { type RowsRead, makeRows } from './index/rows.ts'
import { type Counted, type Feeding, beginPass } from './pass.ts'
import { type Halt, type Slice, judgeSlice } from './slices.ts'

/** What is to be found out about the lines of an export. */
export interface Order {
  readonly checks: readonly Feeding[]
  /** Rows of an index are to be made, with these queries evaluated for each. */
  readonly index?: { readonly queries: readonly string[]; readonly keysOnly?: boolean }
  /** A line that is longer is not judged. */
  readonly lineBytes: number
  /** FHIR base of the target: references below it are local. Empty if nobody knows it. */
  readonly fhirUrl: string
  /** Paths of FHIR packages whose profiles resources are held against. */
  readonly packages?: readonly string[]
  /** Ends the judging before it is done. */
  readonly halt?: Halt
}

/** What judging one slice brought; survives a structured clone. */
export interface SliceResult {
  /** False if a halt came before its end. */
  readonly whole: boolean
  /** One for each check of the order. */
  readonly tallies: readonly unknown[]
  readonly rows?: RowsRead
  readonly counted: Counted
  readonly profiles?: ProfileTally
}

/** As much as stays in the cache of a core while it is looked at several times. */
const inputBytes = 512 << 10

let prover: { readonly fhirUrl: string; readonly it: Prover } | undefined
const opened = new Map<string, Promise<Profiles>>()
let last: Promise<unknown> = Promise.resolve()

/** Tells how much of a slice has been judged until now. */
export type Tell = (counted: Counted) => void

/** Judges a slice in this thread. Slices wait for one another, since all use one prover. */
export function judgeHere(order: Order, slice: Slice, tell?: Tell): Promise<SliceResult> {
  const mine = last.then(() => judge(order, slice, tell))
  last = mine.catch(() => undefined)
  return mine
}

async function judge(order: Order, slice: Slice, tell?: Tell): Promise<SliceResult> {
  const { checks, fhirUrl, lineBytes, index, halt } = order
  if (prover?.fhirUrl !== fhirUrl) prover = { fhirUrl, it: openProver({ fhirUrl, capacity: inputBytes }) }
  const rows = index ? makeRows({ ...index, fhirUrl }) : undefined
  const profiles = await profilesOf(order.packages ?? [])
  const pass = beginPass({
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

/** The profiles of packages, read once in each thread. */
export async function profilesOf(packages: readonly string[]): Promise<Profiles | undefined> {
  if (packages.length === 0) return undefined
  const key = packages.join('\n')
  const known = opened.get(key)
  if (known) return known
  // Loaded here because most runs do without.
  const profiles = import('../profiles/profiles.ts').then((it) => it.openProfiles(packages))
  opened.set(key, profiles)
  return profiles
}
