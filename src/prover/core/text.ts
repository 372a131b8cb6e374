import { base64CharactersEnd, byte, idCharactersEnd, special, specialOrSpace, word } from './machine.ts'

export const quote: i32 = 34
const backslash: i32 = 92
const slash: i32 = 47
const space: i32 = 32
const longest: i32 = 1048576
const dash: i32 = 45
const dot: i32 = 46
const colon: i32 = 58
const semicolon: i32 = 59
/** The beginnings of URIs as words. */
const httpWord: i32 = 0x70747468
const urnWord: i32 = 0x3a6e7275
const oidWord: i32 = 0x3a64696f
const uuidWord: i32 = 0x64697575

// All functions here begin at the first byte of a string, after its quote, and return the address of the quote that ends it, or 0 if it is not proven.

/** Any text that is not empty. */
export function textEnd(p: i32): i32 {
  const e = anyStringEnd(p)
  if (e <= p || e - p > longest) return 0
  const c = byte(p)
  return (c > space && c !== backslash) || says(p, e) ? e : 0
}

// Whether a text has more than white space.
function says(p: i32, e: i32): boolean {
  let q = p
  while (q < e) {
    if (byte(q) === space) q++
    else if (byte(q) !== backslash) return true
    else {
      const c = byte(q + 1)
      if (c === quote || c === backslash || c === slash) return true
      if (c === 117 && hex4(q + 2) > space) return true
      q += c === 117 ? 6 : 2
    }
  }
  return false
}

/** Any string, empty or not. */
export function anyStringEnd(p: i32): i32 {
  let e = special(p)
  while (byte(e) === backslash) {
    e = afterEscape(e)
    if (e === 0) return 0
    e = special(e)
  }
  return byte(e) === quote ? e : 0
}

/** The end of an escape; 0 if it is not an escape, or encodes half a character, or a character that markdown excludes. */
function afterEscape(p: i32): i32 {
  const c = byte(p + 1)
  if (c !== 117) return isShortEscape(c) ? p + 2 : 0
  const unit = hex4(p + 2)
  if (unit < 0 || unit >> 10 === 55 || (unit < 32 && unit !== 9 && unit !== 10 && unit !== 13)) return 0
  if (unit >> 10 !== 54) return p + 6
  if (byte(p + 6) !== backslash || byte(p + 7) !== 117) return 0
  const low = hex4(p + 8)
  return low >= 0 && low >> 10 === 55 ? p + 12 : 0
}

function isShortEscape(c: i32): boolean {
  if (c === quote || c === backslash || c === slash) return true
  return c === 110 || c === 114 || c === 116
}

/** The value of the four hexadecimal digits at `p`, or -1. */
export function hex4(p: i32): i32 {
  const a = hex(byte(p))
  const b = hex(byte(p + 1))
  const c = hex(byte(p + 2))
  const d = hex(byte(p + 3))
  return (a | b | c | d) < 0 ? -1 : (a << 12) | (b << 8) | (c << 4) | d
}

