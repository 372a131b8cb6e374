/** What reading a text as JSON brings that JSON.parse does not tell. */
export interface JsonScan {
  /** Offset at which the text stops being JSON; undefined if it is JSON. */
  readonly brokenAt?: number
  /** How deep objects and arrays are nested, 0 for a value that is neither. */
  readonly depth: number
  /** Objects that have a name twice, each once: the names and indices that lead there. */
  readonly duplicates: readonly (readonly (string | number)[])[]
  /** Numbers that are integers and have a fraction or an exponent: the names and indices that lead there. */
  readonly looseIntegers: readonly (readonly (string | number)[])[]
}

interface ScanFrame {
  /** Names met in an object; undefined in an array. */
  readonly names: Set<string> | undefined
  /** The name or index that is being read. */
  at: string | number
  hasDuplicate: boolean
}

interface ScanCursor {
  readonly text: string
  i: number
  /** The number that was read last is an integer with a fraction or an exponent. */
  loose: boolean
}

interface ScanState extends ScanCursor {
  /** The objects and arrays around the cursor, from the outermost on. */
  readonly frames: ScanFrame[]
  readonly duplicates: (string | number)[][]
  readonly looseIntegers: (string | number)[][]
  depth: number
}

/** What the cursor is at: a value, the end of a value, the end of the text, or a character that JSON does not allow there. */
type ScanPosition = 'value' | 'valueEnd' | 'textEnd' | 'broken'

const quote = 34
const comma = 44
const colon = 58
const backslash = 92
const openArray = 91
const closeArray = 93
const openObject = 123
const closeObject = 125

/** Reads a text as JSON: says the same of it as JSON.parse, and where names occur twice. */
export function scanJson(text: string): JsonScan {
  const scan: ScanState = {
    text,
    i: 0,
    loose: false,
    frames: [],
    duplicates: [],
    looseIntegers: [],
    depth: 0,
  }
  let position: ScanPosition = 'value'
  while (position === 'value' || position === 'valueEnd')
    position = position === 'value' ? startValue(scan) : endValue(scan)
  const { depth, duplicates, looseIntegers } = scan
  return { ...(position === 'broken' ? { brokenAt: scan.i } : {}), depth, duplicates, looseIntegers }
}

/** Reads a scalar, or the beginning of an object or array up to its first value or its end. */
function startValue(scan: ScanState): ScanPosition {
  const c = nextCharacter(scan)
  if (c === openObject || c === openArray) {
    scan.i++
    const frame: ScanFrame = { names: c === openObject ? new Set() : undefined, at: 0, hasDuplicate: false }
    scan.frames.push(frame)
    if (scan.frames.length > scan.depth) scan.depth = scan.frames.length
    if (nextCharacter(scan) === (frame.names ? closeObject : closeArray)) return 'valueEnd'
    return !frame.names || readName(scan, frame) ? 'value' : 'broken'
  }
  if (!readScalar(scan, c)) return 'broken'
  if (scan.loose) scan.looseIntegers.push(scan.frames.map((it) => it.at))
  scan.loose = false
  return 'valueEnd'
}

/** Reads what follows a value: a comma and perhaps a name, or the end of what the value is in. */
function endValue(scan: ScanState): ScanPosition {
  const { frames } = scan
  const frame = frames[frames.length - 1]
  const c = nextCharacter(scan)
  if (!frame) return c === undefined ? 'textEnd' : 'broken'
  if (c === (frame.names ? closeObject : closeArray)) {
    scan.i++
    frames.pop()
    return 'valueEnd'
  }
  if (c !== comma) return 'broken'
  scan.i++
  if (frame.names) {
    nextCharacter(scan)
    return readName(scan, frame) ? 'value' : 'broken'
  }
  frame.at = (frame.at as number) + 1
  return 'value'
}

function readName(scan: ScanState, frame: ScanFrame): boolean {
  const { text, frames } = scan
  const start = scan.i
  if (!readString(scan)) return false
  const raw = text.slice(start + 1, scan.i - 1)
  const name = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
  if (frame.names?.has(name) && !frame.hasDuplicate) {
    frame.hasDuplicate = true
    scan.duplicates.push(frames.slice(0, -1).map((it) => it.at))
  }
  frame.names?.add(name)
  frame.at = name
  if (nextCharacter(scan) !== colon) return false
  scan.i++
  return true
}

/** The next character that is not white space, undefined at the end. */
function nextCharacter(cursor: ScanCursor): number | undefined {
  const { text } = cursor
  let { i } = cursor
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) {
      cursor.i = i
      return c
    }
  }
  cursor.i = i
  return undefined
}

function readScalar(cursor: ScanCursor, c: number | undefined): boolean {
  if (c === quote) return readString(cursor)
  if (c === 116) return readLiteral(cursor, 'true')
  if (c === 102) return readLiteral(cursor, 'false')
  if (c === 110) return readLiteral(cursor, 'null')
  return readNumber(cursor)
}

function readLiteral(cursor: ScanCursor, word: string): boolean {
  if (!cursor.text.startsWith(word, cursor.i)) return false
  cursor.i += word.length
  return true
}

const numbers = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

function readNumber(cursor: ScanCursor): boolean {
  numbers.lastIndex = cursor.i
  const found = numbers.exec(cursor.text)?.[0]
  if (found === undefined) return false
  cursor.i += found.length
  cursor.loose = /[.eE]/.test(found) && Number.isInteger(Number(found))
  return true
}

function readString(cursor: ScanCursor): boolean {
  const { text } = cursor
  if (text.charCodeAt(cursor.i) !== quote) return false
  let i = cursor.i + 1
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === quote) {
      cursor.i = i + 1
      return true
    }
    if (c < 32) break
    if (c !== backslash) continue
    const length = escapeLength(text, i)
    if (length === 0) break
    i += length - 1
  }
  cursor.i = i
  return false
}

function escapeLength(text: string, at: number): number {
  const c = text[at + 1]
  if (c === 'u') return /^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6)) ? 6 : 0
  return c !== undefined && '"\\/bfnrt'.includes(c) ? 2 : 0
}
