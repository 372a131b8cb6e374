import { isUtf8 } from 'node:buffer'
import type { LinesCheck } from '../checks/check.ts'
import { isObject, resourceTypes } from '../checks/fhir.ts'
import type { FileKind, Line, OutputFile, ProvenLines } from '../model/evidence.ts'
import type { Problem } from '../model/structure.ts'
import type { Profiles } from '../profiles/profiles.ts'
import type { ProfileTally } from '../profiles/tally.ts'
import { type Proof, type Prover, lineFlags } from '../prover/prover.ts'
import { r4Model } from '../r4/load.ts'
import { judgeLine } from '../structure/line.ts'
import type { RowMaker } from './index/rows.ts'
import { jsonOn } from './lines.ts'

/** A check that is fed the lines of one kind of file. */
export interface Feeding {
  readonly check: LinesCheck<never, unknown>
  readonly params: unknown
  readonly kind: FileKind
}

/** How many lines of a file were read, and how many resources of each type were among them. */
export interface Counted {
  lines: number
  bytes: number
  readonly resources: Record<string, number>
}

/** What is read of lines, in one thread: tallies of checks, rows of an index, counts. */
export interface Pass {
  /** Judges whole lines in the first `length` bytes of `prover.input`; the last may lack its LF. Returns how many there are. */
  judge(length: number, file: OutputFile, firstLine: number): number
  /** Judges a line that did not fit; `cut` says that it is longer than may be read. */
  long(bytes: Uint8Array, cut: boolean, file: OutputFile, number: number): void
  readonly tallies: readonly unknown[]
  readonly counted: Counted
  readonly profiles?: ProfileTally
}

interface Fed extends Feeding {
  readonly check: LinesCheck<never, unknown>
  readonly tally: unknown
}

/** The checks on files of one kind, and what they ask for. */
interface Group {
  readonly mine: readonly Fed[]
  readonly problems: boolean
  readonly profiled: boolean
  /** Proven lines need not be parsed. */
  readonly inRuns: boolean
}

const nobody: Group = { mine: [], problems: false, profiled: false, inRuns: true }

type Untyped = LinesCheck<unknown, unknown>

/** Begins a pass with empty tallies, in the order of the checks. Lines longer than `lineBytes` are cut. */
export function beginPass({
  checks,
  prover,
  lineBytes,
  rows,
  profiles,
}: {
  readonly checks: readonly Feeding[]
  readonly prover: Prover
  readonly lineBytes: number
  readonly rows?: RowMaker
  readonly profiles?: Profiles
}): Pass {
  const fed: readonly Fed[] = checks.map((it) => ({ ...it, tally: it.check.empty(it.params as never) }))
  const groups = new Map<FileKind, Group>()
  for (const kind of ['output', 'deleted', 'error'] as const) {
    const mine = fed.filter((it) => it.kind === kind)
    const wants = (what: 'problems' | 'profiles') => mine.some((it) => it.check.wants === what)
    const profiled = wants('profiles') && profiles !== undefined && kind === 'output'
    const inRuns = !profiled && mine.every(({ check }) => check.proven !== undefined)
    groups.set(kind, { mine, problems: wants('problems'), profiled, inRuns })
  }
  const counted: Counted = { lines: 0, bytes: 0, resources: {} }
  const slowly = (line: Line, { mine, problems, profiled }: Group, proven: boolean) => {
    const isJson = isObject(line.json)
    const judged: Line =
      isJson && (problems || profiled)
        ? {
            ...line,
            ...(problems ? { problems: proven ? none : judgeLine(line.text, line.json) } : {}),
            ...(profiled ? held(line) : {}),
          }
        : line
    for (const { check, tally, params } of mine) (check as Untyped).line(tally, judged, params)
    rows?.addLine(judged)
    count(counted, judged)
  }
  const seen = profiles?.tally()
  const held = ({ json }: Line) => {
    if (!profiles || !seen) return {}
    const judged = profiles.judge(json)
    profiles.add(seen, judged)
    const { problems, unmet, outcomes } = judged
    const claimed = problems.length > 0 || outcomes.some((it) => it.claimed)
    const chosen = outcomes.some((it) => !it.claimed)
    return { profiles: { ...(claimed ? { claimed: problems } : {}), ...(chosen ? { chosen: unmet } : {}) } }
  }
  return {
    tallies: fed.map((it) => it.tally),
    counted,
    ...(seen ? { profiles: seen } : {}),
    judge(length, file, firstLine) {
      const group = groups.get(file.kind) ?? nobody
      const proof = prover.prove(length, file.type)
      const { input } = prover
      const proven = provenOf(proof, file, lineBytes < length ? undefined : input.subarray(0, length))
      counted.bytes += length
      let at = 0
      while (at < proof.lines) {
        const end = group.inRuns && proven[at] ? runEnd(proof, proven, at) : at
        if (end > at) {
          const type = r4Model().resources[proof.types[at] ?? 0] ?? ''
          const lines = runOf(proof, { file, firstLine, from: at, to: end, type })
          for (const { check, tally, params } of group.mine) (check as Untyped).proven?.(tally, lines, params)
          counted.lines += end - at
          counted.resources[type] = (counted.resources[type] ?? 0) + end - at
          if (rows) addRows(rows, proof, { file, firstLine, from: at, to: end, input, lineBytes })
          at = end
        } else {
          const line = lineAt(proof, at, { file, number: firstLine + at, input, lineBytes })
          slowly(line, group, proven[at] === 1)
          at += 1
        }
      }
      return proof.lines
    },
    long(bytes, cut, file, number) {
      counted.bytes += bytes.length
      slowly(lineOf(bytes, { file, number, cut }), groups.get(file.kind) ?? nobody, false)
    },
  }
}

