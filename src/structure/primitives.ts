import { readXhtml } from './xhtml.ts'

/** Forms of primitive values, as small numbers for a fast `switch`. */
export const forms = {
  boolean: 1,
  integer: 2,
  positiveInt: 3,
  unsignedInt: 4,
  decimal: 5,
  string: 6,
  markdown: 18,
  code: 7,
  id: 8,
  uri: 9,
  url: 9,
  canonical: 9,
  oid: 10,
  uuid: 11,
  date: 12,
  dateTime: 13,
  instant: 14,
  time: 15,
  base64Binary: 16,
  xhtml: 17,
} as const satisfies Readonly<Record<string, number>>

/** The form of a primitive type, 0 for a type that is not primitive. */
export function formOf(type: string): number {
  return (forms as Readonly<Record<string, number>>)[type] ?? 0
}

/** Each form in words. */
export const formTexts: readonly string[] = [
  '',
  'true or false',
  'an integer from -2147483648 to 2147483647',
  'an integer from 1 to 2147483647',
  'an integer from 0 to 2147483647',
  'a number',
  'a string of at most 1048576 characters',
  'a code: no white space except single spaces between words',
  'an id: 1 to 64 letters, digits, hyphens and dots',
  'a URI, without white space',
  'an OID as a URI (urn:oid:…)',
  'a UUID as a URI (urn:uuid:…), in lower case',
  'a date (YYYY, YYYY-MM or YYYY-MM-DD)',
  'a dateTime (YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a zone)',
  'an instant (YYYY-MM-DDThh:mm:ss with a zone)',
  'a time (hh:mm:ss)',
  'base64',
  'XHTML: one div element in the XHTML namespace, well-formed',
  'a string of at most 1048576 characters without control characters',
]

/** Whether a number has one of the forms 2 to 5. */
export function isNumber(form: number, value: number): boolean {
  // A number that is too large for a double is a valid decimal.
  if (form === 5) return true
  if (!Number.isInteger(value) || value > 2147483647) return false
  if (form === 2) return value >= -2147483648
  return value >= (form === 3 ? 1 : 0)
}

/** Whether a string that is not empty has the form given, from 6 on. */
export function isText(form: number, text: string): boolean {
  switch (form) {
    case 6:
      return isShort(text)
    case 7:
      return isCode(text)
    case 8:
      return isId(text)
    case 9:
      return hasNoSpace(text)
    case 10:
      return isOid(text)
    case 11:
      return isUuid(text)
    case 12:
      return text.length <= 10 && isDate(text)
    case 13:
      return text.length <= 10 ? isDate(text) : isInstant(text)
    case 14:
      return isInstant(text)
    case 15:
      return timeEnd(text, 0) === text.length
    case 16:
      return isBase64(text)
    case 17:
      return readXhtml(text).isDiv
    case 18:
      return isShort(text) && !control.test(text)
    default:
      return false
  }
}

// Control characters except tab, line feed and carriage return: R4 forbids them in markdown with SHALL NOT, in other strings with SHOULD NOT.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const control = /[\0-\x08\x0b\x0c\x0e-\x1f]/

/** What R4 recommends of a string. */
export const textExpected = 'text with a character that is not white space, and without control characters'

/** What R4 recommends against in a string; `undefined` if nothing. */
export function textFlaw(text: string): string | undefined {
  if (text.charCodeAt(0) <= 32 && !/[^ \t\r\n]/.test(text)) return 'white space alone'
  return control.test(text) ? 'a control character' : undefined
}

const mostChars = 1048576

// A character may take two UTF-16 units.
function isShort(text: string): boolean {
  return text.length <= mostChars || (text.length <= 2 * mostChars && [...text].length <= mostChars)
}

// White space as \s in XML Schema, which the patterns of the definitions use: NBSP and U+2028 are not white space.
function isSpace(c: number): boolean {
  return c === 32 || (c <= 13 && (c === 9 || c === 10 || c === 13))
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57
}

