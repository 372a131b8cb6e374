import { byte, hasFormOfMoment, same } from './machine.ts'

const dash: i32 = 45
const colon: i32 = 58

function isDigit(c: i32): boolean {
  return c >= 48 && c <= 57
}

/** Two digits, or something so negative that a year made of it is negative too. */
function two(p: i32): i32 {
  const a = byte(p) - 48
  const b = byte(p + 1) - 48
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : -100000
}

/** The value of two digits. */
function digits(p: i32): i32 {
  return byte(p) * 10 + byte(p + 1) - 528
}

/** The number of bytes, of `length`, that are a date at the beginning: 4, 7, 10, or 0. */
function dateLength(p: i32, length: i32): i32 {
  const year = two(p) * 100 + two(p + 2)
  if (length < 4 || year < 1) return 0
  if (length === 4) return 4
  const month = two(p + 5)
  if (length < 7 || byte(p + 4) !== dash || month < 1 || month > 12) return 0
  if (length === 7) return 7
  const day = two(p + 8)
  if (length < 10 || byte(p + 7) !== dash || day < 1 || day > daysOf(year, month)) return 0
  return 10
}

function daysOf(year: i32, month: i32): i32 {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Whether `length` bytes are a date. */
export function isDate(p: i32, length: i32): boolean {
  return length <= 10 && dateLength(p, length) === length
}

/** Whether `length` bytes are a dateTime. */
export function isDateTime(p: i32, length: i32): boolean {
  return length <= 10 ? dateLength(p, length) === length : isInstant(p, length)
}

/** The end of a time, which must be before `e`; 0 if it is not a time. */
function timeEnd(p: i32, e: i32): i32 {
  if (e - p < 8 || byte(p + 2) !== colon || byte(p + 5) !== colon) return 0
  const hour = two(p)
  const minute = two(p + 3)
  const second = two(p + 6)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return 0
  return fractionEnd(p + 8)
}

// The end of a fraction of a second, if there is one; 0 if it has no digits.
function fractionEnd(p: i32): i32 {
  if (byte(p) !== 46) return p
  let q = p + 1
  while (isDigit(byte(q))) q++
  return q > p + 1 ? q : 0
}

/** Whether `length` bytes are a time of the day. */
export function isTime(p: i32, length: i32): boolean {
  return timeEnd(p, p + length) === p + length
}

/** Whether `length` bytes are a date and a time with its zone. The second 60 is not proven. */
export function isInstant(p: i32, length: i32): boolean {
  if (length < 20 || !hasFormOfMoment(p)) return false
  const year = digits(p) * 100 + digits(p + 2)
  const month = digits(p + 5)
  const day = digits(p + 8)
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return false
  if (digits(p + 11) > 23 || digits(p + 14) > 59 || digits(p + 17) > 59) return false
  const zone = fractionEnd(p + 19)
  if (zone === 0) return false
  if (byte(zone) === 90) return zone + 1 === p + length
  if (zone + 6 !== p + length || byte(zone + 3) !== colon) return false
  if (byte(zone) !== 43 && byte(zone) !== dash) return false
  const hours = two(zone + 1)
  const minutes = two(zone + 4)
  return hours >= 0 && minutes >= 0 && minutes <= 59 && (hours <= 13 || (hours === 14 && minutes === 0))
}

/** Milliseconds since 1970 of an instant. */
export function millisecondsOf(p: i32): f64 {
  const days = daysSince1970(digits(p) * 100 + digits(p + 2), digits(p + 5), digits(p + 8))
  const seconds = digits(p + 11) * 3600 + digits(p + 14) * 60 + digits(p + 17)
  let q = p + 19
  let thousandths = 0
  if (byte(q) === 46) {
    q++
    let weight = 100
    while (isDigit(byte(q))) {
      thousandths += (byte(q) - 48) * weight
      weight = (weight / 10) | 0
      q++
    }
  }
  let minutes = 0
  if (byte(q) !== 90) minutes = digits(q + 1) * 60 + digits(q + 4)
  if (byte(q) === dash) minutes = -minutes
  const ofDay = (seconds - minutes * 60) * 1000 + thousandths
  return (days as f64) * 86400000.0 + (ofDay as f64)
}

// Years begin in March here, so that the leap day is the last one.
function daysSince1970(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year
  const m = month <= 2 ? month + 9 : month - 3
  const leaps = ((y / 4) | 0) - ((y / 100) | 0) + ((y / 400) | 0)
  return y * 365 + leaps + (((153 * m + 2) / 5) | 0) + day - 719469
}

/** Whether the first of two dateTimes is certainly not later than the second; each is given by its first byte and the quote behind it. */
export function areInOrder(p: i32, pEnd: i32, q: i32, qEnd: i32): boolean {
  const length = shorter(pEnd - p, qEnd - q)
  if (length > 10 && !isOfOneForm(p, pEnd, q, qEnd)) return millisecondsOf(p) <= millisecondsOf(q)
  // If both have the same day, month or year and no more, no time zone makes one certainly later.
  let i = 0
  while (i < length && byte(p + i) === byte(q + i)) i++
  return i === length || byte(p + i) < byte(q + i)
}

function shorter(a: i32, b: i32): i32 {
  return a < b ? a : b
}

// In one zone and form, the order of the texts is the order in time.
function isOfOneForm(p: i32, pEnd: i32, q: i32, qEnd: i32): boolean {
  if (pEnd - p !== qEnd - q) return false
  return (byte(pEnd - 1) === 90 && byte(qEnd - 1) === 90) || same(pEnd - 6, qEnd - 6, 6)
}
