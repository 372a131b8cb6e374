import { createHash } from 'node:crypto'
import { parseInstant } from '../checks/dates.ts'
import { isId, isObject, resourceTypes } from '../checks/fhir.ts'
import { keyOf } from '../checks/key.ts'
import type { OutputFile } from '../model/evidence.ts'
import type { DeletedRow, ResourceIndex, Row } from '../model/rows.ts'
import { doubtfulMembers, localReference, patientsOf, valuesAt } from './compartment.ts'
import { type Query, parseQuery } from './search.ts'

type Resource = Readonly<Record<string, unknown>>

/** Gathers an index resource by resource, in the order of files and lines. */
export interface IndexBuilder {
  /** Takes in a resource of an output file; `text` is what its content is told by. */
  add(
    resource: Resource,
    place: { readonly file: OutputFile; readonly line: number; readonly text: string },
  ): void
  /** Takes in a Bundle of a deleted file. */
  addDeleted(bundle: Resource, place: { readonly file: OutputFile; readonly line: number }): void
  readonly patientIds: readonly string[]
  finish(files: readonly OutputFile[]): ResourceIndex
}

/** An empty index; queries that cannot be evaluated for every row are left out of it. */
export function buildIndex(options: {
  readonly queries: readonly string[]
  readonly fhirUrl: string
  readonly transactionTime?: string
}): IndexBuilder {
  const { fhirUrl } = options
  const rows: Row[] = []
  const deleted: DeletedRow[] = []
  const patientIds = new Set<string>()
  const queries = queriesOf(options.queries, fhirUrl)
  const untold = new Set<string>()
  return {
    get patientIds() {
      return [...patientIds]
    },
    add(resource, place) {
      const type =
        typeof resource.resourceType === 'string' && resourceTypes.has(resource.resourceType)
          ? resource.resourceType
          : undefined
      if (!type) return
      if (type === 'Patient' && isId(resource.id)) patientIds.add(resource.id)
      const meets: string[] = []
      for (const [text, query] of queries.get(type) ?? []) {
        const told = query.meets(resource)
        if (told) meets.push(text)
        else if (told === undefined) untold.add(text)
      }
      rows.push(rowOf(resource, { type, fhirUrl, meets, ...place }))
    },
    addDeleted(bundle, { file, line }) {
      for (const url of valuesAt(bundle, 'entry.request.url')) {
        const reference = localReference(url, fhirUrl)
        if (reference)
          deleted.push({
            key: keyOf(reference),
            type: reference.split('/')[0] ?? '',
            file: file.number,
            line,
          })
      }
    },
    finish(files) {
      const time = parseInstant(options.transactionTime)
      const told = [...queries.values()].flatMap((it) => [...it.keys()]).filter((it) => !untold.has(it))
      return indexOf({
        rows,
        deleted,
        files,
        queries: told,
        ...(time === undefined ? {} : { transactionTime: time }),
      })
    },
  }
}

function queriesOf(
  texts: readonly string[],
  fhirUrl: string,
): ReadonlyMap<string, ReadonlyMap<string, Query>> {
  const byType = new Map<string, Map<string, Query>>()
  for (const text of new Set(texts)) {
    const query = parseQuery(text, fhirUrl)
    if (!query) continue
    const mine = byType.get(query.type) ?? new Map<string, Query>()
    byType.set(query.type, mine.set(text, query))
  }
  return byType
}

interface Place {
  readonly type: string
  readonly fhirUrl: string
  readonly meets: readonly string[]
  readonly file: OutputFile
  readonly line: number
  readonly text: string
}

function rowOf(resource: Resource, { type, fhirUrl, meets, file, line, text }: Place): Row {
  const meta = isObject(resource.meta) ? resource.meta : {}
  const updated = parseInstant(meta.lastUpdated)
  const unsure = doubtfulMembers(resource, fhirUrl).map(keyOf)
  return {
    // A resource without id is like no other.
    key: isId(resource.id) ? keyOf(`${type}/${resource.id}`) : `${file.number}:${line}`,
    type,
    ...(updated === undefined ? {} : { updated }),
    patients: patientsOf(resource, fhirUrl).map(keyOf),
    refersTo: [...new Set(referencesOf(resource, fhirUrl, 0))].map(keyOf),
    ...(unsure.length > 0 ? { unsure } : {}),
    digest: createHash('sha256').update(text.trim()).digest('base64url').slice(0, 22),
    elements: [...new Set(Object.keys(resource).map((it) => it.replace(/^_/, '')))].filter(
      (it) => it !== 'resourceType',
    ),
    subsetted: valuesAt(meta, 'tag.code').includes('SUBSETTED'),
    meets,
    file: file.number,
    line,
  }
}

// Deeper than any resource goes, and far from where recursion ends.
const deepest = 100

function referencesOf(value: unknown, fhirUrl: string, depth: number): readonly string[] {
  if (typeof value !== 'object' || value === null || depth > deepest) return []
  const found: string[] = []
  for (const [name, member] of Object.entries(value)) {
    const reference = name === 'reference' ? localReference(member, fhirUrl) : undefined
    if (reference) found.push(reference)
    else found.push(...referencesOf(member, fhirUrl, depth + 1))
  }
  return found
}

function indexOf(given: {
  readonly rows: readonly Row[]
  readonly deleted: readonly DeletedRow[]
  readonly files: readonly OutputFile[]
  readonly queries: readonly string[]
  readonly transactionTime?: number
}): ResourceIndex {
  const { rows, deleted, files, queries } = given
  const byKey = new Map<string, Row>()
  for (const row of rows) if (!byKey.has(row.key)) byKey.set(row.key, row)
  const exchanges = new Map(files.map((it) => [it.number, it.exchange]))
  return {
    size: rows.length,
    rows: () => rows,
    get: (key) => byKey.get(key),
    deleted: () => deleted,
    exchangeOf: (file) => exchanges.get(file) ?? files[0]?.exchange ?? 0,
    queries,
    ...(given.transactionTime === undefined ? {} : { transactionTime: given.transactionTime }),
  }
}
