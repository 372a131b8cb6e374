import type { ResourceIndex } from '../../model/fhir/resource-index.ts'
import { typeOfQuery } from '../resource-type.ts'
import {
  type NoValue,
  alternativeToken,
  countsOf,
  compartmentQuery,
  mixedQueries,
  none,
  patientQuery,
  queryApart,
  secondSplittingQuery,
  splittingTokens,
  typesOfQueries,
} from './splitting-queries.ts'
import type { Picker, PickSource } from '../check.ts'
import { instantOf } from '../../model/fhir/instants.ts'
import { resourceKey } from '../../model/fhir/reference-key.ts'

/** A pick from the resources of an export. */
function fromIndex(
  name: string,
  states: string,
  take: (index: ResourceIndex, source: PickSource) => string | readonly string[] | NoValue,
): Picker {
  return {
    name,
    states,
    needs: 'files',
    from: (source) => (source.index ? take(source.index, source) : none('the output files were not read')),
  }
}

/** A pick of patients; its value is never printed. */
function ofPatients(
  name: string,
  states: string,
  take: (ids: readonly string[]) => string | readonly string[] | NoValue,
): Picker {
  return { name, states, needs: 'files', sensitive: true, from: ({ patientIds }) => take(patientIds ?? []) }
}

// An instant with an offset that a server ignores is then after that resource.
/** How long after the instant another resource changed, at most. */
const mostAheadMs = 6 * 3_600_000

/**
 * An instant between two distinct values of lastUpdated, in the gap nearest to the median or to another share of the values; in whole seconds if
 * possible, as many servers compare.
 */
function median(index: ResourceIndex, share = 1 / 2): number | NoValue {
  const { times, dated } = timesOf(index)
  if (dated === 0) return none('no resource has meta.lastUpdated')
  for (const leastGap of [2_000, 2]) {
    const near = gapNear(times, leastGap, share)
    const found = near && times.length < dated ? gapWithin(index, near, leastGap) : near
    if (found === undefined) continue
    const [before, after] = found
    const middle = Math.max(Math.floor((before + after) / 2), after - mostAheadMs)
    const whole = Math.ceil(middle / 1000) * 1000
    return whole > before && whole < after ? whole : middle
  }
  const of = index.size > dated ? `all ${dated} resources with meta.lastUpdated` : 'all resources'
  return none(`${of} were last updated at the same time`)
}

/** Beyond this number only every second time is kept, then every fourth, and so on. */
const mostTimes = 1 << 18

/** Times of lastUpdated in ascending order, of an even sample if there are very many, and the number of resources that have one. */
function timesOf(index: ResourceIndex): { readonly times: readonly number[]; readonly dated: number } {
  let times: number[] = []
  let dated = 0
  let every = 1
  for (const { updated } of index.rows()) {
    if (updated === undefined) continue
    if (dated % every === 0) times.push(updated)
    dated += 1
    if (times.length < mostTimes) continue
    times = times.filter((_, at) => at % 2 === 0)
    every *= 2
  }
  return { times: times.sort((a, b) => a - b), dated }
}

/** The largest gap between values of all resources from one time to another; `undefined` if it is less than the given gap. */
function gapWithin(
  index: ResourceIndex,
  [from, to]: readonly [number, number],
  leastGap: number,
): readonly [number, number] | undefined {
  const values = new Set([from, to])
  for (const { updated } of index.rows())
    if (updated !== undefined && updated > from && updated < to && values.size < mostTimes)
      values.add(updated)
  // The set is full, so values may be missing.
  if (values.size === mostTimes) return undefined
  const inOrder = [...values].sort((a, b) => a - b)
  let largest: readonly [number, number] = [from, from]
  for (const [at, after] of inOrder.entries()) {
    const before = inOrder[at - 1] ?? after
    if (after - before > largest[1] - largest[0]) largest = [before, after]
  }
  return largest[1] - largest[0] >= leastGap ? largest : undefined
}

function gapNear(
  times: readonly number[],
  leastGap: number,
  share: number,
): readonly [number, number] | undefined {
  const middle = Math.floor(times.length * share)
  for (let away = 0; away <= times.length; away += 1) {
    for (const at of [middle - away, middle + away]) {
      const [before, after] = [times[at - 1], times[at]]
      if (before !== undefined && after !== undefined && after - before >= leastGap) return [before, after]
    }
  }
  return undefined
}

// As far from UTC as places are: whoever ignores the offset is wrong by that much.
function withOffset(ms: number): string {
  return new Date(ms + 13 * 3_600_000).toISOString().replace('Z', '+13:00')
}

const preferred = ['Condition', 'Encounter', 'Observation', 'Patient']

/** The types of the files: first those that every server has, then the others by number of resources. */
function typesOf(index: ResourceIndex): readonly string[] {
  const sizes = new Map(countsOf(index).types)
  sizes.delete('OperationOutcome')
  const rank = (type: string) => (preferred.indexOf(type) + preferred.length + 1) % (preferred.length + 1)
  const rest = (type: string) => (preferred.includes(type) ? rank(type) : preferred.length + 1)
  return [...sizes.keys()].sort(
    (a, b) => rest(a) - rest(b) || (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0) || (a < b ? -1 : 1),
  )
}

function someTypes(index: ResourceIndex, from: number, count: number): readonly string[] | NoValue {
  const types = typesOf(index)
  if (types.length < 2) return none('the export contains resources of one type only')
  return types.length < from + count
    ? none(`the export contains resources of ${types.length} types only`)
    : types.slice(from, from + count)
}

