import { isJsonObject } from '../../model/json.ts'
import { attachmentMark } from '../../checks/lines/attachments.ts'
import type { ResourceProblem } from '../../model/fhir/resource-problem.ts'
import type { Line, OutputFile } from '../../model/http/exchange.ts'
import type { Profiles } from '../../profiles/open.ts'
import type { ProfileTally } from '../../profiles/summary/tally.ts'
import { linePartsOf } from '../../prover/line-parts.ts'
import type { Prover } from '../../prover/proof.ts'
import { resourceTypeNames } from '../../prover/tables.ts'
import { isTooDeep, judgeLine, tooDeepProblem } from '../../structure/judge-line.ts'
import { judgeParts } from '../../structure/judge-parts.ts'
import {
  type CheckGroup,
  type CheckGroups,
  type FileCheck,
  addLine,
  addResources,
  emptyTallies,
  groupChecks,
} from './check-groups.ts'
import type { RowMaker } from '../index/row-maker.ts'
import { type LineCounts, addResourceCount, countLine } from './line-counts.ts'
import { addReferences, resourceRuns, soundLine, addSoundLine, validLine } from './line-validity.ts'
import {
  type ProofBlock,
  isShortLine,
  lineDigest,
  parseLine,
  parseLongLine,
  proofBlock,
} from './proof-lines.ts'
import { openUncheckedCounter } from './unchecked-codes.ts'

/** One pass over lines in one thread: tallies of checks, rows of an index, counts. */
export interface LinePass {
  /** Judges whole lines in the first `length` bytes of `prover.input`; the last may lack its LF. Returns their number. */
  judge(length: number, file: OutputFile, firstLine: number): number
  /** Judges a line that did not fit; `cut`: it is longer than the limit. */
  judgeLongLine(bytes: Uint8Array, cut: boolean, file: OutputFile, number: number): void
  readonly tallies: readonly unknown[]
  readonly counted: LineCounts
  readonly profiles?: ProfileTally
}

/** What the steps of a pass work with. */
interface PassState {
  readonly prover: Prover
  readonly lineBytes: number
  readonly rows: RowMaker | undefined
  readonly groups: CheckGroups
  readonly tallies: readonly unknown[]
  readonly counted: LineCounts
  readonly profiles: { readonly library: Profiles; readonly tally: ProfileTally } | undefined
}

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
  const pass: PassState = {
    ...{ prover, lineBytes, rows },
    groups: groupChecks(checks, profiles !== undefined),
    tallies: emptyTallies(checks),
    counted: { lines: 0, bytes: 0, resources: {} },
    profiles: profiles && { library: profiles, tally: profiles.tally() },
  }
  return {
    tallies: pass.tallies,
    counted: pass.counted,
    ...(pass.profiles ? { profiles: pass.profiles.tally } : {}),
    judge: (length, file, firstLine) => judgeLines(pass, length, file, firstLine),
    judgeLongLine(bytes, cut, file, number) {
      const line = parseLongLine(bytes, { file, number, cut })
      const group = pass.groups[file.kind]
      pass.counted.bytes += bytes.length
      addDetailed(pass, line, group, undefined)
      addCommon(pass, line, group)
      rows?.addLine(line)
    },
  }
}

function judgeLines(pass: PassState, length: number, file: OutputFile, firstLine: number): number {
  const { prover, rows, lineBytes } = pass
  const group = pass.groups[file.kind]
  const references = rows?.wantsReferences ?? false
  const inRuns = group.inRuns && !group.needsProfiles
  const unprovenParts = inRuns && file.kind === 'output' && !references
  const proof = prover.prove(length, file.type, { references, unprovenParts })
  const block = proofBlock(proof, prover.input, length, { file, firstLine })
  const validity = new Uint8Array(proof.lines)
  pass.counted.bytes += length
  // Rows are made from consecutive lines.
  let from = 0
  for (let at = 0; at < proof.lines; at += 1) {
    const isShort = isShortLine(block, at, lineBytes)
    const isProven = block.proven[at] === 1 && isShort
    const isParsed = group.needsAttachments && mayHaveAttachment(block, at)
    if (isProven && inRuns && !isParsed && (rows?.takesProven(proof, at) ?? true)) {
      validity[at] = validLine
      continue
    }
    if (unprovenParts && !isParsed && block.utf8 && isShort && judgeUnprovenParts(pass, block, at, group)) {
      validity[at] = soundLine
      continue
    }
    const line = parseLine(block, at, lineBytes)
    addDetailed(pass, line, group, isProven ? { proof, from: at, to: at + 1 } : undefined)
    if (group.inRuns && (isProven || addSoundLine(line, proof, at))) validity[at] = soundLine
    else addCommon(pass, line, group)
    if (validity[at] === soundLine && rows?.takesSound(proof, at)) continue
    rows?.addProven(proof, { from, to: at }, { file, first: firstLine + from })
    rows?.addLine(line, lineDigest(proof, at))
    from = at + 1
  }
  rows?.addProven(proof, { from, to: proof.lines }, { file, first: firstLine + from })
  addRuns(pass, block, validity, group)
  return proof.lines
}

