import { isUtf8 } from 'node:buffer'
import type { LinesCheck } from '../checks/check.ts'
import { isObject } from '../model/fhir/names.ts'
import { isResourceType } from '../r4/facts.ts'
import type { FileKind, Line, OutputFile } from '../model/http/exchange.ts'
import type { ResourceProblem } from '../model/fhir/resource-problem.ts'
import type { Profiles } from '../profiles/open.ts'
import type { ProfileTally } from '../profiles/summary/tally.ts'
import type { Proof, Prover } from '../prover/proof.ts'
import { linePartsOf } from '../prover/line-parts.ts'
import { resourceTypeNames } from '../prover/tables.ts'
import { isTooDeep, judgeLine, tooDeepProblem } from '../structure/judge-line.ts'
import { judgeParts } from '../structure/judge-parts.ts'
import type { RowMaker } from './index/row-maker.ts'
import { parseJsonLine } from './raw-lines.ts'
import { addReferences, resourceRuns, soundLine, addSoundLine, validLine } from './line-validity.ts'

/** A check that is fed the lines of one kind of file. */
export interface FileCheck {
  readonly check: LinesCheck<never, unknown>
  readonly params: unknown
  readonly kind: FileKind
}

/** How many lines of a file were read, and how many resources of each type were among them. */
export interface LineCounts {
  lines: number
  bytes: number
  readonly resources: Record<string, number>
}

/** What is read of lines, in one thread: tallies of checks, rows of an index, counts. */
export interface LinePass {
  /** Judges whole lines in the first `length` bytes of `prover.input`; the last may lack its LF. Returns how many there are. */
  judge(length: number, file: OutputFile, firstLine: number): number
  /** Judges a line that did not fit; `cut` says that it is longer than may be read. */
  judgeLongLine(bytes: Uint8Array, cut: boolean, file: OutputFile, number: number): void
  readonly tallies: readonly unknown[]
  readonly counted: LineCounts
  readonly profiles?: ProfileTally
}

interface TalliedCheck extends FileCheck {
  readonly check: LinesCheck<never, unknown>
  readonly tally: unknown
}

/** The checks on files of one kind. */
interface CheckGroup {
  /** Those to which all sound resources are alike, and those that want to know more of each. */
  readonly common: readonly TalliedCheck[]
  readonly asking: readonly TalliedCheck[]
  readonly problems: boolean
  readonly profiled: boolean
  /** Resources that are sound need not be told one by one. */
  readonly inRuns: boolean
}

const emptyGroup: CheckGroup = { common: [], asking: [], problems: false, profiled: false, inRuns: true }

type UntypedLinesCheck = LinesCheck<unknown, unknown>

