import { resourceTypeNames } from '../../prover/tables.ts'
import { type TypeFilterQuery, parseTypeFilter } from '../type-filter/query.ts'

/** The queries that can be evaluated, by type. */
export function queriesByType(
  texts: readonly string[],
  fhirUrl: string,
): ReadonlyMap<string, ReadonlyMap<string, TypeFilterQuery>> {
  const byType = new Map<string, Map<string, TypeFilterQuery>>()
  for (const text of new Set(texts)) {
    const query = parseTypeFilter(text, fhirUrl)
    if (!query) continue
    const ofType = byType.get(query.type) ?? new Map<string, TypeFilterQuery>()
    byType.set(query.type, ofType.set(text, query))
  }
  return byType
}

/** Queries that rows are evaluated for, by type, and which rows need no evaluation. */
export interface PreparedQueries {
  readonly fhirUrl: string
  readonly keysOnly: boolean
  readonly queries: ReadonlyMap<string, ReadonlyMap<string, TypeFilterQuery>>
  /** By position of the type in `R4Model.resources`: 1 if the facts of the prover are enough for a row. */
  readonly takes: Uint8Array
}

// An export has many slices, and they are often small.
const known = new WeakMap<readonly string[], PreparedQueries>()

/** Prepares queries; those of the same list are prepared once. */
export function preparedQueries(
  texts: readonly string[],
  fhirUrl: string,
  keysOnly: boolean,
): PreparedQueries {
  const last = known.get(texts)
  if (last?.fhirUrl === fhirUrl && last.keysOnly === keysOnly) return last
  const queries = queriesByType(texts, fhirUrl)
  const prepared = { fhirUrl, keysOnly, queries, takes: keysOnly ? typesTaken() : typesTaken(queries) }
  known.set(texts, prepared)
  return prepared
}

// Some lines are parsed, because only their JSON has the answer: queries, doubtful members of a Group, the matches of a searchset.
function typesTaken(queries?: ReadonlyMap<string, unknown>): Uint8Array {
  const parsed = new Set(queries ? ['Group', 'Bundle', ...queries.keys()] : ['Bundle'])
  return Uint8Array.from(resourceTypeNames(), (it) => (parsed.has(it) ? 0 : 1))
}
