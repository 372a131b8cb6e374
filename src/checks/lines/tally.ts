import type { Line, OutputFile, ResourceLines } from '../../model/http/exchange.ts'
import { type Finding, type Judgement, satisfied, undecided } from '../../model/judgement.ts'
import { type JsonSchema, type LinesCheck, linesCheck } from '../check.ts'
import { isJsonObject } from '../../model/json.ts'

/** The counts of a check on lines: what it has judged, and the kinds of violation by message. */
export interface LineTally {
  seen: number
  /** Lines that are too long or nested too deep to be judged: how many, and the first of them. */
  cut: CutLines | undefined
  /** Number of lines that a check could not decide. */
  undecided: number
  /** Bounded: messages contain no values, so there are finitely many. */
  kinds: Map<string, ViolationKind> | undefined
}

interface CutLines {
  readonly times: number
  readonly exchange: number
  readonly file: number
  readonly line: number
}

/** A kind of violation, the number of its occurrences, and its first place in the order of files and lines; line 0 is the file as a whole. */
interface ViolationKind extends FindingText {
  readonly exchange: number
  readonly file: number
  readonly line: number
  times: number
}

/** The tally before the first line. */
export function emptyTally(): LineTally {
  return { seen: 0, cut: undefined, undecided: 0, kinds: undefined }
}

/** Counts lines of a file that are not judged, from the first of them on. */
export function addCut(to: LineTally, { number, exchange }: OutputFile, line: number, times = 1): void {
  to.cut = firstCut(to.cut, { times, exchange, file: number, line })
}

function firstCut(known: CutLines | undefined, added: CutLines): CutLines {
  if (!known) return added
  const first = comesBefore(added.file, added.line, known) ? added : known
  return { ...first, times: known.times + added.times }
}

/** Counts a violation on a line, or of a whole file if there is no line. */
export function addViolation(
  to: LineTally,
  file: OutputFile,
  line: number | undefined,
  said: FindingText,
  times = 1,
): void {
  to.kinds ??= new Map()
  const known = to.kinds.get(said.message)
  if (known && !comesBefore(file.number, line ?? 0, known)) {
    known.times += times
    return
  }
  const { message, expected, actual, expectedInMessage } = said
  to.kinds.set(message, {
    ...{ message, expected, actual, exchange: file.exchange, file: file.number, line: line ?? 0 },
    ...(expectedInMessage ? { expectedInMessage } : {}),
    times: times + (known?.times ?? 0),
  })
}

function comesBefore(file: number, line: number, other: Pick<ViolationKind, 'file' | 'line'>): boolean {
  return file < other.file || (file === other.file && line < other.line)
}

/** Adds a tally to another, in any order. */
export function addTally(to: LineTally, { seen, cut, undecided, kinds }: LineTally): LineTally {
  to.seen += seen
  to.undecided += undecided
  if (cut) to.cut = firstCut(to.cut, cut)
  if (!kinds) return to
  to.kinds ??= new Map()
  for (const [message, kind] of kinds) {
    const known = to.kinds.get(message)
    const first = known && !comesBefore(kind.file, kind.line, known) ? known : kind
    to.kinds.set(message, { ...first, times: kind.times + (known?.times ?? 0) })
  }
  return to
}

/** The judgement of a tally, with findings in the order of files and lines; `nothing` is the reason or judgement if nothing was judged. */
export function conclude(
  it: LineTally,
  nothing: string | Judgement,
  why: (lines: number) => string = () => '',
): Judgement {
  const kinds = [...(it.kinds?.values() ?? [])].sort(
    (a, b) => a.file - b.file || a.line - b.line || (a.message < b.message ? -1 : 1),
  )
  const [first, ...rest] = kinds.map(findingOf)
  if (first) return { is: 'violated', findings: [first, ...rest] }
  if (it.cut) {
    const { times, exchange, line } = it.cut
    return undecided({ kind: 'lines-not-read', times, exchange, line })
  }
  if (it.undecided > 0) return undecided(why(it.undecided))
  if (it.seen > 0) return satisfied
  return typeof nothing === 'string' ? undecided(nothing) : nothing
}

