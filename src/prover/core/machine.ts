import { scratch } from './layout.ts'

/**
 * The memory of all provers of this thread. V8 reads it a quarter faster because it is a constant; pages that are never written take no physical
 * memory.
 */
export const memory = new ArrayBuffer(512 << 20)

const bytes = new Uint8Array(memory)
const words = new Int32Array(memory)
const doubles = new Float64Array(memory)
const view = new DataView(memory)

export function byte(p: i32): i32 {
  return bytes[p] as number
}

/** Two bytes from any address. */
export function half(p: i32): i32 {
  return view.getUint16(p, true)
}

/** Four bytes from any address. */
export function word(p: i32): i32 {
  return view.getInt32(p, true)
}

/** The word at an address that four divides. */
export function get(at: i32): i32 {
  return words[at >> 2] as number
}

export function put(at: i32, value: i32): void {
  words[at >> 2] = value
}

export function putByte(at: i32, value: i32): void {
  bytes[at] = value
}

export function putHalf(at: i32, value: i32): void {
  bytes[at] = value
  bytes[at + 1] = value >> 8
}

export function putDouble(at: i32, value: f64): void {
  doubles[at >> 3] = value
}

/** Copies whole words, so it may write more than the requested bytes. */
export function copy(to: i32, from: i32, length: i32): void {
  for (let i = 0; i < length; i += 4) view.setInt32(to + i, word(from + i), true)
}

/** Whether `length` bytes are the same at two addresses. */
export function same(p: i32, q: i32, length: i32): boolean {
  let i = 0
  while (i + 4 <= length) {
    if (word(p + i) !== word(q + i)) return false
    i += 4
  }
  const rest = length - i
  return rest === 0 || (word(p + i) ^ word(q + i)) << (32 - rest * 8) === 0
}

/** The same for at most 16 bytes. */
export function sameBlock(p: i32, q: i32, length: i32): boolean {
  return same(p, q, length)
}

// These look at four bytes at once and set the highest bit of each byte that matches. Bits after the first match may be wrong.

function isBelow(four: i32, times01: i32): i32 {
  return (four - times01) & ~four
}

function isByte(four: i32, times01: i32): i32 {
  const other = four ^ times01
  return (other - 0x01010101) & ~other
}

function specials(four: i32, below: i32): i32 {
  return (isBelow(four, below) | isByte(four, 0x22222222) | isByte(four, 0x5c5c5c5c)) & 0x80808080
}

function first(marks: i32): i32 {
  return (31 - Math.clz32(marks & -marks)) >> 3
}

/** Where the next quote, backslash or control character is. */
export function special(p: i32): i32 {
  let marks = specials(word(p), 0x20202020)
  while (marks === 0) {
    p += 4
    marks = specials(word(p), 0x20202020)
  }
  return p + first(marks)
}

/** Where the next quote, backslash, control character or space is. */
export function specialOrSpace(p: i32): i32 {
  let marks = specials(word(p), 0x21212121)
  while (marks === 0) {
    p += 4
    marks = specials(word(p), 0x21212121)
  }
  return p + first(marks)
}

const formOfMoment = '0000-00-00T00:00:00'

/** Whether 19 bytes are digits, dashes, a T and colons, where a date and a time have them. */
export function hasFormOfMoment(p: i32): boolean {
  for (let i = 0; i < formOfMoment.length; i++) {
    const wanted = formOfMoment.charCodeAt(i)
    const above = byte(p + i) - wanted
    if (above < 0 || above > (wanted === 48 ? 9 : 0)) return false
  }
  return true
}

// For each pair of bytes, whether both can be in an id (4) and in base64 (8).
const pairs = new Uint8Array(65536)
for (let i = 0; i < 65536; i++) pairs[i] = classOf(i & 255) & classOf(i >> 8)

function classOf(c: i32): i32 {
  const lower = c | 32
  if ((lower >= 97 && lower <= 122) || (c >= 48 && c <= 57)) return 12
  if (c === 45 || c === 46) return 4
  return c === 43 || c === 47 ? 8 : 0
}

/** Where the first byte is that an id cannot have. */
export function idCharactersEnd(p: i32): i32 {
  while (((pairs[view.getUint16(p, true)] as number) & 4) !== 0) p += 2
  return (classOf(byte(p)) & 4) === 0 ? p : p + 1
}