/** Whether the resource on a line is of a type that has attachments, and the name of their element is on the line. */
function mayHaveAttachment({ proof, input }: ProofBlock, at: number): boolean {
  const mark = attachmentMark(resourceTypeNames()[proof.types[at] ?? 0] ?? '')
  if (mark === undefined) return false
  return input.subarray(proof.offsets[at], proof.offsets[at + 1]).includes(mark, 0, 'latin1')
}

/** Gives the checks the lines that they did not get one by one, several at once. */
function addRuns(
  { counted, tallies }: PassState,
  block: ProofBlock,
  validity: Uint8Array,
  group: CheckGroup,
): void {
  const { proof, file, firstLine } = block
  for (const run of resourceRuns(proof, validity, { file, firstLine, least: soundLine })) {
    addResources(group.common, tallies, run)
    counted.lines += run.count
    addResourceCount(counted, run.type, run.count)
  }
  if (group.detailed.length > 0)
    for (const run of resourceRuns(proof, validity, { file, firstLine, least: validLine })) {
      const from = run.first - firstLine
      const unchecked = group.needsProblems
        ? openUncheckedCounter({ proof, from, to: from + run.count }).counted()
        : undefined
      addResources(group.detailed, tallies, unchecked ? { ...run, unchecked } : run)
    }
}

/** Gives a line to the common checks, and counts it. */
function addCommon({ counted, tallies }: PassState, line: Line, { common }: CheckGroup): void {
  addLine(common, tallies, line)
  countLine(counted, line)
}

/** Gives a line to the checks that read each line. */
function addDetailed(pass: PassState, line: Line, group: CheckGroup, proven: ProvenLine | undefined): void {
  if (group.detailed.length > 0)
    addLine(group.detailed, pass.tallies, detailedLine(pass, line, group, proven))
}

const none: readonly ResourceProblem[] = []

/** A proven line, by its place in its proof. */
type ProvenLine = Parameters<typeof openUncheckedCounter>[0]

function detailedLine(
  pass: PassState,
  line: Line,
  { needsProblems, needsProfiles }: CheckGroup,
  proven: ProvenLine | undefined,
): Line {
  if (!isJsonObject(line.json)) return line
  const isProven = proven !== undefined
  const codes = openUncheckedCounter(needsProblems ? proven : undefined)
  const problems = needsProblems ? (isProven ? none : judgeLine(line.text, line.json, codes.add)) : undefined
  if (problems?.[0] === tooDeepProblem) return { ...line, cut: true }
  const { file, number, text, utf8, json } = line
  const unchecked = codes.counted()
  const judged = problems
    ? { file, number, text, utf8, json, problems, ...(unchecked ? { unchecked } : {}) }
    : line
  // A line that was judged, or proven, is not too deep.
  if (!needsProfiles || !(problems || isProven || !isTooDeep(json))) return judged
  return { ...judged, ...profileProblems(pass, json) }
}

function profileProblems({ profiles }: PassState, json: unknown): Pick<Line, 'profiles'> {
  if (!profiles) return {}
  const found = profiles.library.judge(json)
  profiles.library.add(profiles.tally, found)
  const { problems, unmet, outcomes, isUnusable } = found
  const isClaimed = problems.length > 0 || isUnusable || outcomes.some((it) => it.claimed)
  const isChosen = outcomes.some((it) => !it.claimed)
  return {
    profiles: {
      ...(isClaimed ? { claimed: problems } : {}),
      ...(isChosen ? { chosen: unmet } : {}),
      ...(isUnusable ? { unusable: true } : {}),
    },
  }
}

/**
 * Judges a line that is proven except for some parts by those parts, and gives it to the checks that read each line. False if the line has to be
 * parsed: it is not sound, or the parts do not show everything that is wrong.
 */
function judgeUnprovenParts(
  { prover, rows, tallies }: PassState,
  { proof, file, firstLine }: ProofBlock,
  at: number,
  { detailed }: CheckGroup,
): boolean {
  if (proof.unprovenPartsEnd[at] === (proof.unprovenPartsEnd[at - 1] ?? 0)) return false
  const type = resourceTypeNames()[proof.types[at] ?? 0] ?? ''
  if (type === 'OperationOutcome' || rows?.takesSound(proof, at) === false) return false
  const parts = linePartsOf(prover, proof, at)
  const codes = openUncheckedCounter({ proof, from: at, to: at + 1 })
  const problems = parts && judgeParts(type, parts, codes.add)
  if (!problems) return false
  const unchecked = codes.counted()
  addReferences(parts, proof, at)
  addLine(detailed, tallies, {
    file,
    number: firstLine + at,
    text: '',
    utf8: true,
    json: { resourceType: type },
    problems,
    ...(unchecked ? { unchecked } : {}),
  })
  return true
}
