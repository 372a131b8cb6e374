import { base64CharactersEnd, byte, idCharactersEnd, special, specialOrSpace } from './machine.ts'

export const quote: i32 = 34
const backslash: i32 = 92
const slash: i32 = 47
const space: i32 = 32
const longest: i32 = 1048576

// All functions here begin at the first byte of a string, after its quote, and return the address of the quote that ends it, or 0 if it is not proven.

/** Any text that is not empty. */
export function textEnd(p: i32): i32 {
  const e = anyStringEnd(p)
  return e > p && e - p <= longest ? e : 0
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

/** A URI. Some writers escape slashes. */
export function uriEnd(p: i32): i32 {
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
