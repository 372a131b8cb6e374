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
  told: boolean
}

interface ScanCursor {
  readonly text: string
  i: number
  /** The number that was read last is an integer with a fraction or an exponent. */
  loose: boolean
}

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
  const cursor: ScanCursor = { text, i: 0, loose: false }
  const frames: ScanFrame[] = []
  const duplicates: (string | number)[][] = []
  const loose: (string | number)[][] = []
  let depth = 0
  const ended = (brokenAt?: number): JsonScan => ({
    ...(brokenAt === undefined ? {} : { brokenAt }),
    depth,
    duplicates,
    looseIntegers: loose,
  })
  const name = (frame: ScanFrame): boolean => {
    const start = cursor.i
    if (!readString(cursor)) return false
    const raw = text.slice(start + 1, cursor.i - 1)
    const read = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
    if (frame.names?.has(read) && !frame.told) {
      frame.told = true
      duplicates.push(frames.slice(0, -1).map((it) => it.at))
    }
    frame.names?.add(read)
    frame.at = read
    if (nextCharacter(cursor) !== colon) return false
    cursor.i++
    return true
  }
  for (;;) {
    const c = nextCharacter(cursor)
    if (c === openObject || c === openArray) {
      cursor.i++
      const frame: ScanFrame = { names: c === openObject ? new Set() : undefined, at: 0, told: false }
      frames.push(frame)
      if (frames.length > depth) depth = frames.length
      const first = nextCharacter(cursor)
      if (first !== (frame.names ? closeObject : closeArray)) {
        if (frame.names && !name(frame)) return ended(cursor.i)
        continue
      }
    } else if (!readScalar(cursor, c)) return ended(cursor.i)
    else if (cursor.loose) loose.push(frames.map((it) => it.at))
    cursor.loose = false
    // A value has ended, or an empty object or array is about to.
    for (;;) {
      const frame = frames[frames.length - 1]
      const after = nextCharacter(cursor)
      if (!frame) return after === undefined ? ended() : ended(cursor.i)
      cursor.i++
      if (after === (frame.names ? closeObject : closeArray)) {
        frames.pop()
        continue
      }
      if (after !== comma) return ended(cursor.i - 1)
      if (frame.names) {
        nextCharacter(cursor)
        if (!name(frame)) return ended(cursor.i)
      } else frame.at = (frame.at as number) + 1
      break
    }
  }
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
