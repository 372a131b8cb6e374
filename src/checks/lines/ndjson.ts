import type { LinesCheck } from '../check.ts'
import { isJsonObject } from '../../model/json.ts'
import { noParams } from '../params.ts'
import { isBlank, eachLineCheck } from './tally.ts'

const nothing = 'the files contain no lines'

const jsonLines = eachLineCheck<true>({
  name: 'json-lines',
  states: 'Every line that is not blank is one JSON object.',
  params: noParams,
  nothing,
  resources: 'right',
  see(line) {
    if (isBlank(line)) return 'nothing'
    // Another check reports lines that are not UTF-8.
    if (isJsonObject(line.json) || !line.utf8) return 'right'
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

const utf8 = eachLineCheck<true>({
  name: 'utf8',
  states: 'Every line is UTF-8.',
  params: noParams,
  nothing,
  resources: 'right',
  see: (line) =>
    line.utf8
      ? 'right'
      : {
          message: 'A line is not UTF-8.',
          expected: 'UTF-8 (RFC 8259 section 8.1)',
          actual: 'bytes that are not UTF-8',
        },
})

const notCompressed = eachLineCheck<true>({
  name: 'not-compressed',
  states:
    'No file begins with the bytes of a gzip stream: they would be compressed once more than Content-Encoding says.',
  params: noParams,
  nothing,
  resources: 'right',
  see: ({ text, number, utf8 }) =>
    number === 1 && !utf8 && text.startsWith('\u001f')
      ? {
          message: 'A file is compressed, and Content-Encoding does not say so.',
          expected: 'Content-Encoding: gzip, or NDJSON',
          actual: 'the first bytes of a gzip stream',
        }
      : 'right',
})

const lineEndings = eachLineCheck<true>({
  name: 'line-endings',
  states: 'Lines end with LF or CR LF, and contain no other CR, no NUL and no record separator.',
  params: noParams,
  nothing,
  resources: 'right',
  see({ text }) {
    const cr = text.indexOf('\r')
    const found =
      cr >= 0 && cr < text.length - 1
        ? 'a carriage return'
        : text.includes('\0')
          ? 'a NUL'
          : text.includes('\u001e')
            ? 'a record separator'
            : undefined
    return found
      ? { message: `A line contains ${found}.`, expected: 'lines that end with LF or CR LF', actual: found }
      : 'right'
  },
})

const noByteOrderMark = eachLineCheck<true>({
  name: 'no-byte-order-mark',
  states: 'No file begins with a byte order mark.',
  params: noParams,
  nothing,
  resources: 'right',
  see: ({ text, number }) =>
    number === 1 && text.startsWith('\uFEFF')
      ? {
          message: 'A file begins with a byte order mark.',
          expected: 'no byte order mark (RFC 8259 section 8.1)',
          actual: 'U+FEFF before the first resource',
        }
      : 'right',
})

const noBlankLines = eachLineCheck<true>({
  name: 'no-blank-lines',
  states: 'No line is blank.',
  params: noParams,
  nothing,
  resources: 'right',
  see: (line) =>
    isBlank(line)
      ? {
          message: 'A line is blank.',
          expected: 'a resource on each line',
          actual: 'a line that is empty or only white space',
        }
      : 'right',
})

/** Checks on output files as lines. */
export const ndjsonChecks: readonly LinesCheck<never, unknown>[] = [
  jsonLines,
  utf8,
  lineEndings,
  notCompressed,
  noByteOrderMark,
  noBlankLines,
]
