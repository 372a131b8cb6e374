/** Half-open: from `from` to just before `to`. */
export interface ValueRange {
  readonly from: number
  readonly to: number
}

/** How a value compares with the search value (R4 search, prefixes); `ap` is not supported. */
export type RangePrefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb'

const dateShape =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+ -]\d\d:\d\d)?)?)?)?$/

/** The time that a date, dateTime or instant covers, in ms since 1970; undefined if it is not a valid time. Without an offset it is UTC; a blank stands for a plus that was decoded. */
export function dateRange(text: string): ValueRange | undefined {
  const [
    ,
    year,
    month = '01',
    date = '01',
    hour = '00',
    minute = '00',
    second = '00',
    fraction = '',
    zone = 'Z',
  ] = dateShape.exec(text) ?? []
  if (year === undefined) return undefined
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  const whole = Date.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}${zone.replace(' ', '+')}`)
  if (Number.isNaN(whole) || Number(date) > days) return undefined
  const from = whole + Math.round(Number(`0.${fraction || '0'}`) * 1e6) / 1e3
  if (text.length === 4)
    return { from, to: Date.parse(`${String(Number(year) + 1).padStart(4, '0')}-01-01T00:00:00Z`) }
  if (text.length === 7) return { from, to: from + days * 86_400_000 }
  if (text.length === 10) return { from, to: from + 86_400_000 }
  if (!/:\d\d:\d\d/.test(text.slice(10, 19))) return { from, to: from + 60_000 }
  return { from, to: from + 1000 / 10 ** fraction.length }
}

/** The numbers that round to a decimal at the precision in which it is written; undefined if it is not a decimal. */
export function numberRange(text: string): ValueRange | undefined {
  const [, decimals = '', exponent = '0'] = /^[+-]?\d+(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [
    '',
    '',
    'none',
  ]
  if (exponent === 'none') return undefined
  const half = 0.5 * 10 ** (Number(exponent) - decimals.length)
  const tidy = (value: number) => Number(value.toPrecision(12))
  return { from: tidy(Number(text) - half), to: tidy(Number(text) + half) }
}

/** Splits the prefix off a value; `eq` if it has none, undefined if it has one that is not supported. */
export function splitRangePrefix(
  text: string,
): { readonly prefix: RangePrefix; readonly rest: string } | undefined {
  const [, prefix, rest] = /^([a-z]{2})(.*)$/s.exec(text) ?? [undefined, 'eq', text]
  return isPrefix(prefix) && rest !== undefined ? { prefix, rest } : undefined
}

const isPrefix = (text: string | undefined): text is RangePrefix =>
  ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb'].includes(text ?? '')

/** Compares the range of an element with the range of the search value, as R4 defines it for dates. */
export function rangeMatches(prefix: RangePrefix, element: ValueRange, searched: ValueRange): boolean {
  const within = element.from >= searched.from && element.to <= searched.to
  switch (prefix) {
    case 'eq':
      return within
    case 'ne':
      return !within
    case 'gt':
      return element.to > searched.to
    case 'ge':
      return within || element.to > searched.to
    case 'lt':
      return element.from < searched.from
    case 'le':
      return within || element.from < searched.from
    case 'sa':
      return element.from >= searched.to
    case 'eb':
      return element.to <= searched.from
  }
}

/** Compares a number with the search value, as R4 defines it: only `eq` and `ne` use the precision. */
export function numberMatches(
  prefix: RangePrefix,
  element: number,
  searched: { exact: number; range: ValueRange },
): boolean {
  const { exact, range } = searched
  const within = element >= range.from && element < range.to
  switch (prefix) {
    case 'eq':
      return within
    case 'ne':
      return !within
    case 'gt':
    case 'sa':
      return element > exact
    case 'ge':
      return element >= exact
    case 'lt':
    case 'eb':
      return element < exact
    case 'le':
      return element <= exact
  }
}