/** Picks from the output files of an export. */
export const filePicks: readonly Picker[] = [
  fromIndex(
    'medianLastUpdated',
    'An instant strictly between two values of meta.lastUpdated, near their median.',
    (index) => {
      const it = median(index)
      return typeof it === 'number' ? instantOf(it) : it
    },
  ),
  fromIndex(
    'medianLastUpdatedWithOffset',
    'The same instant as medianLastUpdated, written with a fraction and the offset +13:00.',
    (index) => {
      const it = median(index)
      return typeof it === 'number' ? withOffset(it) : it
    },
  ),
  fromIndex('otherType', 'A resource type of the export other than `splittingTokenType`.', (index) => {
    const apart = queryApart(index, 'token')
    if (typeof apart !== 'string') return apart
    return (
      typesOf(index).find((it) => it !== typeOfQuery(apart)) ??
      none('the export contains only one resource type')
    )
  }),
  fromIndex(
    'earlyLastUpdated',
    'An instant strictly between two values of meta.lastUpdated, near their first quarter and before medianLastUpdated.',
    (index) => {
      const [early, middle] = [median(index, 1 / 4), median(index)]
      if (typeof early !== 'number') return early
      if (typeof middle !== 'number') return middle
      return early < middle ? instantOf(early) : none('too few resources have different times of last update')
    },
  ),
  fromIndex('oneType', 'One of the resource types of the export, which has at least two.', (index) => {
    const it = someTypes(index, 0, 1)
    return 'reason' in it ? it : (it[0] ?? '')
  }),
  fromIndex('twoTypes', 'Two of the resource types of the export, `oneType` first.', (index) =>
    someTypes(index, 0, 2),
  ),
  fromIndex(
    'twoCommonTypes',
    'Two of the types Condition, Encounter, Observation and Patient that the export contains.',
    (index) => {
      const common = typesOf(index).filter((it) => preferred.includes(it))
      return common.length < 2
        ? none(
            'the export contains fewer than two of the types Condition, Encounter, Observation and Patient',
          )
        : common.slice(0, 2)
    },
  ),
  fromIndex(
    'splittingToken',
    'A query by code that some resources of its type meet and others do not.',
    (index) => queryApart(index, 'token'),
  ),
  fromIndex('splittingTokenType', 'The resource type of `splittingToken`.', (index) => {
    const query = queryApart(index, 'token')
    return typeof query === 'string' ? typeOfQuery(query) : query
  }),
  fromIndex(
    'secondSplittingToken',
    'A second query for the same type as `splittingToken`; it matches other resources.',
    secondSplittingQuery,
  ),
  fromIndex(
    'splittingTokens',
    '`splittingToken`, and `alternativeToken` if it has a value in this export.',
    splittingTokens,
  ),
  fromIndex(
    'alternativeToken',
    'A second query by the search parameter of `splittingToken`; it matches other resources, but not all of them.',
    alternativeToken,
  ),
  fromIndex(
    'splittingStatus',
    'A query by status that some resources of its type meet and others do not.',
    (index) => queryApart(index, 'status'),
  ),
  fromIndex('patientQuery', 'A query for patients that some of them meet and others do not.', patientQuery),
  fromIndex(
    'compartmentQuery',
    'A query that resources in the compartments of some patients meet, and of others not.',
    compartmentQuery,
  ),
  fromIndex(
    'splittingDate',
    'A query by date that some resources of its type meet and others do not.',
    (index) => queryApart(index, 'date'),
  ),
  fromIndex(
    'splittingQuantity',
    'A query by quantity that some resources of its type meet and others do not.',
    (index) => queryApart(index, 'quantity'),
  ),
  fromIndex(
    'splittingTokenAnd',
    'A query with two criteria that some resources of its type meet and others do not.',
    (index) => queryApart(index, 'both'),
  ),
  fromIndex(
    'mixedQueries',
    'Those of the queries `splittingToken`, `splittingTokenAnd`, `splittingQuantity`, `splittingStatus`, `splittingDate` and `secondSplittingToken` that have a value in this export.',
    mixedQueries,
  ),
  fromIndex('mixedQueryTypes', 'The resource types of `mixedQueries`, each once.', (index) => {
    const queries = mixedQueries(index)
    return 'reason' in queries ? queries : typesOfQueries(queries)
  }),
  ofPatients('firstPatient', 'A patient of the export, as `Patient/<id>`.', ([first]) =>
    first ? `Patient/${first}` : none('the export contains no patients'),
  ),
  ofPatients('twoPatients', 'Two patients of the export, which has more than two.', (ids) =>
    ids.length > 2
      ? ids.slice(0, 2).map((id) => `Patient/${id}`)
      : none('the export contains fewer than three patients'),
  ),
  {
    name: 'patientNotInGroup',
    states:
      'A patient of the export who is not in the Group under test; if no Group is under test, one who is in no exported Group.',
    needs: 'files',
    sensitive: true,
    from: ({ index, patientIds, groupId }) => notInGroup(index, patientIds ?? [], groupId),
  },
]

function notInGroup(
  index: ResourceIndex | undefined,
  ids: readonly string[],
  groupId: string | undefined,
): string | NoValue {
  const wanted = groupId === undefined ? undefined : resourceKey(`Group/${groupId}`)
  const others = new Map(ids.map((id) => [resourceKey(`Patient/${id}`), id]))
  let groups = 0
  for (const it of index?.rows() ?? []) {
    if (it.type !== 'Group' || (wanted !== undefined && it.key !== wanted)) continue
    groups += 1
    for (const member of [...it.patients, ...(it.unsure ?? [])]) others.delete(member)
  }
  if (groups === 0) return none('the export contains no Group')
  const [found] = others.values()
  return found ? `Patient/${found}` : none('every patient of the export is in a Group')
}
