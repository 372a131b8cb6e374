import type { Line, OutputFile } from '../../model/http/exchange.ts'
import { neverArose, satisfied, undecided, violated } from '../../model/judgement.ts'
import { type LinesCheck, linesCheck } from '../check.ts'
import { blockHeader } from '../../model/fhir/block-header.ts'
import { isJsonObject } from '../../model/json.ts'
import { noParams, textParam, withDescription } from '../params.ts'
import { addViolation, conclude, emptyTally, eachLineCheck, type LineTally, resourceOn } from './tally.ts'

const byType = withDescription(textParam, 'The resource type by which the output is organized.')

/** `Type/id` of a reference, whether relative or absolute. */
function named(reference: string): string {
  return /([A-Za-z]+\/[^/?#]+)(\/_history\/[^/]+)?$/.exec(reference)?.[1] ?? reference
}

const headers = eachLineCheck<string>({
  name: 'block-headers',
  states:
    'Every Parameters resource is the header of a block: its one parameter, `header`, refers to a resource of this type.',
  params: byType,
  nothing: 'the files contain no header of a block',
  see(line, type) {
    const resource = resourceOn(line)
    if (resource?.resourceType !== 'Parameters') return 'nothing'
    const reference = blockHeader(resource)
    if (reference !== undefined && named(reference).startsWith(`${type}/`)) return 'right'
    return {
      message: `The header of a block does not refer to a ${type}.`,
      expected: `a parameter \`header\` with a \`valueReference\` to a ${type}`,
      actual: reference === undefined ? 'no such parameter' : 'another reference',
    }
  },
})

const fileHeaders = eachLineCheck<true>({
  name: 'file-headers',
  states: 'The first line of every file is a Parameters resource, the header of a block.',
  params: noParams,
  see: (line) =>
    line.number > 1
      ? 'nothing'
      : resourceOn(line)?.resourceType === 'Parameters'
        ? 'right'
        : {
            message: 'A file does not begin with the header of a block.',
            expected: 'a Parameters resource',
            actual: 'another line',
          },
})

/** How many lines of a file, and how many files, are compared line by line. */
const judged = { lines: 1_000, files: 64 }

/** What a line of an organized file is: the header of a block, or a resource with the organizing resources that it refers to. */
interface BlockLine {
  readonly number: number
  readonly header?: string
  readonly self?: string
  readonly refersTo?: readonly string[]
}

interface BlockFile {
  readonly file: OutputFile
  readonly lines: readonly BlockLine[]
}

type BlockTally = Map<number, BlockFile>

function merged(to: BlockTally, added: BlockTally): BlockTally {
  for (const [number, it] of added) {
    const known = to.get(number)
    to.set(number, known ? { ...it, lines: [...known.lines, ...it.lines] } : it)
  }
  return to
}

function referencesTo(type: string, value: unknown, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(value)) for (const it of value) referencesTo(type, it, found)
  else if (isJsonObject(value))
    for (const [name, it] of Object.entries(value)) {
      if (name !== 'reference' || typeof it !== 'string') referencesTo(type, it, found)
      else if (named(it).startsWith(`${type}/`)) found.add(named(it))
    }
  return found
}

function blockLine({ number, json }: Line, type: string): BlockLine {
  if (!isJsonObject(json)) return { number }
  if (json.resourceType === 'Parameters') return { number, header: named(blockHeader(json) ?? '') }
  return { number, self: `${json.resourceType}/${json.id}`, refersTo: [...referencesTo(type, json)] }
}

const blocks = linesCheck<string, BlockTally>({
  name: 'block-contents',
  states:
    'In an organized file, each header is followed by the resource that it refers to, unless the block began in another file, and by resources that refer to it or to no resource of that type. Each resource of that type follows its header. bulkcheck compares the first 1000 lines of each of 64 files.',
  params: byType,
  empty: () => new Map(),
  line(tally, line, type) {
    if (line.number > judged.lines || line.file.number >= judged.files) return
    const known = tally.get(line.file.number)
    const read = blockLine(line, type)
    if (known) (known.lines as BlockLine[]).push(read)
    else tally.set(line.file.number, { file: line.file, lines: [read] })
  },
  merge: merged,
  judgement(tally, type) {
    const found = emptyTally()
    for (const { file, lines } of tally.values())
      judgeBlocks(found, file, { type, lines: lines.toSorted((a, b) => a.number - b.number) })
    return conclude(found, 'the files contain no blocks')
  },
})

function judgeBlocks(
  to: LineTally,
  file: OutputFile,
  { type, lines }: { readonly type: string; readonly lines: readonly BlockLine[] },
): void {
  let header: BlockLine | undefined
  for (const line of lines) {
    if (line.header !== undefined) {
      header = line
      continue
    }
    // Another check reports lines before the first header.
    if (!header?.header || line.self === undefined) continue
    to.seen += 1
    const own = line.self === header.header
    const mayContinue = header.number === 1 && file.number > 0
    const expected = `the ${type} of the header, then resources that refer to it`
    if (line.number === header.number + 1 && !own && !mayContinue)
      addViolation(to, file, line.number, {
        message: 'The header of a block is not followed by the resource that it refers to.',
        expected,
        actual: 'another resource',
      })
    else if (!own && line.self.startsWith(`${type}/`))
      addViolation(to, file, line.number, {
        message: `A block contains another ${type} than its header says.`,
        expected,
        actual: `another ${type}`,
      })
    else if (!own && (line.refersTo ?? []).length > 0 && !line.refersTo?.includes(header.header))
      addViolation(to, file, line.number, {
        message: `A block contains a resource that refers only to another ${type}.`,
        expected,
        actual: `a resource of another ${type}`,
      })
  }
}

/** The headers of a file that decide whether its blocks go on in other files. */
interface FileEnds {
  readonly file: OutputFile
  /** The two first, by line. */
  readonly first: readonly BlockLine[]
  readonly last?: BlockLine
  readonly lines: number
}

type EndsTally = Map<number, FileEnds>

function joined(a: FileEnds, b: FileEnds): FileEnds {
  const first = [...a.first, ...b.first].sort((x, y) => x.number - y.number).slice(0, 2)
  const last = [a.last, b.last].filter((it) => it !== undefined).sort((x, y) => y.number - x.number)[0]
  return { file: a.file, first, ...(last ? { last } : {}), lines: Math.max(a.lines, b.lines) }
}

const continuations = linesCheck<'named' | 'avoided', EndsTally>({
  name: 'block-continuations',
  needsManifest: true,
  states:
    '`named`: if a block goes on in another file, `continuesInFile` of the first file is the URL of the other. `avoided`: no block goes on in another file although it has no more lines than the longest file.',
  params: { enum: ['named', 'avoided'], description: 'What is judged.' },
  empty: () => new Map(),
  line(tally, line) {
    const { header } = blockLine(line, '')
    const heads = header === undefined ? [] : [{ number: line.number, header }]
    const [last] = heads
    const seen = { file: line.file, first: heads, ...(last ? { last } : {}), lines: line.number }
    const known = tally.get(line.file.number)
    tally.set(line.file.number, known ? joined(known, seen) : seen)
  },
  merge(to, added) {
    for (const [number, it] of added) {
      const known = to.get(number)
      to.set(number, known ? joined(known, it) : it)
    }
    return to
  },
  judgement(tally, what, { evidence }) {
    if (evidence.probe !== 'export' || evidence.export.state !== 'complete')
      return undecided('there is no manifest to compare with')
    const { items } = evidence.export.manifest
    const files = [...tally.values()].sort((a, b) => a.file.number - b.file.number)
    const longest = files.reduce((most, it) => Math.max(most, it.lines), 0)
    const beginnings = beginningsIn(files, (it) => items[it.file.number]?.url)
    let split = 0
    for (const it of files) {
      const begun = beginnings.get(it.last?.header ?? '')
      const own = it.first[0]?.number === 1 && it.first[0].header === it.last?.header ? it : undefined
      if (!begun || begun.files === (own ? 1 : 0)) continue
      // A file that has nothing but the end of a block.
      if (it.last?.number === 1 && begun.lastFile <= it.file.number) continue
      split += 1
      const where = { exchange: it.file.exchange }
      if (what === 'named') {
        const next = items[it.file.number]?.continuesIn
        const ownUrl = own && items[it.file.number]?.url
        if ((begun.urls.get(next) ?? 0) > (own && ownUrl === next ? 1 : 0)) continue
        return violated({
          message: 'A block goes on in another file that `continuesInFile` does not name.',
          expected: 'the URL of the file in which the block goes on',
          actual: next === undefined ? 'no `continuesInFile`' : 'another URL',
          where,
        })
      }
      const size = it.lines - (it.last?.number ?? 0) + begun.lines - (own ? linesOfFirst(own) : 0)
      if (size < longest)
        return violated({
          message: 'A block goes on in another file although it is shorter than the longest file.',
          expected: 'the whole block in one file',
          actual: `a block of ${size} lines; the longest file has ${longest}`,
          where,
        })
    }
    return split > 0 || (what === 'avoided' && files.length > 0)
      ? satisfied
      : neverArose('no block goes on in another file')
  },
})

/** The files that begin with the header of one block. */
interface BlockBeginnings {
  files: number
  /** Of their first blocks. */
  lines: number
  /** How many of the files have a URL. */
  readonly urls: Map<string | undefined, number>
  /** The position of the last file whose first header it is, wherever that is. */
  lastFile: number
}

function beginningsIn(
  files: readonly FileEnds[],
  urlOf: (it: FileEnds) => string | undefined,
): ReadonlyMap<string, BlockBeginnings> {
  const found = new Map<string, BlockBeginnings>()
  for (const it of files) {
    const [first] = it.first
    if (!first?.header) continue
    const begun = found.get(first.header) ?? { files: 0, lines: 0, urls: new Map(), lastFile: 0 }
    found.set(first.header, begun)
    begun.lastFile = Math.max(begun.lastFile, it.file.number)
    if (first.number !== 1) continue
    begun.files += 1
    begun.lines += linesOfFirst(it)
    const url = urlOf(it)
    begun.urls.set(url, (begun.urls.get(url) ?? 0) + 1)
  }
  return found
}

/** Lines of the first block of a file. */
function linesOfFirst({ first, lines }: FileEnds): number {
  return (first[1]?.number ?? lines + 1) - (first[0]?.number ?? 0)
}

/** Checks on output that is organized by instances of a resource type. */
export const blockChecks: readonly LinesCheck<never, unknown>[] = [
  headers,
  fileHeaders,
  blocks,
  continuations,
]
