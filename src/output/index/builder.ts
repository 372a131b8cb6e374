import { parseInstant } from '../../model/fhir/instants.ts'
import type { OutputFile } from '../../model/http/exchange.ts'
import { TemporaryStorageError, type ResourceIndex } from '../../model/fhir/resource-index.ts'
import type { Reason } from '../../model/reason.ts'
import { type IndexPart, readIndexParts, writeIndexParts } from './part-file.ts'
import type { Segment } from './segment-layout.ts'
import { openIndex } from './resource-index.ts'
import type { PatientLine, RowBatch } from './row-maker.ts'
import { queriesByType } from './row-queries.ts'
import { type SegmentKeeper, type StoredSegment, openSegmentKeeper } from './stored-segments.ts'
import type { IndexStore, StoreFile } from './store.ts'

/** Gathers the rows that threads made from the files of one export. `write` needs no `this`. */
export interface IndexBuilder {
  /** Adds the rows of a part of a file, in any order; `attempt` identifies the download. */
  add(read: RowBatch, attempt?: object): void
  /** Drops the rows of this download. */
  forget(attempt: object): void
  /** Writes the rows of this machine, without ids of patients, for another machine to add. */
  write(write: (bytes: Uint8Array) => void): void
  /** Adds the rows that another machine wrote, from this offset of the file on: rows of other files, or of other parts of them. */
  addWritten(file: StoreFile, from: number): void
  /** The index, or why there is none. Files are those that were read. */
  finish(files: readonly OutputFile[]): IndexResult
}

/** The index, if it is complete. */
export interface IndexResult {
  readonly index?: ResourceIndex
  readonly noIndex?: Reason
  /** Ids of the first patients in the order of files and lines; never to be printed. */
  readonly patientIds: readonly string[]
}

/** What to build an index of. */
export interface IndexSpec {
  readonly queries: readonly string[]
  readonly fhirUrl: string
  readonly transactionTime?: string
}

/** Number of patients that picks choose from. */
const mostPatients = 1000

/** Begins an index that is kept in `store`. */
export function openIndexBuilder(spec: IndexSpec, store: IndexStore): IndexBuilder {
  const build: IndexBuilderState = {
    keeper: openSegmentKeeper(store),
    attempts: new WeakSet(),
    parts: new Map(),
    patients: [],
    storageProblem: undefined,
  }
  return {
    add: (read, attempt) => addRows(build, read, attempt),
    forget: (attempt) => forgetAttempt(build, attempt),
    write: (write) => writeIndexParts(write, [...build.parts.keys()]),
    addWritten(file, from) {
      for (const it of readIndexParts(file, from)) build.parts.set(it, undefined)
    },
    finish: (files) => finishIndex(build, files, spec, store),
  }
}

/** What has been gathered of an index. */
interface IndexBuilderState {
  readonly keeper: SegmentKeeper
  /** Downloads of which something was added. */
  readonly attempts: WeakSet<object>
  /** Each with its download. */
  readonly parts: Map<IndexPart, object | undefined>
  patients: (PatientLine & { readonly attempt: object | undefined })[]
  /** Why rows could not be stored; if set, no rows are kept. */
  storageProblem: string | undefined
}

function addRows(
  build: IndexBuilderState,
  { segments, flaws, untold, patients }: RowBatch,
  attempt?: object,
): void {
  const kept = keepSegments(build, segments)
  if (kept.length + flaws.length + untold.length > 0)
    build.parts.set({ kept, flaws: orNone(flaws), untold: orNone(untold) }, attempt)
  if (attempt) build.attempts.add(attempt)
  for (const it of patients) build.patients.push({ ...it, attempt })
  if (build.patients.length > 4 * mostPatients) build.patients = firstPatients(build.patients)
}

const none: readonly never[] = []

// Most parts have rows alone, and there may be many parts.
function orNone<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? none : list
}

