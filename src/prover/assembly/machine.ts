import { scratch } from '../core/layout.ts'

// The WebAssembly counterpart of ../core/machine.ts: it compares blocks of 16 bytes at once. Reading beyond the requested bytes does no
// harm, because there is memory behind them.

export function byte(p: i32): i32 {
  return load<u8>(p)
}

/** Two bytes from any address. */
export function half(p: i32): i32 {
  return load<u16>(p)
}

/** Four bytes from any address. */
export function word(p: i32): i32 {
  return load<i32>(p)
}

/** The word at an address that four divides. */
export function get(at: i32): i32 {
  return load<i32>(at)
}

export function put(at: i32, value: i32): void {
  store<i32>(at, value)
}

export function putByte(at: i32, value: i32): void {
  store<u8>(at, <u8>value)
}

export function putHalf(at: i32, value: i32): void {
  store<u16>(at, <u16>value)
}

export function putDouble(at: i32, value: f64): void {
  store<f64>(at, value)
}

/** Copies whole blocks, so it may write more than the requested bytes. */
export function copy(to: i32, from: i32, length: i32): void {
  let i = 0
  do {
    v128.store(to + i, v128.load(from + i))
    i += 16
  } while (i < length)
}

/** Whether `length` bytes are the same at two addresses. */
export function same(p: i32, q: i32, length: i32): boolean {
  if (length <= 16) return sameBlock(p, q, length)
  let i = 0
  while (length - i > 16 && differing(p + i, q + i) === 0) i += 16
  return length - i <= 16 && sameBlock(p + i, q + i, length - i)
}

/** The same for at most 16 bytes. */
export function sameBlock(p: i32, q: i32, length: i32): boolean {
  return (differing(p, q) & ((1 << length) - 1)) === 0
}

// A bit for each of 16 bytes that differs.
function differing(p: i32, q: i32): i32 {
  return i8x16.bitmask(i8x16.ne(v128.load(p), v128.load(q)))
}

// A byte that is not 0 for each of 16 that is a quote, a backslash or a control character.
function specials(block: v128): v128 {
  const quotes = i8x16.eq(block, i8x16.splat(34))
  const backslashes = i8x16.eq(block, i8x16.splat(92))
  return v128.or(v128.or(quotes, backslashes), i8x16.lt_u(block, i8x16.splat(32)))
}

/** Where the next quote, backslash or control character is. */
export function special(p: i32): i32 {
  let found = i8x16.bitmask(specials(v128.load(p)))
  while (found === 0) {
    p += 16
    found = i8x16.bitmask(specials(v128.load(p)))
  }
  return p + ctz(found)
}

function specialsOrSpaces(p: i32): i32 {
  const block = v128.load(p)
  const marks = v128.or(i8x16.eq(block, i8x16.splat(34)), i8x16.eq(block, i8x16.splat(92)))
  return i8x16.bitmask(v128.or(marks, i8x16.le_u(block, i8x16.splat(32))))
}

/** Where the next quote, backslash, control character or space is. */
export function specialOrSpace(p: i32): i32 {
  let found = specialsOrSpaces(p)
  while (found === 0) {
    p += 16
    found = specialsOrSpaces(p)
  }
  return p + ctz(found)
}

/** Whether 19 bytes are digits, dashes, a T and colons, where a date and a time have them. */
export function hasFormOfMoment(p: i32): boolean {
  // For `0000-00-00T00:00`, and for `0000-00-00T00:00:00` from its fourth digit on.
  const first = i8x16(48, 48, 48, 48, 45, 48, 48, 45, 48, 48, 84, 48, 48, 58, 48, 48)
  const mostOfFirst = i8x16(9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9)
  const last = i8x16(48, 45, 48, 48, 45, 48, 48, 84, 48, 48, 58, 48, 48, 58, 48, 48)
  const mostOfLast = i8x16(9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9)
  const isFirst = i8x16.le_u(i8x16.sub(v128.load(p), first), mostOfFirst)
  const isLast = i8x16.le_u(i8x16.sub(v128.load(p + 3), last), mostOfLast)
  return i8x16.all_true(v128.and(isFirst, isLast))
}

function letters(block: v128): v128 {
  const upper = v128.and(block, i8x16.splat(<i8>0xdf))
  return v128.and(i8x16.ge_u(upper, i8x16.splat(65)), i8x16.le_u(upper, i8x16.splat(90)))
}

function between(block: v128, first: i8, last: i8): v128 {
  return v128.and(i8x16.ge_u(block, i8x16.splat(first)), i8x16.le_u(block, i8x16.splat(last)))
}

function ofNoId(p: i32): i32 {
  const block = v128.load(p)
  const digits = between(block, 48, 57)
  const marks = between(block, 45, 46)
  return i8x16.bitmask(v128.not(v128.or(v128.or(letters(block), digits), marks)))
}

/** Where the first byte is that an id cannot have. */
export function idCharactersEnd(p: i32): i32 {
  let found = ofNoId(p)
  while (found === 0) {
    p += 16
    found = ofNoId(p)
  }
  return p + ctz(found)
}

function ofNoBase64(p: i32): i32 {
  const block = v128.load(p)
  const digits = between(block, 47, 57)
  const plus = i8x16.eq(block, i8x16.splat(43))
  return i8x16.bitmask(v128.not(v128.or(v128.or(letters(block), digits), plus)))
}