const none: readonly Problem[] = []

/**
 * Which lines may be taken as proven: bytes that are no UTF-8 prove nothing, nor does a type that FHIR does not know. What a deleted file holds is
 * judged by its content.
 */
function provenOf(proof: Proof, file: OutputFile, bytes: Uint8Array | undefined): Uint8Array {
  const known = file.type === undefined || resourceTypes.has(file.type)
  if (!bytes || !known || file.kind === 'deleted') return new Uint8Array(proof.lines)
  if (isUtf8(bytes)) return proof.proven
  return proof.proven
    .slice(0, proof.lines)
    .map((it, at) => (isUtf8(bytes.subarray(proof.offsets[at], proof.offsets[at + 1])) ? it : 0))
}

function runEnd(proof: Proof, proven: Uint8Array, from: number): number {
  const type = proof.types[from]
  let end = from + 1
  while (end < proof.lines && proven[end] && proof.types[end] === type) end += 1
  return end
}

interface Run {
  readonly file: OutputFile
  readonly firstLine: number
  readonly from: number
  readonly to: number
}

function runOf(
  proof: Proof,
  { file, firstLine, from, to, type }: Run & { readonly type: string },
): ProvenLines {
  const references = new Uint8Array(to - from)
  for (let at = from; at < to; at += 1) {
    const flags = proof.flags[at] ?? 0
    references[at - from] = flags & lineFlags.oddReference ? 2 : flags & lineFlags.hasReference ? 1 : 0
  }
  const updated = proof.updated.subarray(from, to)
  return { file, first: firstLine + from, count: to - from, type, updated, references }
}

function addRows(
  rows: RowMaker,
  proof: Proof,
  { file, firstLine, from, to, ...read }: Run & { readonly input: Buffer; readonly lineBytes: number },
): void {
  for (let at = from; at < to; at += 1)
    if (rows.takesProven(proof.types[at] ?? 0, proof.flags[at] ?? 0))
      rows.addProven(proof, at, { file, line: firstLine + at })
    else rows.addLine(lineAt(proof, at, { file, number: firstLine + at, ...read }))
}

const lf = 10

function lineAt(
  proof: Proof,
  at: number,
  it: {
    readonly file: OutputFile
    readonly number: number
    readonly input: Buffer
    readonly lineBytes: number
  },
): Line {
  const from = proof.offsets[at] ?? 0
  const end = proof.offsets[at + 1] ?? from
  const to = it.input[end - 1] === lf ? end - 1 : end
  const cut = to - from > it.lineBytes
  const bytes = it.input.subarray(from, cut ? from + it.lineBytes : to)
  return lineOf(bytes, { file: it.file, number: it.number, cut })
}

function lineOf(
  bytes: Uint8Array,
  { file, number, cut }: { readonly file: OutputFile; readonly number: number; readonly cut: boolean },
): Line {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  // The limit may fall within a character, which is no fault of the server.
  const utf8 = cut || isUtf8(bytes)
  return { file, number, text, utf8, ...(cut ? { cut: true as const } : jsonOn({ number, text })) }
}

function count(counted: Counted, { text, json }: Line): void {
  if (text.trim() === '') return
  counted.lines += 1
  const type = isObject(json) ? json.resourceType : undefined
  if (typeof type === 'string' && resourceTypes.has(type))
    counted.resources[type] = (counted.resources[type] ?? 0) + 1
}
