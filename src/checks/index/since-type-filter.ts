import { type Judgement, satisfied, undecided } from '../../model/judgement.ts'
import type { ResourceIndex, ResourceRow } from '../../model/fhir/resource-index.ts'
import { typeOfQuery } from '../resource-type.ts'
import { type Check, type CheckContext, indexCheck } from '../check.ts'
import { Violations, anyRow, includesAll, referredKeys, rowsWhere } from './comparison.ts'
import { parseInstant } from '../../model/fhir/instants.ts'
import { exportRefParam, objectParams, textListParam, textParam } from '../params.ts'
import { findGroup } from './patients.ts'

const of = { ...exportRefParam, description: 'The same export without the parameter.' }

const updatedAfter = indexCheck<{
  readonly instant: string
  readonly by?: string
  readonly of: ResourceIndex
}>({
  name: 'updated-after',
  states:
    'The export contains no resource that was last updated before an instant, except referenced resources, resources without meta.lastUpdated, resources outside of all patient compartments, and data of new Group members.',
  params: objectParams(
    {
      instant: { ...textParam, description: 'The value of _since.' },
      by: {
        ...textParam,
        description: 'A `_typeFilter` query of the request: only resources that meet it count.',
      },
      of,
    },
    ['instant', 'of'],
  ),
  queries: ({ by }) => (by === undefined ? [] : [by]),
  judge(index, params, context) {
    const instant = parseInstant(params.instant)
    if (instant === undefined) return undecided('the value of _since is not an instant')
    const { by } = params
    const unknown = by === undefined ? undefined : unevaluated({ by, of: params.of }, index)
    if (unknown) return unknown
    const old = (row: ResourceRow) =>
      row.updated !== undefined && row.updated < instant && (by === undefined || row.meets.includes(by))
    if (!anyRow(params.of, old))
      return undecided('the other export contains no resource that was last updated before _since')
    if (index.size === 0) return undecided('the export contains no resources')
    const context_ = referredKeys(index)
    const member = oldMembers({ index, of: params.of, instant, old }, context)
    const found = new Violations()
    let set = 0
    for (const row of index.rows()) {
      if (!old(row)) continue
      if (context_.has(row.key) || !member(row)) {
        set += 1
        continue
      }
      found.add(row, index, {
        message: 'Resources of type {type} were last updated before _since.',
        expected: `last updated after ${params.instant}`,
        actual: new Date(row.updated ?? 0).toISOString(),
      })
    }
    const left = anyRow(params.of, (row) => old(row) && !index.has(row.key))
    return found.or(
      left || set === 0
        ? satisfied
        : undecided('every older resource is referenced or may belong to a new member'),
    )
  },
})

interface SinceComparison {
  readonly index: ResourceIndex
  readonly of: ResourceIndex
  readonly instant: number
  readonly old: (row: ResourceRow) => boolean
}

/** Whether an old resource is about patients, all of whom were members before, so that `_since` excludes it. */
function oldMembers(
  { index, of, instant, old }: SinceComparison,
  context: CheckContext,
): (row: ResourceRow) => boolean {
  const level = context.evidence.probe === 'export' ? context.evidence.sent.level : 'system'
  if (level === 'system') return () => true
  const about = (row: ResourceRow) => (row.type === 'Patient' ? [row.key] : row.patients)
  if (level === 'patient') return (row) => about(row).length > 0
  const group = findGroup([of, index], context)
  // A patient with old data that was left out, or in a Group that has not changed since, is not a new member.
  const unchanged = group?.updated !== undefined && group.updated < instant ? group.patients : []
  const known = index.keySet(
    (function* () {
      for (const row of of.rows()) if (old(row) && !index.has(row.key)) yield* about(row)
      yield* unchanged
    })(),
  )
  return (row) => about(row).length > 0 && about(row).every((it) => known.has(it))
}

const updatedBefore = indexCheck<{ readonly instant: string; readonly of: ResourceIndex }>({
  name: 'updated-before',
  states:
    'The export contains no resource that was last updated after an instant, except referenced resources and resources without meta.lastUpdated.',
  params: objectParams({ instant: { ...textParam, description: 'The value of _until.' }, of }, [
    'instant',
    'of',
  ]),
  judge(index, { instant: text, of }) {
    const instant = parseInstant(text)
    if (instant === undefined) return undecided('the value of _until is not an instant')
    const late = (row: ResourceRow) => row.updated !== undefined && row.updated > instant
    if (!anyRow(of, late))
      return undecided('the other export contains no resource that was last updated after _until')
    if (index.size === 0) return undecided('the export contains no resources')
    const referred = referredKeys(index)
    const found = new Violations()
    let excused = 0
    for (const row of index.rows()) {
      // What changed between the two exports is not in the other one.
      if (!late(row) || !of.has(row.key)) continue
      if (referred.has(row.key)) excused += 1
      else
        found.add(row, index, {
          message: 'Resources of type {type} were last updated after _until.',
          expected: `last updated before ${text}`,
          actual: new Date(row.updated ?? 0).toISOString(),
        })
    }
    const left = anyRow(of, (row) => late(row) && !index.has(row.key))
    return found.or(
      left || excused === 0 ? satisfied : undecided('every later resource is referenced by another'),
    )
  },
})