function isCode(text: string): boolean {
  const end = text.length - 1
  for (let i = 0; i <= end; i++) {
    const c = text.charCodeAt(i)
    if (c > 32 || !isSpace(c)) continue
    if (c !== 32 || i === 0 || i === end || text.charCodeAt(i - 1) === 32) return false
  }
  return true
}

function isId(text: string): boolean {
  if (text.length > 64) return false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    const lower = c | 32
    if (!isDigit(c) && (lower < 97 || lower > 122) && c !== 45 && c !== 46) return false
  }
  return true
}

function hasNoSpace(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c <= 32 && isSpace(c)) return false
  }
  return true
}

function isOid(text: string): boolean {
  if (!text.startsWith('urn:oid:')) return false
  const first = text.charCodeAt(8)
  if (!(first >= 48 && first <= 50) || text.length < 11) return false
  let i = 9
  while (i < text.length) {
    if (text.charCodeAt(i) !== 46) return false
    const start = ++i
    while (i < text.length && isDigit(text.charCodeAt(i))) i++
    if (i === start || (text.charCodeAt(start) === 48 && i > start + 1)) return false
  }
  return true
}

const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function isUuid(text: string): boolean {
  return text.length === 45 && uuid.test(text)
}

function two(text: string, at: number): number {
  const a = text.charCodeAt(at) - 48
  const b = text.charCodeAt(at + 1) - 48
  // Beyond the end of the text both are NaN, and every comparison is false.
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : -1
}

const monthDays = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

// Judges at most the first 10 characters.
function isDate(text: string): boolean {
  const century = two(text, 0)
  const rest = two(text, 2)
  if (century < 0 || rest < 0 || century + rest === 0) return false
  if (text.length === 4) return true
  const month = two(text, 5)
  if (text.charCodeAt(4) !== 45 || month < 1 || month > 12) return false
  if (text.length === 7) return true
  const day = two(text, 8)
  if (text.charCodeAt(7) !== 45 || day < 1 || day > (monthDays[month] ?? 0)) return false
  return month !== 2 || day !== 29 || (rest === 0 ? century % 4 === 0 : rest % 4 === 0)
}

/** The end of a time that begins at `at`; -1 if it is not a time. */
function timeEnd(text: string, at: number): number {
  const hour = two(text, at)
  const minute = two(text, at + 3)
  const second = two(text, at + 6)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1
  if (text.charCodeAt(at + 2) !== 58 || text.charCodeAt(at + 5) !== 58) return -1
  if (text.charCodeAt(at + 8) !== 46) return at + 8
  let i = at + 9
  while (i < text.length && isDigit(text.charCodeAt(i))) i++
  return i === at + 9 ? -1 : i
}

function isInstant(text: string): boolean {
  if (text.length < 20 || text.charCodeAt(10) !== 84 || !isDate(text)) return false
  const end = timeEnd(text, 11)
  if (end < 0) return false
  const sign = text.charCodeAt(end)
  if (sign === 90) return text.length === end + 1
  if ((sign !== 43 && sign !== 45) || text.length !== end + 6 || text.charCodeAt(end + 3) !== 58) return false
  const hour = two(text, end + 1)
  const minute = two(text, end + 4)
  return hour >= 0 && minute >= 0 && minute <= 59 && (hour <= 13 || (hour === 14 && minute === 0))
}

// 1: of the alphabet; 2: white space.
const base64 = new Uint8Array(128)
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
  base64[c.charCodeAt(0)] = 1
for (const c of ' \t\r\n') base64[c.charCodeAt(0)] = 2

function isBase64(text: string): boolean {
  // A text that decoding and encoding leave unchanged is base64, and both are fast. Another text may be base64 with white space.
  if (text.length > 64 && Buffer.from(text, 'base64').toString('base64') === text) return true
  let spaces = 0
  let end = text.length
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--
  const last = end
  while (end > 0 && last - end < 2 && text.charCodeAt(end - 1) === 61) end--
  for (let i = 0; i < end; i++) {
    const kind = base64[text.charCodeAt(i)]
    if (kind === 1) continue
    if (kind !== 2) return false
    spaces++
  }
  return end > spaces && (last - spaces) % 4 === 0
}
