import { isJsonObject } from '../../model/json.ts'
import { localReference, elementValues } from '../compartment.ts'
import { type SearchParameter, searchParameter } from '../../r4/search-parameters.ts'
import {
  folded,
  intervalIn,
  intervalOf,
  meetsInterval,
  meetsNumber,
  splitPrefix,
  splitAt,
  unescaped,
} from './values.ts'

/** Whether a value meets a criterion; `undefined` if undecided. */
type MatchResult = boolean | undefined
type Matcher = (value: unknown) => MatchResult
type Resource = Readonly<Record<string, unknown>>

/** Evaluates one `_typeFilter` query by the rules of FHIR R4 search. */
export interface TypeFilterQuery {
  readonly type: string
  /** Whether a resource of its type meets it; `undefined` if undecided. */
  meets(resource: Resource): boolean | undefined
}

/** Reads a query such as `Observation?status=final&date=ge2020`; `undefined` if bulkcheck cannot evaluate a part of it: it never guesses. */
export function parseTypeFilter(query: string, fhirUrl: string): TypeFilterQuery | undefined {
  const mark = query.indexOf('?')
  const type = mark < 0 ? '' : query.slice(0, mark)
  const criteria: ((resource: Resource) => MatchResult)[] = []
  for (const pair of query.slice(mark + 1).split('&')) {
    const criterion = criterionOf(type, pair, fhirUrl)
    if (!criterion) return undefined
    criteria.push(criterion)
  }
  return { type, meets: (resource) => every(criteria.map((it) => it(resource))) }
}

function every(results: readonly MatchResult[]): MatchResult {
  return results.includes(false) ? false : results.includes(undefined) ? undefined : true
}

function some(results: readonly MatchResult[]): MatchResult {
  return results.includes(true) ? true : results.includes(undefined) ? undefined : false
}

function criterionOf(
  type: string,
  pair: string,
  fhirUrl: string,
): ((resource: Resource) => MatchResult) | undefined {
  const equals = pair.indexOf('=')
  if (equals <= 0) return undefined
  const [name = '', modifier, ...rest] = pair.slice(0, equals).split(':')
  const text = decoded(pair.slice(equals + 1))
  const parameter = searchParameter(type, name)
  if (!parameter || rest.length > 0 || text === undefined || text === '') return undefined
  const values = (resource: Resource) => parameter.paths.flatMap((path) => elementValues(resource, path))
  const isUnclear = (resource: Resource) =>
    parameter.unclear?.some((path) => elementValues(resource, path).length > 0) === true
  if (modifier === 'missing') {
    if (text !== 'true' && text !== 'false') return undefined
    return (resource) => {
      const present = some([
        ...values(resource).map((it) => isCovered(it, parameter, fhirUrl)),
        ...(isUnclear(resource) ? [undefined] : []),
      ])
      return present === undefined ? undefined : present === (text === 'false')
    }
  }
  const matchers = splitAt(text, ',').map((it) => matcherOf(parameter, it, { modifier, fhirUrl }))
  if (matchers.some((it) => it === undefined)) return undefined
  const any = (resource: Resource) =>
    some([
      ...values(resource).flatMap((value) => matchers.map((it) => it?.(value))),
      ...(isUnclear(resource) ? [undefined] : []),
    ])
  if (modifier !== 'not') return any
  return (resource) => {
    const met = any(resource)
    return met === undefined ? undefined : !met
  }
}

/** Whether a value at the path of a parameter is a value of the parameter: a reference to a type other than its target is not. */
function isCovered(value: unknown, { target }: SearchParameter, fhirUrl: string): MatchResult {
  if (target === undefined) return true
  const found = isJsonObject(value) ? localReference(value.reference, fhirUrl) : undefined
  return found === undefined ? undefined : found.startsWith(`${target}/`)
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // A broken escape cannot be evaluated.
    return undefined
  }
}

interface MatchOptions {
  readonly modifier: string | undefined
  readonly fhirUrl: string
}

const modifiersOf: Readonly<Record<SearchParameter['kind'], readonly string[]>> = {
  token: ['not'],
  code: ['not'],
  date: [],
  string: ['exact', 'contains'],
  number: [],
  quantity: [],
  reference: [],
  uri: [],
  canonical: [],
}

