import type { ResourceIndex } from '../../model/fhir/resource-index.ts'
import { type Reason, stated } from '../../model/reason.ts'
import { typeOfQuery } from '../resource-type.ts'
import { type FilterCandidates, candidatesAmong } from './filter-candidates.ts'

/** Why there is no value. */
export type NoValue = { readonly reason: Reason }

/** No value, with its reason in words. */
export const none = (text: string): NoValue => ({ reason: stated(text) })

/** Chooses candidates, in the order in which they are tried. */
type CandidateChoice = (candidates: FilterCandidates) => readonly string[]

/** The first candidate that some resources of its type meet and others do not. */
function splittingQuery(index: ResourceIndex, choose: CandidateChoice): string | NoValue {
  const { types, meeting } = countsOf(index)
  const found = choose(candidatesAmong(index.queries)).find((query) => {
    const all = types.get(typeOfQuery(query)) ?? 0
    const some = meeting.get(query) ?? 0
    return index.queries.includes(query) && some > 0 && some < all
  })
  return (
    found ?? none('every query that bulkcheck knows matches either all or no exported resources of its type')
  )
}

/** The number of resources in an index by type, and by the query that they meet. */
interface ResourceCounts {
  readonly types: ReadonlyMap<string, number>
  readonly meeting: ReadonlyMap<string, number>
}

const counted = new WeakMap<ResourceIndex, ResourceCounts>()

// Most picks need the counts, and an index may be large.
/** Resources of an index by type and query, counted once. */
export function countsOf(index: ResourceIndex): ResourceCounts {
  const known = counted.get(index)
  if (known) return known
  const types = new Map<string, number>()
  const meeting = new Map<string, number>()
  for (const { type, meets } of index.rows()) {
    types.set(type, (types.get(type) ?? 0) + 1)
    for (const query of meets) meeting.set(query, (meeting.get(query) ?? 0) + 1)
  }
  const counts = { types, meeting }
  counted.set(index, counts)
  return counts
}

const tokens: CandidateChoice = ({ token, status }) => [...token, ...status]

/** A second query for the type of the first that matches other resources: one by the same parameter if possible, and one that does not match all of them. */
export function secondSplittingQuery(index: ResourceIndex): string | NoValue {
  const { first, second } = tokenPair(index)
  if (second !== undefined) return second
  const found = typeof first === 'string' ? otherQuery(first, index) : undefined
  return (
    found ?? none('bulkcheck can send no two queries that match different exported resources of one type')
  )
}

function otherQuery(first: string, index: ResourceIndex): string | undefined {
  // Counts resources that do not meet the first query.
  let rest = 0
  const meeting = new Map<string, number>()
  for (const { type, meets } of index.rows()) {
    if (type !== typeOfQuery(first) || meets.includes(first)) continue
    rest += 1
    for (const query of meets) meeting.set(query, (meeting.get(query) ?? 0) + 1)
  }
  const brings = (query: string) => meeting.has(query)
  const leaves = (query: string) => (meeting.get(query) ?? 0) < rest
  const candidates = candidatesAmong(index.queries)
  const others = [...tokens(candidates), ...candidates.date].filter(
    (it) => it !== first && typeOfQuery(it) === typeOfQuery(first) && brings(it),
  )
  return others.find(leaves) ?? others[0]
}

/** A query by code, and another by the same parameter: whoever supports one supports the other. */
interface TokenPair {
  readonly first: string | NoValue
  /** It matches other resources, and not all of them. */
  readonly second?: string
}

const pairs = new WeakMap<ResourceIndex, TokenPair>()

/** The queries by code that all uses share: a pair if there is one. */
function tokenPair(index: ResourceIndex): TokenPair {
  const known = pairs.get(index)
  if (known) return known
  const pair = findPair(index) ?? { first: splittingQuery(index, tokens) }
  pairs.set(index, pair)
  return pair
}

