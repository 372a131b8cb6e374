import type { ParameterType, ParameterDefinition } from './parameter-types.ts'
import {
  rangeMatches,
  numberMatches,
  dateRange,
  numberRange,
  splitRangePrefix,
  type ValueRange,
} from './ranges.ts'
import { referenceTarget, valuesAtPath } from '../population/references.ts'

/** Whether the value of an element matches. */
export type ValueMatcher = (value: unknown) => boolean

/** The pieces between unescaped separators, escapes left in. */
export function splitUnescaped(text: string, separator: string): string[] {
  const pieces = ['']
  for (const [part] of text.matchAll(/\\?./gsu)) {
    if (part === separator) pieces.push('')
    else pieces.push((pieces.pop() ?? '') + part)
  }
  return pieces
}

const unescaped = (text: string) => text.replaceAll(/\\([,$|\\])/g, '$1')

/** The matcher for one value of a search parameter; undefined if the text is not such a value. */
export function valueMatcher(parameter: ParameterDefinition, text: string): ValueMatcher | undefined {
  return matchers[parameter.kind](text, parameter)
}

/** As `matching`, with a modifier for strings (R4 search, `:exact` and `:contains`). */
export function stringMatcher(modifier: 'exact' | 'contains', text: string): ValueMatcher {
  const searched = unescaped(text)
  return modifier === 'exact'
    ? (value) => wordsOfText(value).includes(searched)
    : (value) => wordsOfText(value).some((word) => folded(word).includes(folded(searched)))
}

const matchers: Readonly<
  Record<ParameterType, (text: string, parameter: ParameterDefinition) => ValueMatcher | undefined>
> = {
  token,
  date: (text) => {
    const { prefix, rest } = splitRangePrefix(text) ?? {}
    const searched = rest === undefined ? undefined : dateRange(rest)
    if (prefix === undefined || searched === undefined) return undefined
    return (value) => {
      const element = timeOf(value)
      return element !== undefined && rangeMatches(prefix, element, searched)
    }
  },
  string: (text) => {
    const searched = folded(unescaped(text))
    return (value) => wordsOfText(value).some((word) => folded(word).startsWith(searched))
  },
  reference,
  quantity,
  number: (text) => {
    const compare = numeric(text)
    return compare && ((value) => typeof value === 'number' && compare(value))
  },
  uri: (text) => {
    const searched = unescaped(text)
    return (value) => value === searched
  },
}

function token(text: string, { system: implied }: ParameterDefinition): ValueMatcher | undefined {
  const pieces = splitUnescaped(text, '|').map(unescaped)
  if (pieces.length > 2 || pieces.every((piece) => piece === '')) return undefined
  const [code, system] = pieces.length === 2 ? [pieces[1], pieces[0]] : [pieces[0], undefined]
  const fits = (held: { system?: unknown; code?: unknown }) =>
    (code === '' || held.code === code) && (system === undefined || (held.system ?? '') === system)
  return (value) => {
    if (typeof value === 'boolean') return fits({ system: implied, code: String(value) })
    if (typeof value === 'string') return fits({ system: implied, code: value })
    if (typeof value !== 'object' || value === null) return false
    if ('coding' in value) return valuesAtPath(value, ['coding']).some((coding) => fits(coding as object))
    const held = value as { system?: unknown; code?: unknown; value?: unknown }
    return fits({ system: held.system, code: held.code ?? held.value })
  }
}

function timeOf(value: unknown): ValueRange | undefined {
  if (typeof value === 'string') return dateRange(value)
  if (typeof value !== 'object' || value === null) return undefined
  const { start, end } = value as { start?: unknown; end?: unknown }
  const [first, last] = [start, end].map((at) => (typeof at === 'string' ? dateRange(at) : undefined))
  if (first === undefined && last === undefined) return undefined
  return { from: first?.from ?? Number.NEGATIVE_INFINITY, to: last?.to ?? Number.POSITIVE_INFINITY }
}

/** Texts of a string, or of the parts of a HumanName or Address. */
function wordsOfText(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  const parts = [
    'text',
    'family',
    'given',
    'prefix',
    'suffix',
    'line',
    'city',
    'district',
    'state',
    'postalCode',
  ]
  return [...parts, 'country'].flatMap((part) =>
    valuesAtPath(value, [part]).filter((text): text is string => typeof text === 'string'),
  )
}

/** Without case, accents and runs of blanks, which R4 string search ignores. */
const folded = (text: string) =>
  text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll(/\s+/gu, ' ').toLowerCase()

function reference(text: string, { target: only }: ParameterDefinition): ValueMatcher {
  const searched = unescaped(text)
  const absolute = searched.includes('://')
  const wanted =
    referenceTarget(searched) ?? (searched.includes('/') ? undefined : { type: only, id: searched })
  return (value) => {
    // A canonical is a string: with or without the version that it names.
    if (typeof value === 'string') return value === searched || value.split('|')[0] === searched
    if (typeof value !== 'object' || value === null) return false
    const { reference: held } = value as { reference?: unknown }
    const named = referenceTarget(held)
    if (named === undefined) return typeof held === 'string' && held === searched
    if (only !== undefined && named.type !== only) return false
    if (absolute && typeof held === 'string' && held.includes('://')) return held === searched
    return wanted !== undefined && named.id === wanted.id && (wanted.type ?? named.type) === named.type
  }
}

function numeric(text: string): ((value: number) => boolean) | undefined {
  const { prefix, rest } = splitRangePrefix(text) ?? {}
  const range = rest === undefined ? undefined : numberRange(rest)
  if (prefix === undefined || range === undefined) return undefined
  return (value) => numberMatches(prefix, value, { exact: Number(rest), range })
}

function quantity(text: string): ValueMatcher | undefined {
  const [number = '', system, code, ...more] = splitUnescaped(text, '|').map(unescaped)
  const compare = numeric(number)
  if (compare === undefined || more.length > 0 || (system !== undefined && code === undefined))
    return undefined
  return (value) => {
    if (typeof value !== 'object' || value === null) return false
    const held = value as { value?: unknown; system?: unknown; code?: unknown; unit?: unknown }
    const unit =
      (system ?? '') === '' ? [held.code, held.unit] : [held.system === system ? held.code : undefined]
    return (
      typeof held.value === 'number' && compare(held.value) && ((code ?? '') === '' || unit.includes(code))
    )
  }
}