function keepSegments(build: IndexBuilderState, segments: readonly Segment[]): readonly StoredSegment[] {
  if (build.storageProblem !== undefined) return []
  const kept: StoredSegment[] = []
  try {
    for (const it of segments) kept.push(build.keeper.keep(it))
    // An array that grew has room for more than one.
    return kept.slice()
  } catch (error) {
    if (!(error instanceof TemporaryStorageError)) throw error
    // The lines themselves are judged nevertheless.
    dropSegments(build, [...build.parts.keys(), { kept }])
    build.keeper.close()
    build.parts.clear()
    build.storageProblem = error.message
    build.parts.set({ kept: [], flaws: [], untold: [], noRoom: error.message }, undefined)
    return []
  }
}

function dropSegments({ keeper }: IndexBuilderState, parts: Iterable<Pick<IndexPart, 'kept'>>): void {
  for (const { kept } of parts) for (const it of kept) keeper.drop(it)
}

function forgetAttempt(build: IndexBuilderState, attempt: object): void {
  // Of most downloads that failed nothing was read.
  if (!build.attempts.delete(attempt)) return
  for (const [part, of] of build.parts) {
    if (of !== attempt) continue
    dropSegments(build, [part])
    build.parts.delete(part)
  }
  build.patients = build.patients.filter((it) => it.attempt !== attempt)
}

/** The first patients in the order of files and lines, each once. */
function firstPatients(patients: IndexBuilderState['patients']): IndexBuilderState['patients'] {
  const sorted = patients.toSorted((a, b) => a.file - b.file || a.line - b.line)
  const first = new Map(sorted.map((it) => [it.id, it] as const).reverse())
  return sorted.filter((it) => first.get(it.id) === it).slice(0, mostPatients)
}

function finishIndex(
  build: IndexBuilderState,
  files: readonly OutputFile[],
  spec: IndexSpec,
  store: IndexStore,
): IndexResult {
  const patientIds = firstPatients(build.patients).map((it) => it.id)
  const parts = [...build.parts.keys()]
  const unnamed = parts
    .flatMap((it) => it.flaws)
    .reduce((sum, it) => sum + (it.is === 'unnamed' ? it.times : 0), 0)
  const noIndex = indexFlaw(parts, files)
  if (noIndex !== undefined) {
    dropSegments(build, parts)
    return { noIndex, patientIds }
  }
  const exchanges = new Map(files.map((it) => [it.number, it.exchange]))
  const time = parseInstant(spec.transactionTime)
  const index = openIndex(
    parts.flatMap((it) => it.kept),
    store,
    {
      exchangeOf: (file) => exchanges.get(file) ?? files[0]?.exchange ?? 0,
      unnamed,
      queries: evaluatedQueries(spec, parts),
      ...(time === undefined ? {} : { transactionTime: time }),
    },
  )
  return { index, patientIds }
}

function evaluatedQueries({ queries, fhirUrl }: IndexSpec, parts: readonly IndexPart[]): readonly string[] {
  const untold = new Set(parts.flatMap((it) => it.untold))
  return [...queriesByType(queries, fhirUrl).values()]
    .flatMap((it) => [...it.keys()])
    .filter((it) => !untold.has(it))
}

function indexFlaw(parts: readonly IndexPart[], files: readonly OutputFile[]): Reason | undefined {
  if (parts.some((it) => it.noRoom !== undefined)) return { kind: 'disk-full' }
  const partsOf = new Map<number, number>()
  for (const { kept, flaws } of parts)
    for (const file of new Set([...kept, ...flaws].map((it) => it.file)))
      partsOf.set(file, (partsOf.get(file) ?? 0) + 1)
  const isEmpty = parts.every((it) => it.kept.every((segment) => segment.deleted))
  const counting = parts
    .flatMap((it) => it.flaws)
    // Where no line names a resource, there is nothing to compare.
    .filter((it) => it.is !== 'unnamed' || isEmpty)
    // A document over several lines is allowed only if its file contains nothing else.
    .filter((it) => it.is !== 'whole' || (partsOf.get(it.file) ?? 0) > 1)
    .sort((a, b) => a.file - b.file || Number(b.is === 'cut') - Number(a.is === 'cut'))
  const [first] = counting
  if (!first) return undefined
  const exchange = files.find((it) => it.number === first.file)?.exchange ?? 0
  return { kind: first.is === 'cut' ? 'line-too-long' : 'lines-without-id', exchange }
}