/** Where the first byte is that is not of the alphabet of base64. */
export function base64CharactersEnd(p: i32): i32 {
  while (((pairs[view.getUint16(p, true)] as number) & 8) !== 0) p += 2
  return (classOf(byte(p)) & 8) === 0 ? p : p + 1
}

/** Where the next LF is; there is one. */
export function lineFeed(p: i32): i32 {
  return bytes.indexOf(10, p)
}

/** How many LFs there are from `p` to before `end`. */
export function countFeeds(p: i32, end: i32): i32 {
  let count = 0
  for (let at = bytes.indexOf(10, p); at >= 0 && at < end; at = bytes.indexOf(10, at + 1)) count++
  return count
}

/** A hash of a name of `length` bytes. */
export function nameHash(p: i32, length: i32): i32 {
  let first = word(p)
  if (length < 4) first &= (1 << (length << 3)) - 1
  const last = length < 4 ? first : word(p + length - 4)
  const middle = length < 8 ? last : word(p + (length >> 1) - 2)
  const h = Math.imul(
    Math.imul(Math.imul(first ^ length, 0x85ebca6b) ^ middle, 0x9e3779b1) ^ last,
    0xc2b2ae35,
  )
  return h ^ (h >>> 15)
}

/** `hashKey` of `length` bytes, into three words. */
export function hashKeyInto(p: i32, length: i32, out: i32): void {
  let a = (0xdeadbeef + length) | 0
  let b = a
  let c = a
  let from = p
  for (let rest = length; rest > 0; rest -= 12) {
    if (rest < 12) {
      padToTwelve(from, rest)
      from = scratch
    }
    a = (a + word(from)) | 0
    b = (b + word(from + 4)) | 0
    c = (c + word(from + 8)) | 0
    from += 12
    a = (a - c) ^ rotate(c, 4)
    c = (c + b) | 0
    b = (b - a) ^ rotate(a, 6)
    a = (a + c) | 0
    c = (c - b) ^ rotate(b, 8)
    b = (b + a) | 0
    a = (a - c) ^ rotate(c, 16)
    c = (c + b) | 0
    b = (b - a) ^ rotate(a, 19)
    a = (a + c) | 0
    c = (c - b) ^ rotate(b, 4)
    b = (b + a) | 0
  }
  c = (c ^ b) - rotate(b, 14)
  a = (a ^ c) - rotate(c, 11)
  b = (b ^ a) - rotate(a, 25)
  c = (c ^ b) - rotate(b, 16)
  a = (a ^ c) - rotate(c, 4)
  b = (b ^ a) - rotate(a, 14)
  c = (c ^ b) - rotate(b, 24)
  put(out, a)
  put(out + 4, b)
  put(out + 8, c)
}

// Copies the rest to the scratch memory, with zeros behind it.
function padToTwelve(p: i32, length: i32): void {
  copy(scratch, p, length)
  for (let i = length; i < 12; i++) putByte(scratch + i, 0)
}

const lanes = new Int32Array(16)

/** `hashLine` of `length` bytes, into two words. */
export function hashLineInto(p: i32, length: i32, out: i32): void {
  for (let lane = 0; lane < 16; lane++) lanes[lane] = lane + 1
  const end = p + length
  for (let first = 0; p < end; p += 16) {
    let q = p
    if (end - p < 16) {
      for (let i = 0; i < 16; i++) bytes[scratch + i] = p + i < end ? byte(p + i) : 0
      q = scratch
    }
    for (let i = 0; i < 4; i++) lanes[first + i] = mixed(lanes[first + i] ?? 0, word(q + 4 * i))
    first = (first + 4) & 15
  }
  for (let i = 0; i < 4; i++) {
    const a = mixed(lanes[i] ?? 0, lanes[4 + i] ?? 0)
    lanes[i] = mixed(a, mixed(lanes[8 + i] ?? 0, lanes[12 + i] ?? 0))
  }
  put(out, finished(((lanes[0] ?? 0) ^ rotate(lanes[2] ?? 0, 16)) + length))
  put(out + 4, finished(((lanes[1] ?? 0) ^ rotate(lanes[3] ?? 0, 16)) + length))
}

function mixed(h: i32, w: i32): i32 {
  const x = Math.imul(h ^ w, 0x9e3779b1)
  return x ^ (x >>> 15)
}

function finished(h: i32): i32 {
  let x = h | 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return x ^ (x >>> 16)
}

function rotate(x: i32, by: i32): i32 {
  return (x << by) | (x >>> (32 - by))
}
