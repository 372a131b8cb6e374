import { kindAboveZero, kindDecimal, kindInteger, kindPositive } from './layout.ts'
import { byte } from './machine.ts'

const mostDigits: i32 = 40

function isDigit(c: i32): boolean {
  return c >= 48 && c <= 57
}

function digitsEnd(p: i32): i32 {
  while (isDigit(byte(p))) p++
  return p
}

/** The end of a number of one of these kinds that fits a double, or 0. The caller checks what follows. */
export function numberEnd(p: i32, kind: i32): i32 {
  const negative = byte(p) === 45
  if (negative && kind !== kindDecimal && kind !== kindInteger) return 0
  const first = negative ? p + 1 : p
  const e = digitsEnd(first)
  if (e === first || (byte(first) === 48 && e > first + 1)) return 0
  if (kind === kindAboveZero && byte(first) === 48) return 0
  if (kind > kindAboveZero) {
    // Some numbers of ten digits are too large; they are rare, so the explaining path judges them.
    if (e - first > 9 || (kind === kindPositive && byte(first) === 48)) return 0
    return e
  }
  return e - first > mostDigits ? 0 : fractionEnd(e)
}

function fractionEnd(p: i32): i32 {
  let e = p
  if (byte(e) === 46) {
    e = digitsEnd(p + 1)
    if (e === p + 1 || e - p > mostDigits) return 0
  }
  const c = byte(e) | 32
  return c === 101 ? exponentEnd(e + 1) : e
}

// Two digits of exponent always fit a double.
function exponentEnd(p: i32): i32 {
  const first = byte(p) === 43 || byte(p) === 45 ? p + 1 : p
  const e = digitsEnd(first)
  return e > first && e - first <= 2 ? e : 0
}
