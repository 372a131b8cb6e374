import type { OutputFile } from '../model/evidence.ts'
import { type Check, linesCheck } from './check.ts'
import { isObject } from './fhir.ts'
import { plain } from './params.ts'
import { type Tally, add, conclude, isBlank, lineByLine, mergeTallies, of, tally } from './tally.ts'

const nothing = 'the files hold no lines'

const jsonLines = lineByLine<true>({
  name: 'json-lines',
  states: 'Every line that is not blank is one JSON object.',
  params: plain,
  nothing,
  see(line) {
    if (isBlank(line)) return 'nothing'
    // That it is no UTF-8 is for another check to say.
    if (isObject(line.json) || !line.utf8) return 'right'
    const expected = 'one JSON object on each line'
    if (line.json !== undefined)
      return {
        message: 'A line is JSON, but not an object.',
        expected,
        actual: Array.isArray(line.json) ? 'an array' : `a ${line.json === null ? 'null' : typeof line.json}`,
      }
    return {
      message: 'A line is not JSON.',
      expected,
      actual: `a line of ${line.text.length} characters that does not parse`,
    }
  },
})

const utf8 = lineByLine<true>({
  name: 'utf8',
  states: 'Every line is UTF-8.',
  params: plain,
  nothing,
  see: (line) =>
    line.utf8
      ? 'right'
      : {
          message: 'A line is not UTF-8.',
          expected: 'UTF-8 (RFC 8259 section 8.1)',
          actual: 'bytes that are no UTF-8',
        },
})

const lineEndings = lineByLine<true>({
  name: 'line-endings',
  states: 'Lines end with LF or CR LF: no line holds a bare CR, a NUL or a record separator.',
  params: plain,
  nothing,
  see({ text }) {
    const found = /\r(?!$)/.test(text)
      ? 'a carriage return'
      : text.includes('\0')
        ? 'a NUL'
        : text.includes('\u001e')
          ? 'a record separator'
          : undefined
    return found
      ? { message: `A line holds ${found}.`, expected: 'lines that LF or CR LF ends', actual: found }
      : 'right'
  },
})

const noBlankLines = lineByLine<true>({
  name: 'no-blank-lines',
  states: 'No line is blank.',
  params: plain,
  nothing,
  see: (line) =>
    isBlank(line)
      ? { message: 'A line is blank.', expected: 'a resource on each line', actual: 'white space or nothing' }
      : 'right',
})

interface Count extends Tally {
  lines: number
}

const startCount = (): Count => ({ ...tally(), lines: 0 })
const mergeCounts = (a: Count, b: Count): Count => ({ ...mergeTallies(a, b), lines: 0 })

const counts = linesCheck<true, Count>({
  name: 'counts-match',
  states: '`count` of a manifest item, where it is given, is the number of resources in its file.',
  params: plain,
  order: 'file',
  empty: startCount,
  fileStart(to) {
    to.lines = 0
  },
  line(to, line) {
    // Of lines that are no resources nobody knows how many resources they hold.
    if (!isBlank(line)) to.lines += isObject(line.json) ? 1 : Number.NaN
  },
  fileEnd(to, file) {
    if (!Number.isInteger(file.count) || Number.isNaN(to.lines)) return
    to.seen += 1
    if (file.count !== to.lines)
      add(to, {
        message: '`count` of a file is not its number of resources.',
        expected: `${file.count} resources`,
        actual: `${to.lines}`,
        where: of(file),
      })
  },
  merge: mergeCounts,
  judgement: (it) =>
    conclude(it, {
      is: 'undecided',
      because: 'no item of the manifest has a number as `count`',
      never: true,
    }),
})

const noEmptyFiles = linesCheck<true, Count>({
  name: 'no-empty-files',
  states: 'Every file that the manifest lists holds a resource.',
  params: plain,
  order: 'file',
  empty: startCount,
  fileStart(to) {
    to.seen += 1
    to.lines = 0
  },
  line(to, line) {
    if (!isBlank(line)) to.lines += 1
  },
  fileEnd(to, file) {
    if (to.lines === 0)
      add(to, {
        message: 'The manifest lists a file without resources.',
        expected: 'at least one line',
        actual: `${file.bytes} bytes without a resource`,
        where: of(file),
      })
  },
  merge: mergeCounts,
  judgement: (it) => conclude(it, 'no file was retrieved'),
})

interface Types extends Tally {
  /** Of the file that is being read. */
  first: string | undefined
}

const typeOf = (value: unknown): string | undefined =>
  isObject(value) && typeof value.resourceType === 'string' ? value.resourceType : undefined

const oneType = linesCheck<true, Types>({
  name: 'one-type-per-file',
  states: 'All resources of a file are of one type.',
  params: plain,
  order: 'file',
  empty: () => ({ ...tally(), first: undefined }),
  fileStart(to) {
    to.first = undefined
  },
  line(to, line) {
    if (line.cut) to.cut += 1
    const type = typeOf(line.json)
    if (type === undefined) return
    to.seen += 1
    to.first ??= type
    if (type !== to.first) mixed(to, line.file, line.number)
  },
  merge: (a, b) => ({ ...mergeTallies(a, b), first: undefined }),
  judgement: (it) => conclude(it, 'the files hold no resources'),
})

function mixed(to: Types, file: OutputFile, line: number): void {
  add(to, {
    message: 'A file holds resources of more than one type.',
    expected: 'one resource type in each file',
    actual: 'another type than on the first line',
    where: { exchange: file.exchange, part: { line } },
  })
}

/** Checks on output files as lines. */
export const ndjsonChecks: readonly Check[] = [
  jsonLines,
  utf8,
  lineEndings,
  noBlankLines,
  counts,
  noEmptyFiles,
  oneType,
]
