import { isJsonObject } from '../../model/json.ts'

/** From the first moment to the one after the last, in milliseconds since 1970; open ends are infinite. */
export interface Interval {
  readonly from: number
  readonly to: number
}

const dateForm = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/

/** The interval that a FHIR date, dateTime or instant stands for, by its precision; without a zone it is read as UTC. */
export function intervalOf(text: unknown): Interval | undefined {
  if (typeof text !== 'string') return undefined
  const parts = dateForm.exec(text)
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = parts
  const [y, mo, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)]
  if (hour === undefined) {
    const to =
      day !== undefined
        ? Date.UTC(y, mo, d + 1)
        : month !== undefined
          ? Date.UTC(y, mo + 1, 1)
          : Date.UTC(y + 1, 0, 1)
    return { from: Date.UTC(y, mo, d), to }
  }
  const offset =
    zone === undefined || zone === 'Z'
      ? 0
      : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)))
  const ms = fraction === undefined ? 0 : Math.floor(Number(`0${fraction}`) * 1000)
  const from = Date.UTC(y, mo, d, Number(hour), Number(minute), Number(second ?? 0)) + ms - offset * 60_000
  return { from, to: from + (second === undefined ? 60_000 : fraction === undefined ? 1_000 : 1) }
}

/** The interval of a date or Period in a resource; `undefined` if it has no definite interval. */
export function intervalIn(value: unknown): Interval | undefined {
  if (!isJsonObject(value)) return intervalOf(value)
  const { start, end } = value
  if (start === undefined && end === undefined) return undefined
  const first = start === undefined ? { from: -Infinity, to: 0 } : intervalOf(start)
  const last = end === undefined ? { from: 0, to: Infinity } : intervalOf(end)
  return first && last ? { from: first.from, to: last.to } : undefined
}

/** Comparators of FHIR search, `ap` left out since servers choose what it means. */
export type ComparisonPrefix = 'eq' | 'ne' | 'lt' | 'gt' | 'le' | 'ge' | 'sa' | 'eb'

/** A search value without its comparator; `undefined` for `ap`. */
export function splitPrefix(
  text: string,
): { readonly prefix: ComparisonPrefix; readonly rest: string } | undefined {
  const found = /^(eq|ne|lt|gt|le|ge|sa|eb|ap)(?=[\d+.-])/.exec(text)?.[1]
  if (found === 'ap') return undefined
  return { prefix: (found ?? 'eq') as ComparisonPrefix, rest: found ? text.slice(2) : text }
}

/** Whether an interval in a resource meets a search value (FHIR R4 search, section Prefixes). */
export function meetsInterval(target: Interval, prefix: ComparisonPrefix, searched: Interval): boolean {
  const within = target.from >= searched.from && target.to <= searched.to
  switch (prefix) {
    case 'eq':
      return within
    case 'ne':
      return !within
    case 'lt':
      return target.from < searched.from
    case 'gt':
      return target.to > searched.to
    case 'le':
      return target.from < searched.from || within
    case 'ge':
      return target.to > searched.to || within
    case 'sa':
      return target.from >= searched.to
    case 'eb':
      return target.to <= searched.from
  }
}

/** Whether a number meets a search value, whose digits give the precision of an equality. */
export function meetsNumber(target: number, prefix: ComparisonPrefix, searched: string): boolean | undefined {
  if (!/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(searched)) return undefined
  const value = Number(searched)
  const [mantissa = '', exponent = '0'] = searched.toLowerCase().split('e')
  const half = 0.5 * 10 ** (Number(exponent) - (mantissa.split('.')[1]?.length ?? 0))
  const equal = target >= value - half && target < value + half
  switch (prefix) {
    case 'eq':
      return equal
    case 'ne':
      return !equal
    case 'lt':
    case 'eb':
      return target < value
    case 'gt':
    case 'sa':
      return target > value
    case 'le':
      return target <= value
    case 'ge':
      return target >= value
  }
}

/** Without case, accents and surplus white space, as string search compares. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/\s+/g, ' ').trim().toLowerCase()
}

/** The parts of a search value at a separator that no backslash escapes; escapes are kept. */
export function splitAt(text: string, separator: ',' | '|' | '$'): readonly string[] {
  const parts = ['']
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? ''
    if (char === '\\') {
      parts[parts.length - 1] += char + (text[at + 1] ?? '')
      at += 1
    } else if (char === separator) parts.push('')
    else parts[parts.length - 1] += char
  }
  return parts
}

/** A search value without its escapes. */
export function unescaped(text: string): string {
  return text.replace(/\\([,|$\\])/g, '$1')
}
