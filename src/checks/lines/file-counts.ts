import type { OutputFile } from '../../model/http/exchange.ts'
import { type Judgement, neverArose, undecided } from '../../model/judgement.ts'
import { type LinesCheck, linesCheck } from '../check.ts'
import { isJsonObject } from '../../model/json.ts'
import { isResourceType } from '../../r4/facts.ts'
import { noParams } from '../params.ts'
import { addCut, addViolation, conclude, isBlank, type LineTally, emptyTally } from './tally.ts'

/** Counts by the position of a file; `file` is present once the whole file was read. */
type PerFile<T> = Map<number, { readonly file?: OutputFile; readonly holds: T }>

function addPerFile<T>(to: PerFile<T>, added: PerFile<T>, both: (a: T, b: T) => T): PerFile<T> {
  for (const [number, it] of added) {
    const known = to.get(number)
    const file = known?.file ?? it.file
    if (known) to.set(number, { ...(file ? { file } : {}), holds: both(known.holds, it.holds) })
    else to.set(number, it)
  }
  return to
}

/** A check on the number of lines of each file. Lines that are not JSON objects count as odd: they may contain any number of resources. */
function lineCountCheck(given: {
  readonly name: string
  readonly states: string
  readonly needsManifest: true
  readonly judge: (to: LineTally, file: OutputFile, holds: LineCount) => void
  readonly nothing: Judgement
}): LinesCheck<true, PerFile<LineCount>> {
  const { name, states, needsManifest } = given
  const more = (tally: PerFile<LineCount>, number: number, holds: LineCount) =>
    tally.set(number, { ...tally.get(number), holds: sum(tally.get(number)?.holds ?? none, holds) })
  return linesCheck<true, PerFile<LineCount>>({
    name,
    states,
    needsManifest,
    params: noParams,
    empty: () => new Map(),
    file: (to, file) => void to.set(file.number, { file, holds: to.get(file.number)?.holds ?? none }),
    line(to, line) {
      if (!isBlank(line)) more(to, line.file.number, { lines: 1, odd: isJsonObject(line.json) ? 0 : 1 })
    },
    resources: (to, { file, count }) => void more(to, file.number, { lines: count, odd: 0 }),
    merge: (to, added) => addPerFile(to, added, sum),
    judgement(it) {
      const to = emptyTally()
      for (const { file, holds } of it.values()) if (file) given.judge(to, file, holds)
      return conclude(to, given.nothing)
    },
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

const oneTypePerFile = linesCheck<true, PerFile<TypeCounts>>({
  name: 'one-type-per-file',
  states: 'All resources of a file are of one type.',
  params: noParams,
  empty: () => new Map(),
  line(to, { file, number, json, cut: long }) {
    const type = long ? cut : isJsonObject(json) ? json.resourceType : undefined
    if (typeof type === 'string') addType(to, { type, file, first: number, times: 1 })
  },
  resources: (to, { type, file, first, count }) => addType(to, { type, file, first, times: count }),
  merge: (to, added) => addPerFile(to, added, addTypes),
  judgement(it) {
    const to = emptyTally()
    for (const { holds } of it.values()) {
      const long = holds.find((it) => it.type === cut)
      if (long) addCut(to, long.file, long.first, long.times)
      const types = holds.filter((it) => it.type !== cut)
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
    return conclude(to, 'the files contain no resources')
  },
})

function addType(to: PerFile<TypeCounts>, it: TypeCount): void {
  // A name that FHIR does not define may be personal data.
  const type = it.type === cut || isResourceType(it.type) ? it.type : 'unknown'
  const { first, times, file } = it
  const added = { type, first, times, file }
  const holds = to.get(file.number)?.holds
  if (holds) addTimes(holds, added)
  else to.set(file.number, { holds: [added] })
}

/** Checks that count the resources of each file. */
export const fileCountChecks: readonly LinesCheck<never, unknown>[] = [
  countsMatch,
  noEmptyFiles,
  oneTypePerFile,
]