function matcherOf(parameter: SearchParameter, text: string, manner: MatchOptions): Matcher | undefined {
  const { kind } = parameter
  const { modifier } = manner
  if (modifier !== undefined && kind !== 'reference' && !modifiersOf[kind].includes(modifier))
    return undefined
  switch (kind) {
    case 'token':
      return tokenMatcher(text)
    case 'code':
      // The system of a code element is that of its binding, which is not at hand.
      return splitAt(text, '|').length > 1 ? undefined : (value) => String(value) === unescaped(text)
    case 'date':
      return dateMatcher(text)
    case 'string':
      return stringMatcher(unescaped(text), modifier)
    case 'number':
      return numberMatcher(text)
    case 'quantity':
      return quantityMatcher(text)
    case 'uri':
      return (value) => value === unescaped(text)
    case 'canonical':
      return canonicalMatcher(unescaped(text))
    case 'reference':
      return referenceMatcher(unescaped(text), parameter, manner)
  }
}

function tokenMatcher(text: string): Matcher | undefined {
  const parts = splitAt(text, '|').map(unescaped)
  if (parts.length > 2) return undefined
  const [system, code] = parts.length === 2 ? parts : [undefined, parts[0]]
  return (value) => {
    if (typeof value === 'string' || typeof value === 'boolean')
      return system === undefined ? String(value) === code : undefined
    const codings = isJsonObject(value) && Array.isArray(value.coding) ? value.coding : [value]
    return codings.filter(isJsonObject).some((it) => {
      const found = it.code ?? it.value
      return (
        (code === '' ? found !== undefined || it.system !== undefined : found === code) &&
        (system === undefined || (it.system ?? '') === system)
      )
    })
  }
}

/** Servers decide whether a search without a version finds a value with one. */
function canonicalMatcher(text: string): Matcher {
  return (value) =>
    value === text ? true : typeof value === 'string' && value.startsWith(`${text}|`) ? undefined : false
}

function dateMatcher(text: string): Matcher | undefined {
  const searched = splitPrefix(text)
  const interval = searched && intervalOf(searched.rest)
  if (!interval) return undefined
  return (value) => {
    const target = intervalIn(value)
    return target && meetsInterval(target, searched.prefix, interval)
  }
}

function stringMatcher(text: string, modifier: string | undefined): Matcher {
  return (value) => {
    if (typeof value !== 'string') return undefined
    if (modifier === 'exact') return value === text
    return modifier === 'contains'
      ? folded(value).includes(folded(text))
      : folded(value).startsWith(folded(text))
  }
}

function numberMatcher(text: string): Matcher | undefined {
  const searched = splitPrefix(text)
  if (!searched || meetsNumber(0, searched.prefix, searched.rest) === undefined) return undefined
  return (value) =>
    typeof value === 'number' ? meetsNumber(value, searched.prefix, searched.rest) : undefined
}

function quantityMatcher(text: string): Matcher | undefined {
  const [number = '', system, unit, ...rest] = splitAt(text, '|').map(unescaped)
  const matcher = numberMatcher(number)
  // A number and a system without a code are not enough to compare.
  if (!matcher || rest.length > 0 || (system !== undefined && !unit)) return undefined
  return (value) => {
    if (!isJsonObject(value)) return undefined
    // "Less than 5" is not a number, and servers treat it differently.
    if (value.comparator !== undefined) return undefined
    if (value.value === undefined) return false
    const united =
      !unit ||
      (system ? value.system === system && value.code === unit : value.code === unit || value.unit === unit)
    return united && matcher(value.value)
  }
}

function referenceMatcher(
  text: string,
  { target }: SearchParameter,
  { modifier, fhirUrl }: MatchOptions,
): Matcher | undefined {
  if (modifier !== undefined && !/^[A-Z][A-Za-z]+$/.test(modifier)) return undefined
  const type = modifier ?? target
  const bare = /^[A-Za-z0-9\-.]{1,64}$/.test(text)
  const wanted = bare ? text : localReference(text, fhirUrl)
  if (!wanted || (!bare && type && !wanted.startsWith(`${type}/`))) return undefined
  return (value) => {
    const found = isJsonObject(value) ? localReference(value.reference, fhirUrl) : undefined
    if (found === undefined) return false
    const [foundType, id] = found.split('/')
    return bare ? id === wanted && (!type || foundType === type) : found === wanted
  }
}
