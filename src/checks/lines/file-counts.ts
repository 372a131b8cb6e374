import type { OutputFile } from '../../model/http/exchange.ts'
import { type Judgement, neverArose, undecided } from '../../model/judgement.ts'
import { type LinesCheck, linesCheck } from '../check.ts'
import { isJsonObject } from '../../model/json.ts'
import { isResourceType } from '../../r4/facts.ts'
import { noParams } from '../params.ts'
import { addCut, addTally, addViolation, conclude, isBlank, type LineTally, emptyTally } from './tally.ts'

/** What the complete files show, and what was counted in the others, by their positions: an export may have 100,000 files. */
interface PerFileTally<T> {
  readonly judged: LineTally
  readonly open: Map<number, T>
}

const emptyPerFile = <T>(): PerFileTally<T> => ({ judged: emptyTally(), open: new Map() })

function addPerFile<T>(
  to: PerFileTally<T>,
  added: PerFileTally<T>,
  both: (a: T, b: T) => T,
): PerFileTally<T> {
  addTally(to.judged, added.judged)
  for (const [number, it] of added.open) {
    const known = to.open.get(number)
    to.open.set(number, known === undefined ? it : both(known, it))
  }
  return to
}

/** Returns what was counted in a file, and keeps it no longer. */
function taken<T>({ open }: PerFileTally<T>, number: number): T | undefined {
  const it = open.get(number)
  open.delete(number)
  return it
}

/** A check on the number of lines of each file. Lines that are not JSON objects count as odd: they may contain any number of resources. */
function lineCountCheck(given: {
  readonly name: string
  readonly states: string
  readonly needsManifest: true
  readonly judge: (to: LineTally, file: OutputFile, holds: LineCount) => void
  readonly nothing: Judgement
}): LinesCheck<true, PerFileTally<LineCount>> {
  const { name, states, needsManifest } = given
  const more = ({ open }: PerFileTally<LineCount>, number: number, holds: LineCount) =>
    open.set(number, sum(open.get(number) ?? none, holds))
  return linesCheck<true, PerFileTally<LineCount>>({
    name,
    states,
    needsManifest,
    params: noParams,
    empty: emptyPerFile,
    file: (to, file) => given.judge(to.judged, file, taken(to, file.number) ?? none),
    line(to, line) {
      if (!isBlank(line)) more(to, line.file.number, { lines: 1, odd: isJsonObject(line.json) ? 0 : 1 })
    },
    resources: (to, { file, count }) => void more(to, file.number, { lines: count, odd: 0 }),
    merge: (to, added) => addPerFile(to, added, sum),
    judgement: (it) => conclude(it.judged, given.nothing),
  })
}

/** Number of lines that are not blank, and how many of them are not JSON objects. */
interface LineCount {
  readonly lines: number
  readonly odd: number
}

const none: LineCount = { lines: 0, odd: 0 }
const sum = (a: LineCount, b: LineCount): LineCount => ({ lines: a.lines + b.lines, odd: a.odd + b.odd })

const countsMatch = lineCountCheck({
  name: 'counts-match',
  states: 'The `count` of a manifest item, if it has one, is the number of resources in its file.',
  needsManifest: true,
  nothing: neverArose('no item of the manifest has an integer `count`'),
  judge(to, file, { lines, odd }) {
    if (!Number.isInteger(file.count) || odd > 0) return
    to.seen += 1
    if (file.count !== lines)
      addViolation(to, file, undefined, {
        message: '`count` of a file is not its number of resources.',
        expected: `${file.count} resources`,
        actual: `${lines}`,
      })
  },
})

const noEmptyFiles = lineCountCheck({
  name: 'no-empty-files',
  states: 'Every file that the manifest lists contains a resource.',
  needsManifest: true,
  nothing: undecided('no file was downloaded'),
  judge(to, file, { lines }) {
    to.seen += 1
    if (lines === 0)
      addViolation(to, file, undefined, {
        message: 'The manifest lists a file without resources.',
        expected: 'at least one line',
        actual: `${file.bytes} bytes without a resource`,
      })
  },
})

/** A resource type with the first line and the number of lines of a file; the empty type stands for lines that are too long. */
interface TypeCount {
  readonly type: string
  first: number
  times: number
  readonly file: OutputFile
}

/** A list, because most files have one type and there may be many files. */
type TypeCounts = TypeCount[]

const cut = ''

function addTypes(to: TypeCounts, added: TypeCounts): TypeCounts {
  for (const it of added) addTimes(to, it)
  return to
}

function addTimes(to: TypeCounts, added: TypeCount): void {
  const known = to.find((it) => it.type === added.type)
  if (!known) to.push(added)
  else {
    known.first = Math.min(added.first, known.first)
    known.times += added.times
  }
}

const oneTypePerFile = linesCheck<true, PerFileTally<TypeCounts>>({
  name: 'one-type-per-file',
  states: 'All resources of a file are of one type.',
  params: noParams,
  empty: emptyPerFile,
  file: (to, { number }) => judgeTypes(to.judged, taken(to, number) ?? []),
  line(to, { file, number, json, cut: long }) {
    const type = long ? cut : isJsonObject(json) ? json.resourceType : undefined
    if (typeof type === 'string') addType(to, { type, file, first: number, times: 1 })
  },
  resources: (to, { type, file, first, count }) => addType(to, { type, file, first, times: count }),
  merge: (to, added) => addPerFile(to, added, addTypes),
  judgement({ judged, open }) {
    const to = addTally(emptyTally(), judged)
    for (const counts of open.values()) judgeTypes(to, counts)
    return conclude(to, 'the files contain no resources')
  },
})

function judgeTypes(to: LineTally, counts: TypeCounts): void {
  const long = counts.find((it) => it.type === cut)
  if (long) addCut(to, long.file, long.first, long.times)
  const types = counts.filter((it) => it.type !== cut)
  const [first, ...others] = types.sort((a, b) => a.first - b.first)
  if (first) to.seen += 1
  for (const other of others)
    addViolation(
      to,
      other.file,
      other.first,
      {
        message: 'A file contains resources of more than one type.',
        expected: 'one resource type in each file',
        actual: 'another type than on the first line',
      },
      other.times,
    )
}

function addType({ open }: PerFileTally<TypeCounts>, it: TypeCount): void {
  // A name that FHIR does not define may be personal data.
  const type = it.type === cut || isResourceType(it.type) ? it.type : 'unknown'
  const { first, times, file } = it
  const added = { type, first, times, file }
  const holds = open.get(file.number)
  if (holds) addTimes(holds, added)
  else open.set(file.number, [added])
}

/** Checks that count the resources of each file. */
export const fileCountChecks: readonly LinesCheck<never, unknown>[] = [
  countsMatch,
  noEmptyFiles,
  oneTypePerFile,
]
