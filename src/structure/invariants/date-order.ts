const half = 14 * 3600_000

/**
 * Whether one date or dateTime is certainly later than another. With less precision, or without a zone, it must be later in every reading.
 */
export function isLater(a: unknown, b: unknown): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return false
  if (a.length <= 10 && b.length <= 10) {
    const length = Math.min(a.length, b.length)
    return a.slice(0, length) > b.slice(0, length)
  }
  // Most pairs have the same form and zone. Then the texts compare like the times, and Date.parse is slow.
  if (a.length === b.length && a.slice(19) === b.slice(19)) return a > b
  return earliest(a) > latest(b)
}

function earliest(text: string): number {
  if (text.length > 10) return timeOf(text)
  return Date.parse(text) - half
}

function latest(text: string): number {
  if (text.length > 10) return timeOf(text)
  const [year, month, day] = text.split('-').map(Number)
  if (year === undefined) return Number.NaN
  if (month === undefined) return Date.UTC(year + 1, 0, 1) + half
  return (day === undefined ? Date.UTC(year, month, 1) : Date.UTC(year, month - 1, day + 1)) + half
}

// Date.parse does not accept second 60.
function timeOf(text: string): number {
  return text.slice(17, 19) === '60'
    ? Date.parse(`${text.slice(0, 17)}59${text.slice(19)}`) + 1000
    : Date.parse(text)
}
