import type { SnapshotElement } from '../package/definitions.ts'
import { isJsonObject } from '../../model/json.ts'

/** A bound that values of an element keep. */
export interface ValueLimit {
  readonly rule: 'maxLength' | 'minValue' | 'maxValue'
  /** The bound in words. */
  readonly expected: string
  /** Whether a value is certainly beyond it; what cannot be compared is not. */
  readonly exceeds: (value: unknown) => boolean
}

/** The bounds that an element of a snapshot has. */
export function valueLimits(element: SnapshotElement): readonly ValueLimit[] {
  const limits: ValueLimit[] = []
  const { maxLength } = element
  if (maxLength !== undefined)
    limits.push({
      rule: 'maxLength',
      expected: `at most ${maxLength} characters`,
      exceeds: (it) => typeof it === 'string' && it.length > maxLength && [...it].length > maxLength,
    })
  for (const [name, bound] of Object.entries(element)) {
    const rule = /^(minValue|maxValue)[A-Z]/.exec(name)?.[1]
    if (rule === 'minValue')
      limits.push({
        rule,
        expected: `at least ${wordsOf(bound)}`,
        exceeds: (it) => compare(it, bound) === -1,
      })
    if (rule === 'maxValue')
      limits.push({ rule, expected: `at most ${wordsOf(bound)}`, exceeds: (it) => compare(it, bound) === 1 })
  }
  return limits
}

function wordsOf(bound: unknown): string {
  if (!isJsonObject(bound)) return String(bound)
  const { value, unit, code } = bound
  return [value, unit ?? code].filter((it) => it !== undefined).join(' ')
}

/** -1 or 1 if a value is certainly less or more than a bound. */
function compare(value: unknown, bound: unknown): number {
  if (typeof value === 'number' && typeof bound === 'number') return Math.sign(value - bound)
  if (typeof value === 'string' && typeof bound === 'string') return compareTimes(value, bound)
  if (!isJsonObject(value) || !isJsonObject(bound)) return 0
  const { value: amount, system, code, comparator } = value
  const alike =
    code !== undefined && code === bound.code && system === bound.system && comparator === undefined
  return alike ? compare(amount, bound.value) : 0
}

// How far from UTC clocks are.
const widestTimeZone = 14 * 3_600_000

function compareTimes(value: string, bound: string): number {
  const [is, limit] = [spanOf(value), spanOf(bound)]
  if (!is || !limit) return 0
  const apart = is.zoned === limit.zoned ? 0 : widestTimeZone
  return is.to + apart < limit.from ? -1 : is.from - apart > limit.to ? 1 : 0
}

interface TimeSpan {
  /** The first and the last millisecond that it may mean. */
  readonly from: number
  readonly to: number
  /** Whether it says where on earth that is. */
  readonly zoned: boolean
}

const dated = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/
const timed = /^(\d{4}-\d\d-\d\dT)?\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/

function spanOf(text: string): TimeSpan | undefined {
  const [isTime, day, fraction, zone] = timed.exec(text) ?? []
  if (isTime !== undefined) {
    if ((day === undefined) !== (zone === undefined)) return undefined
    const from = Date.parse(day === undefined ? `1970-01-01T${text}Z` : text)
    return Number.isNaN(from)
      ? undefined
      : { from, to: from + (fraction === undefined ? 999 : 0), zoned: zone !== undefined }
  }
  const [isDate, year, month, date] = dated.exec(text) ?? []
  if (isDate === undefined) return undefined
  const from = Date.parse(`${year}-${month ?? '01'}-${date ?? '01'}T00:00:00Z`)
  if (Number.isNaN(from)) return undefined
  const next = new Date(from)
  if (date) next.setUTCDate(next.getUTCDate() + 1)
  else if (month) next.setUTCMonth(next.getUTCMonth() + 1)
  else next.setUTCFullYear(next.getUTCFullYear() + 1)
  return { from, to: next.getTime() - 1, zoned: false }
}