/** Begins a pass with empty tallies, in the order of the checks. Lines longer than `lineBytes` are cut. */
export function openLinePass({
  checks,
  prover,
  lineBytes,
  rows,
  profiles,
}: {
  readonly checks: readonly FileCheck[]
  readonly prover: Prover
  readonly lineBytes: number
  readonly rows?: RowMaker
  readonly profiles?: Profiles
}): LinePass {
  const fed: readonly TalliedCheck[] = checks.map((it) => ({
    ...it,
    tally: it.check.empty(it.params as never),
  }))
  const groups = new Map<FileKind, CheckGroup>()
  for (const kind of ['output', 'deleted', 'error'] as const) {
    const mine = fed.filter((it) => it.kind === kind)
    const common = mine.filter((it) => it.check.wants === undefined)
    const asking = mine.filter((it) => it.check.wants !== undefined)
    groups.set(kind, {
      ...{ common, asking },
      problems: asking.some((it) => it.check.wants === 'problems'),
      profiled:
        profiles !== undefined && kind === 'output' && asking.some((it) => it.check.wants === 'profiles'),
      inRuns: kind !== 'deleted' && common.every(({ check }) => check.resources !== undefined),
    })
  }
  const counted: LineCounts = { lines: 0, bytes: 0, resources: {} }
  /** Tells a line to the checks that want to know more of it. */
  const ask = (line: Line, { asking, problems, profiled }: CheckGroup, proven: boolean) => {
    if (asking.length === 0) return
    let judged = line
    if (isObject(line.json)) {
      const found = problems ? (proven ? none : judgeLine(line.text, line.json)) : undefined
      const { file, number, text, utf8, json } = line
      const isDeep = found?.[0] === tooDeepProblem
      if (isDeep) judged = { ...line, cut: true }
      else if (found) judged = { file, number, text, utf8, json, problems: found }
      // Who has judged the line, or proven it, knows how deep it is.
      if (profiled && !isDeep && (found || proven || !isTooDeep(json))) judged = { ...judged, ...held(line) }
    }
    for (const { check, tally, params } of asking) (check as UntypedLinesCheck).line(tally, judged, params)
  }
  /** Does the same with a line that is proven but for some parts of it, if they say all that is wrong with it, and if it is sound. */
  const askOfParts = (proof: Proof, at: number, place: LinePlace, { asking }: CheckGroup): boolean => {
    if (proof.unprovenPartsEnd[at] === (proof.unprovenPartsEnd[at - 1] ?? 0)) return false
    const type = resourceTypeNames()[proof.types[at] ?? 0] ?? ''
    if (type === 'OperationOutcome' || rows?.takesSound(proof, at) === false) return false
    const parts = linePartsOf(prover, proof, at)
    const problems = parts && judgeParts(type, parts)
    if (!problems) return false
    addReferences(parts, proof, at)
    const { file, number } = place
    const line: Line = { file, number, text: '', utf8: true, json: { resourceType: type }, problems }
    for (const { check, tally, params } of asking) (check as UntypedLinesCheck).line(tally, line, params)
    return true
  }
  const tell = (line: Line, { common }: CheckGroup) => {
    for (const { check, tally, params } of common) (check as UntypedLinesCheck).line(tally, line, params)
    count(counted, line)
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
      const group = groups.get(file.kind) ?? emptyGroup
      const references = rows?.wantsReferences ?? false
      const inRuns = group.inRuns && !group.profiled
      const doubts = inRuns && file.kind === 'output' && !references
      const proof = prover.prove(length, file.type, { references, unprovenParts: doubts })
      const { input } = prover
      const utf8 = isUtf8(input.subarray(0, length))
      const proven = provenOf(proof, file, utf8 ? undefined : input)
      const standing = new Uint8Array(proof.lines)
      counted.bytes += length
      // Rows are made of lines that follow each other.
      let from = 0
      const makeRows = (to: number) => {
        rows?.addProven(proof, { from, to }, { file, first: firstLine + from })
        from = to + 1
      }
      for (let at = 0; at < proof.lines; at += 1) {
        const isShort = length <= lineBytes || lengthOf(proof, at) <= lineBytes
        const isProven = proven[at] === 1 && isShort
        if (isProven && inRuns && (rows?.takesProven(proof, at) ?? true)) {
          standing[at] = validLine
          continue
        }
        if (doubts && utf8 && isShort && askOfParts(proof, at, { file, number: firstLine + at }, group)) {
          standing[at] = soundLine
          continue
        }
        const line = lineAt(proof, at, { file, number: firstLine + at, input, lineBytes, utf8 })
        ask(line, group, isProven)
        if (group.inRuns && (isProven || addSoundLine(line, proof, at))) standing[at] = soundLine
        else tell(line, group)
        if (standing[at] === soundLine && rows?.takesSound(proof, at)) continue
        makeRows(at)
        rows?.addLine(line, digestOf(proof, at))
      }
      makeRows(proof.lines)
      for (const run of resourceRuns(proof, standing, { file, firstLine, least: soundLine })) {
        for (const { check, tally, params } of group.common)
          (check as UntypedLinesCheck).resources?.(tally, run, params)
        counted.lines += run.count
        counted.resources[run.type] = (counted.resources[run.type] ?? 0) + run.count
      }
      if (group.asking.length > 0)
        for (const run of resourceRuns(proof, standing, { file, firstLine, least: validLine }))
          for (const { check, tally, params } of group.asking)
            (check as UntypedLinesCheck).resources?.(tally, run, params)
      return proof.lines
    },
    judgeLongLine(bytes, cut, file, number) {
      const group = groups.get(file.kind) ?? emptyGroup
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
      const line = lineOf(text, { file, number, utf8: cut || isUtf8(bytes), cut })
      counted.bytes += bytes.length
      ask(line, group, false)
      tell(line, group)
      rows?.addLine(line)
    },
  }
}

const none: readonly ResourceProblem[] = []

/** Where a line is. */
type LinePlace = Pick<Line, 'file' | 'number'>

/**
 * Which lines may be taken as proven: bytes that are no UTF-8, given if there are such, prove nothing, nor does a type that FHIR does not know. What a deleted file holds is
 * judged by its content.
 */
function provenOf(proof: Proof, file: OutputFile, bytes: Uint8Array | undefined): Uint8Array {
  const known = file.type === undefined || isResourceType(file.type)
  if (!known || file.kind === 'deleted') return new Uint8Array(proof.lines)
  if (!bytes) return proof.proven
  return proof.proven
    .slice(0, proof.lines)
    .map((it, at) => (isUtf8(bytes.subarray(proof.offsets[at], proof.offsets[at + 1])) ? it : 0))
}

function digestOf({ digests }: Proof, at: number): Uint32Array {
  return digests.subarray(2 * at, 2 * at + 2)
}

const lf = 10

/** With its LF, if it has one. */
function lengthOf(proof: Proof, at: number): number {
  return (proof.offsets[at + 1] ?? 0) - (proof.offsets[at] ?? 0)
}

function lineAt(
  proof: Proof,
  at: number,
  it: {
    readonly file: OutputFile
    readonly number: number
    readonly input: Buffer
    readonly lineBytes: number
    /** Whether all around it is UTF-8, hence it as well. */
    readonly utf8: boolean
  },
): Line {
  const from = proof.offsets[at] ?? 0
  const end = proof.offsets[at + 1] ?? from
  const to = it.input[end - 1] === lf ? end - 1 : end
  const cut = to - from > it.lineBytes
  const last = cut ? from + it.lineBytes : to
  // The limit may fall within a character, which is no fault of the server.
  const utf8 = cut || it.utf8 || isUtf8(it.input.subarray(from, last))
  return lineOf(it.input.toString('utf8', from, last), { file: it.file, number: it.number, utf8, cut })
}

function lineOf(
  text: string,
  it: { readonly file: OutputFile; readonly number: number; readonly utf8: boolean; readonly cut: boolean },
): Line {
  const { file, number, utf8, cut } = it
  if (cut) return { file, number, text, utf8, cut }
  const { json } = parseJsonLine({ number, text })
  return json === undefined ? { file, number, text, utf8 } : { file, number, text, utf8, json }
}

function count(counted: LineCounts, { text, json }: Line): void {
  if (text.trim() === '') return
  counted.lines += 1
  const type = isObject(json) ? json.resourceType : undefined
  if (isResourceType(type)) counted.resources[type] = (counted.resources[type] ?? 0) + 1
}