/** Where the first byte is that is not of the alphabet of base64. */
export function base64CharactersEnd(p: i32): i32 {
  let found = ofNoBase64(p)
  while (found === 0) {
    p += 16
    found = ofNoBase64(p)
  }
  return p + ctz(found)
}

// -1 for each of 16 bytes that is an LF.
function isFeed(p: i32): v128 {
  return i8x16.eq(v128.load(p), i8x16.splat(10))
}

function feeds(p: i32): i32 {
  return i8x16.bitmask(isFeed(p))
}

/** Where the next LF is; there is one. */
export function lineFeed(p: i32): i32 {
  let found = feeds(p)
  while (found === 0) {
    p += 16
    found = feeds(p)
  }
  return p + ctz(found)
}

/** How many LFs there are from `p` to before `end`. */
export function countFeeds(p: i32, end: i32): i32 {
  let count = 0
  while (end - p >= 64) {
    // Each of 16 counters goes up to 255.
    let left = min((end - p) >> 6, 63)
    let counts = i8x16.splat(0)
    while (left > 0) {
      const four = i8x16.add(i8x16.add(isFeed(p), isFeed(p + 16)), i8x16.add(isFeed(p + 32), isFeed(p + 48)))
      counts = i8x16.sub(counts, four)
      p += 64
      left--
    }
    const sums = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(counts))
    count += i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1)
    count += i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3)
  }
  while (p < end) {
    if (byte(p) === 10) count++
    p++
  }
  return count
}

/** A hash of a name of `length` bytes. */
export function nameHash(p: i32, length: i32): i32 {
  let first = word(p)
  if (length < 4) first &= (1 << (length << 3)) - 1
  const last = length < 4 ? first : word(p + length - 4)
  const middle = length < 8 ? last : word(p + (length >> 1) - 2)
  const h = (((first ^ length) * 0x85ebca6b) ^ middle) * 0x9e3779b1
  const mixed = (h ^ last) * 0xc2b2ae35
  return mixed ^ (mixed >>> 15)
}

/** `hashKey` of `length` bytes, into three words. */
export function hashKeyInto(p: i32, length: i32, out: i32): void {
  let a: i32 = 0xdeadbeef + length
  let b = a
  let c = a
  let from = p
  for (let rest = length; rest > 0; rest -= 12) {
    if (rest < 12) {
      padToTwelve(from, rest)
      from = scratch
    }
    a += word(from)
    b += word(from + 4)
    c += word(from + 8)
    from += 12
    a = (a - c) ^ rotl(c, 4)
    c += b
    b = (b - a) ^ rotl(a, 6)
    a += c
    c = (c - b) ^ rotl(b, 8)
    b += a
    a = (a - c) ^ rotl(c, 16)
    c += b
    b = (b - a) ^ rotl(a, 19)
    a += c
    c = (c - b) ^ rotl(b, 4)
    b += a
  }
  c = (c ^ b) - rotl(b, 14)
  a = (a ^ c) - rotl(c, 11)
  b = (b ^ a) - rotl(a, 25)
  c = (c ^ b) - rotl(b, 16)
  a = (a ^ c) - rotl(c, 4)
  b = (b ^ a) - rotl(a, 14)
  c = (c ^ b) - rotl(b, 24)
  put(out, a)
  put(out + 4, b)
  put(out + 8, c)
}

// Copies the rest to the scratch memory, with zeros behind it.
function padToTwelve(p: i32, length: i32): void {
  v128.store(scratch, v128.load(p))
  v128.store(scratch + length, i32x4(0, 0, 0, 0))
}

/** `hashLine` of `length` bytes, into two words. */
export function hashLineInto(p: i32, length: i32, out: i32): void {
  let a = i32x4(1, 2, 3, 4)
  let b = i32x4(5, 6, 7, 8)
  let c = i32x4(9, 10, 11, 12)
  let d = i32x4(13, 14, 15, 16)
  const fours = p + (length & ~63)
  while (p < fours) {
    a = mixed(a, v128.load(p))
    b = mixed(b, v128.load(p + 16))
    c = mixed(c, v128.load(p + 32))
    d = mixed(d, v128.load(p + 48))
    p += 64
  }
  const rest = length & 63
  if (rest > 0) a = mixed(a, padded(p, rest))
  if (rest > 16) b = mixed(b, padded(p + 16, rest - 16))
  if (rest > 32) c = mixed(c, padded(p + 32, rest - 32))
  if (rest > 48) d = mixed(d, padded(p + 48, rest - 48))
  const lanes = mixed(mixed(a, b), mixed(c, d))
  put(out, finished((i32x4.extract_lane(lanes, 0) ^ rotl(i32x4.extract_lane(lanes, 2), 16)) + length))
  put(out + 4, finished((i32x4.extract_lane(lanes, 1) ^ rotl(i32x4.extract_lane(lanes, 3), 16)) + length))
}

function padded(p: i32, rest: i32): v128 {
  if (rest >= 16) return v128.load(p)
  v128.store(scratch, v128.load(p))
  v128.store(scratch + rest, i32x4(0, 0, 0, 0))
  return v128.load(scratch)
}

function mixed(lanes: v128, words: v128): v128 {
  const x = i32x4.mul(v128.xor(lanes, words), i32x4.splat(0x9e3779b1))
  return v128.xor(x, i32x4.shr_u(x, 15))
}

function finished(h: i32): i32 {
  let x = h
  x = (x ^ (x >>> 16)) * 0x85ebca6b
  x = (x ^ (x >>> 13)) * 0xc2b2ae35
  return x ^ (x >>> 16)
}
