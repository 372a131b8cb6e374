/** Milliseconds of a day. */
export const millisecondsPerDay = 86_400_000

const span = 730 * millisecondsPerDay

/** Calendar date in UTC. */
export function calendarDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** Instant to the second, in one of several notations: UTC, UTC with milliseconds, east and west of it. */
export function instant(ms: number, notation: number): string {
  const whole = Math.floor(ms / 1000) * 1000
  const local = (hours: number, at: number) => new Date(at + hours * 3_600_000).toISOString().slice(0, -1)
  switch (notation % 4) {
    case 0:
      return `${local(0, whole).slice(0, -4)}Z`
    case 1:
      return `${local(0, ms)}Z`
    case 2:
      return `${local(2, whole).slice(0, -4)}+02:00`
    default:
      return `${local(-5, ms)}-05:00`
  }
}

/** The time at a fraction, from 0 to 1, of the two years before `until` (ms since 1970). */
export function timeAtFraction(until: Date, fraction: number): number {
  return Math.floor(until.getTime() - span * (1 - fraction))
}