function findingOf({ file: _, line, exchange, times, ...said }: ViolationKind): Finding {
  return { ...said, where: { exchange, ...(line === 0 ? {} : { part: { line } }) }, times }
}

/** The JSON object on a line; `undefined` if there is none. */
export function resourceOn(line: Line): Readonly<Record<string, unknown>> | undefined {
  return isJsonObject(line.json) ? line.json : undefined
}

/** Whether a line has nothing but white space. */
export function isBlank(line: Line): boolean {
  return /^\s*$/.test(line.text)
}

/** A violation without its place. */
export interface FindingText {
  readonly message: string
  readonly expected: string
  readonly expectedInMessage?: true
  readonly actual: string
}

/** The result of one line: nothing to judge, right, unknown, or one or more violations. */
export type LineResult = 'nothing' | 'right' | 'undecided' | FindingText | readonly FindingText[]

/** A lines check that judges each line by itself. */
export function eachLineCheck<P>(given: {
  readonly name: string
  readonly states: string
  readonly wants?: 'problems' | 'profiles' | 'attachments'
  readonly needsManifest?: true
  readonly params: JsonSchema
  /** The reason or judgement if no line has anything to judge. */
  readonly nothing?: string | Judgement
  readonly see: (line: Line, params: P) => LineResult
  /** The reason if lines are undecided. */
  readonly undecided?: (lines: number) => string
  /** The result of consecutive resources: the same for all, or one for each. */
  readonly resources?: ResourceLinesRule<P>
}): LinesCheck<P, LineTally> {
  const { see, resources, undecided: why, nothing = 'the files contain no resources', ...described } = given
  return linesCheck<P, LineTally>({
    ...described,
    empty: emptyTally,
    line(to, line, params) {
      if (line.cut) addCut(to, line.file, line.number)
      else addLineResult(to, see(line, params), line.file, { line: line.number, times: 1 })
    },
    ...(resources === undefined
      ? {}
      : { resources: (to, lines, params) => addResourceLines(to, lines, resources, params) }),
    merge: addTally,
    judgement: (it) => conclude(it, nothing, why),
  })
}

type ResourceLinesRule<P> =
  | 'nothing'
  | 'right'
  | ((lines: ResourceLines, params: P) => LineResult)
  /** One result for each line, by its entry in an array of `ResourceLines`. */
  | { readonly by: 'dated' | 'references'; readonly shows: (lines: ResourceLines) => readonly LineResult[] }

function addLineResult(
  to: LineTally,
  seen: LineResult,
  file: OutputFile,
  it: { line: number; times: number },
): void {
  if (seen === 'nothing' || it.times === 0) return
  to.seen += it.times
  if (seen === 'undecided') to.undecided += it.times
  if (seen === 'right' || seen === 'undecided') return
  if ('message' in seen) addViolation(to, file, it.line, seen, it.times)
  else for (const said of seen) addViolation(to, file, it.line, said, it.times)
}

function addResourceLines<P>(
  to: LineTally,
  lines: ResourceLines,
  shownBy: ResourceLinesRule<P>,
  params: P,
): void {
  const { file, first, count } = lines
  if (typeof shownBy === 'string' || typeof shownBy === 'function') {
    const seen = typeof shownBy === 'string' ? shownBy : shownBy(lines, params)
    addLineResult(to, seen, file, { line: first, times: count })
    return
  }
  const entries = lines[shownBy.by]
  const shows = shownBy.shows(lines)
  for (let at = 0; at < count; ) {
    const from = at
    const entry = entries[from] ?? 0
    while (at < count && entries[at] === entry) at += 1
    addLineResult(to, shows[entry] ?? 'nothing', file, { line: first + from, times: at - from })
  }
}