const includesChanged = indexCheck<{ readonly since: string; readonly of: ResourceIndex }>({
  name: 'includes-changed',
  states: 'The export contains every resource of the other export that was last updated after an instant.',
  params: objectParams({ since: { ...textParam, description: 'The value of _since.' }, of }, ['since', 'of']),
  judge(index, { since, of }) {
    const instant = parseInstant(since)
    if (instant === undefined) return undecided('the value of _since is not an instant')
    const changed = (row: ResourceRow) => row.updated !== undefined && row.updated > instant
    if (!anyRow(of, changed))
      return undecided('the other export contains no resource that was last updated after _since')
    return includesAll(index, of, rowsWhere(of, changed))
  },
})

interface FilterParams {
  readonly by: string | readonly string[]
  readonly of: ResourceIndex
  readonly beside?: readonly string[]
  readonly 'ignored-ok'?: true
}

const by = {
  anyOf: [textParam, { type: 'array', minItems: 1, items: textParam }],
  description: 'The `_typeFilter` queries. A resource of their type meets at least one of them.',
}
const filter = objectParams({ by, of }, ['by', 'of'])
const filterBeside = objectParams(
  {
    by,
    of,
    beside: textListParam(
      'The other queries of the same request. Queries for the same type are alternatives.',
    ),
    'ignored-ok': {
      const: true,
      description: 'An export that leaves nothing out decides nothing: the server may not support the query.',
    },
  },
  ['by', 'of'],
)

const listOf = (queries: string | readonly string[]): readonly string[] => [queries].flat()

function unevaluated({ by, of }: FilterParams, index: ResourceIndex): Judgement | undefined {
  const unknown = listOf(by).some((it) => !index.queries.includes(it) || !of.queries.includes(it))
  return unknown ? undecided('bulkcheck cannot evaluate the query itself') : undefined
}

function meets(row: ResourceRow, queries: readonly string[]): boolean {
  return queries.some((it) => row.meets.includes(it))
}

const filtered = indexCheck<FilterParams>({
  name: 'filtered',
  states: 'Every resource of the type of the query meets the query, unless other resources refer to it.',
  params: filterBeside,
  queries: ({ by, beside = [] }) => [...listOf(by), ...beside],
  judge(index, { by, of, beside = [], 'ignored-ok': mayIgnore }) {
    const types = new Set(listOf(by).map(typeOfQuery))
    const queries = [...new Set([...listOf(by), ...beside.filter((it) => types.has(typeOfQuery(it)))])]
    const params = { by: queries, of }
    const unknown = unevaluated(params, index)
    if (unknown) return unknown
    const failing = (row: ResourceRow) => types.has(row.type) && !meets(row, queries)
    if (!anyRow(params.of, failing))
      return undecided('the other export contains no resource that the query excludes')
    if (!anyRow(index, (row) => types.has(row.type)))
      return undecided('the export contains no resource of the type of the query')
    const left = anyRow(params.of, (row) => failing(row) && !index.has(row.key))
    if (
      mayIgnore &&
      !left &&
      !isMostlyMissing(index, { of, met: (row) => types.has(row.type) && !failing(row) })
    )
      return undecided('the query leaves nothing out of the export, so the server may not support it')
    const kept = referredKeys(index)
    const found = new Violations()
    let exempt = 0
    for (const row of index.rows()) {
      if (!failing(row)) continue
      if (kept.has(row.key)) exempt += 1
      else
        found.add(row, index, {
          message: 'Resources of type {type} do not meet the query.',
          expected: queries.join(' or '),
          actual: 'a resource that does not meet the query',
        })
    }
    return found.or(
      left || exempt === 0
        ? satisfied
        : undecided('other resources refer to every resource that does not meet the query'),
    )
  },
})

/** Whether an export lacks most of the resources that meet a query: a query that is ignored has no such effect. */
function isMostlyMissing(
  index: ResourceIndex,
  { of, met }: { readonly of: ResourceIndex; readonly met: (row: ResourceRow) => boolean },
): boolean {
  let all = 0
  let missing = 0
  for (const row of rowsWhere(of, met)) {
    all += 1
    if (!index.has(row.key)) missing += 1
  }
  return missing * 2 > all
}

const includesFiltered = indexCheck<FilterParams>({
  name: 'includes-filtered',
  states: 'The export contains every resource of the other export that meets the query.',
  params: filter,
  queries: ({ by }) => listOf(by),
  judge(index, params) {
    const unknown = unevaluated(params, index)
    if (unknown) return unknown
    const queries = listOf(params.by)
    return includesAll(
      index,
      params.of,
      rowsWhere(params.of, (row) => meets(row, queries)),
    )
  },
})

/** Checks on exports with `_since` or `_typeFilter`. */
export const sinceTypeFilterChecks: readonly Check[] = [
  updatedAfter,
  updatedBefore,
  includesChanged,
  filtered,
  includesFiltered,
]