function hex(c: i32): i32 {
  if (c >= 48 && c <= 57) return c - 48
  const lower = c | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

/** Text without spaces or escapes that is not empty. */
export function plainTextEnd(p: i32): i32 {
  const e = specialOrSpace(p)
  return byte(e) === quote && e > p && e - p <= longest ? e : 0
}

/** A URI that is not local to the resource, and of the form of its URN. */
export function uriEnd(p: i32): i32 {
  if (byte(p) === 35) return 0
  const e = plainUriEnd(p)
  return e === 0 || isUrnOfForm(p, e) ? e : 0
}

/** A URI with a scheme. */
export function absoluteUriEnd(p: i32): i32 {
  return isAbsolute(p) ? uriEnd(p) : 0
}

/** The URL of an extension: others than those of HTTP are rare. */
export function extensionUrlEnd(p: i32): i32 {
  return word(p) === httpWord ? absoluteUriEnd(p) : 0
}

/** Whether it begins with the scheme of a URL. */
export function isAbsolute(p: i32): boolean {
  let e = p
  while (isLetter(byte(e)) || (e > p && isOfScheme(byte(e)))) e++
  return e > p && byte(e) === colon
}

function isOfScheme(c: i32): boolean {
  return (c >= 48 && c <= 57) || c === 43 || c === 45 || c === 46
}

export function isLetter(c: i32): boolean {
  const lower = c | 32
  return lower >= 97 && lower <= 122
}

function isDigit(c: i32): boolean {
  return c >= 48 && c <= 57
}

/** Whether a URI from `p` to `e` is not a malformed URN of an OID or of a UUID. */
export function isUrnOfForm(p: i32, e: i32): boolean {
  if (byte(p) !== 117 || word(p) !== urnWord) return true
  if (word(p + 4) === oidWord) return isOid(p + 8, e)
  if (word(p + 4) !== uuidWord || byte(p + 8) !== colon) return true
  return e - p === 45 && isUuid(p + 9)
}

function isUuid(p: i32): boolean {
  for (let i = 0; i < 36; i++) {
    const c = byte(p + i)
    const isDash = i === 8 || i === 13 || i === 18 || i === 23
    if (isDash ? c !== dash : !isDigit(c) && (c < 97 || c > 102)) return false
  }
  return true
}

function isOid(p: i32, e: i32): boolean {
  if (byte(p) < 48 || byte(p) > 50 || e - p < 3) return false
  let q = p + 1
  while (q < e) {
    if (byte(q) !== dot) return false
    const start = q + 1
    q = start
    while (isDigit(byte(q))) q++
    if (q === start || (byte(start) === 48 && q > start + 1)) return false
  }
  return true
}

// Some writers escape slashes.
function plainUriEnd(p: i32): i32 {
  let e = specialOrSpace(p)
  while (byte(e) === backslash && byte(e + 1) === slash) e = specialOrSpace(e + 2)
  return byte(e) === quote && e > p ? e : 0
}

/** A code: it has single spaces only, and none at its ends. */
export function codeEnd(p: i32): i32 {
  let e = specialOrSpace(p)
  while (byte(e) === space && e > p && byte(e + 1) > space && byte(e + 1) !== quote) e = specialOrSpace(e + 1)
  return byte(e) === quote && e > p ? e : 0
}

/** A MIME type. */
export function mimeEnd(p: i32): i32 {
  const e = codeEnd(p)
  if (e === 0) return 0
  const half = mimeNameEnd(p)
  if (half === p || byte(half) !== slash) return 0
  let q = mimeNameEnd(half + 1)
  if (q === half + 1) return 0
  if (byte(q) === space) q++
  return q === e || byte(q) === semicolon ? e : 0
}

function mimeNameEnd(p: i32): i32 {
  let q = p
  while (isLetter(byte(q)) || isDigit(byte(q)) || isOfMime(byte(q))) q++
  return q
}

// Not all characters that a name may have, but the usual ones.
function isOfMime(c: i32): boolean {
  return c === dot || c === dash || c === 43 || c === 95
}

/** A language, perhaps with a country. Other language tags are rare. */
export function languageEnd(p: i32): i32 {
  let q = p
  while (byte(q) >= 97 && byte(q) <= 122) q++
  if (q - p < 2 || q - p > 3) return 0
  if (byte(q) === dash && isCapital(byte(q + 1)) && isCapital(byte(q + 2))) q += 3
  return byte(q) === quote ? q : 0
}

function isCapital(c: i32): boolean {
  return c >= 65 && c <= 90
}

/** An id. */
export function idStringEnd(p: i32): i32 {
  const e = idCharactersEnd(p)
  return byte(e) === quote && e > p && e - p <= 64 ? e : 0
}

/** Base64, which some writers break into lines. */
export function base64StringEnd(p: i32): i32 {
  let e = base64CharactersEnd(p)
  let spaces = 0
  let length = spaceLength(e)
  while (length !== 0) {
    spaces += length
    e = base64CharactersEnd(e + length)
    length = spaceLength(e)
  }
  if (e === p + spaces) return 0
  if (byte(e) === 61) e++
  if (byte(e) === 61) e++
  return byte(e) === quote && ((e - p - spaces) & 3) === 0 ? e : 0
}

function spaceLength(p: i32): i32 {
  if (byte(p) === space) return 1
  if (byte(p) !== backslash) return 0
  const c = byte(p + 1)
  return c === 110 || c === 114 || c === 116 ? 2 : 0
}