function findPair(index: ResourceIndex): TokenPair | undefined {
  const candidates = tokens(candidatesAmong(index.queries)).filter((it) => index.queries.includes(it))
  const possible = candidates.flatMap((first) =>
    candidates
      .filter((second) => second !== first && parameterOf(second) === parameterOf(first))
      .map((second) => ({ first, second, firstMatches: false, secondMatches: false, leaves: false })),
  )
  const types = new Map(possible.map(({ first }) => [typeOfQuery(first), [] as typeof possible]))
  for (const pair of possible) types.get(typeOfQuery(pair.first))?.push(pair)
  for (const { type, meets } of index.rows())
    for (const pair of types.get(type) ?? []) {
      if (meets.includes(pair.first)) pair.firstMatches = true
      else if (meets.includes(pair.second)) pair.secondMatches = true
      else pair.leaves = true
    }
  return possible.find((it) => it.firstMatches && it.secondMatches && it.leaves)
}

function parameterOf(query: string): string {
  return query.replace(/=.*/, '')
}

/** The second query of `splittingTokens`, or why there is none. */
export function alternativeToken(index: ResourceIndex): string | NoValue {
  return (
    tokenPair(index).second ??
    none('bulkcheck knows no two values of a search parameter that match some resources of a type each')
  )
}

/** A query by code, and another by the same parameter if there is one. */
export function splittingTokens(index: ResourceIndex): readonly string[] | NoValue {
  const { first, second } = tokenPair(index)
  if (typeof first !== 'string') return first
  return second === undefined ? [first] : [first, second]
}

/** Queries by code, by two criteria, by quantity, status and date: each is for another type than those before it, if there is one. */
export function queryApart(index: ResourceIndex, kind: (typeof kindsApart)[number]): string | NoValue {
  const { first } = tokenPair(index)
  if (kind === 'token') return first
  const taken = new Set(typeof first === 'string' ? [typeOfQuery(first)] : [])
  for (const it of kindsApart) {
    if (it === 'token') continue
    const isFree = (query: string) => !taken.has(typeOfQuery(query))
    const choose: CandidateChoice = (candidates) => choices[it](candidates).filter(isFree)
    const free = splittingQuery(index, choose)
    const found = typeof free === 'string' ? free : splittingQuery(index, choices[it])
    if (it === kind) return found
    if (typeof found === 'string') taken.add(typeOfQuery(found))
  }
  return none('bulkcheck has no such queries')
}

const kindsApart = ['token', 'both', 'quantity', 'status', 'date'] as const

const choices: Readonly<Record<(typeof kindsApart)[number], CandidateChoice>> = {
  token: tokens,
  both: (it) => it.both,
  quantity: (it) => it.quantity,
  status: (it) => it.status,
  date: (it) => it.date,
}

/** The queries that one request can have: two by code, and one each by two criteria, quantity, status and date, as far as the export has a use for them. */
export function mixedQueries(index: ResourceIndex): readonly string[] | NoValue {
  const all = [...kindsApart.map((it) => queryApart(index, it)), secondSplittingQuery(index)]
  const found = [...new Set(all.filter((it) => typeof it === 'string'))]
  return found.length > 0 ? found : (all[0] as NoValue)
}

/** The types of queries, each once, or why one of the queries is lacking. */
export function typesOfQueries(queries: readonly (string | NoValue)[]): readonly string[] | NoValue {
  const lacking = queries.find((it) => typeof it !== 'string')
  return lacking ?? [...new Set((queries as readonly string[]).map(typeOfQuery))]
}

/** A search by which some patients are found, and others are not. */
export function patientQuery(index: ResourceIndex): string | NoValue {
  return splittingQuery(index, (it) => [...tokens(it), ...it.date].filter((query) => isOfPatients(query)))
}

/** A search for resources in the compartments of some patients: fewer are found than there are patients. */
export function compartmentQuery(index: ResourceIndex): string | NoValue {
  const { types, meeting } = countsOf(index)
  const patients = types.get('Patient') ?? 0
  const { token, status, date } = candidatesAmong(index.queries)
  const found = [...token, ...status, ...date.toReversed()].find((query) => {
    const some = meeting.get(query) ?? 0
    return !isOfPatients(query) && index.queries.includes(query) && some > 0 && some < patients
  })
  return (
    found ?? none('every query that bulkcheck knows finds as many resources as there are patients, or none')
  )
}

function isOfPatients(query: string): boolean {
  return typeOfQuery(query) === 'Patient'
}
