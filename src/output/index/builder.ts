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
  /** The rows of this download count: it cannot be dropped any more. */
  settle(attempt: object): void
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
    open: new Map(),
    settled: [],
    joined: { kept: [], flaws: [], untold: [] },
    untold: new Set(),
    patients: [],
    storageProblem: undefined,
  }
  return {
    add: (read, attempt) => addRows(build, read, attempt),
    forget: (attempt) => forgetAttempt(build, attempt),
    settle(attempt) {
      for (const it of build.open.get(attempt) ?? []) settlePart(build, it)
      build.open.delete(attempt)
    },
    write: (write) => writeIndexParts(write, partsOf(build)),
    addWritten(file, from) {
      for (const it of readIndexParts(file, from)) settlePart(build, it)
    },
    finish: (files) => finishIndex(build, files, spec, store),
  }
}

/** What has been gathered of an index. */
interface IndexBuilderState {
  readonly keeper: SegmentKeeper
  /** Of downloads that may still be dropped. */
  readonly open: Map<object, IndexPart[]>
  /** Parts that count and have flaws. */
  readonly settled: IndexPart[]
  /** The others that count, as one: there may be 100,000 files. */
  readonly joined: IndexPart & { readonly kept: StoredSegment[] }
  /** Queries that could not be evaluated for some resource of `joined`. */
  readonly untold: Set<string>
  patients: (PatientLine & { readonly attempt: object | undefined })[]
  /** Why rows could not be stored; if set, no rows are kept. */
  storageProblem: string | undefined
}

function addRows(
  build: IndexBuilderState,
  { segments, flaws, untold, patients }: RowBatch,
  attempt?: object,
): void {
  const part = { kept: keepSegments(build, segments), flaws, untold }
  if (!attempt) settlePart(build, part)
  else if (!build.open.get(attempt)?.push(part)) build.open.set(attempt, [part])
  for (const it of patients) build.patients.push({ ...it, attempt })
  if (build.patients.length > 4 * mostPatients) build.patients = firstPatients(build.patients)
}

function settlePart({ settled, joined, untold }: IndexBuilderState, part: IndexPart): void {
  // Whether a document has its file to itself depends on the other parts of that file.
  if (part.flaws.length > 0 || part.noRoom !== undefined) settled.push(part)
  else {
    for (const it of part.kept) joined.kept.push(it)
    for (const it of part.untold) untold.add(it)
  }
}

function partsOf({ open, settled, joined, untold }: IndexBuilderState): readonly IndexPart[] {
  return [{ ...joined, untold: [...untold] }, ...settled, ...[...open.values()].flat()]
}

function keepSegments(build: IndexBuilderState, segments: readonly Segment[]): readonly StoredSegment[] {
  if (build.storageProblem !== undefined) return []
  const kept: StoredSegment[] = []
  try {
    for (const it of segments) kept.push(build.keeper.keep(it))
    return kept
  } catch (error) {
    if (!(error instanceof TemporaryStorageError)) throw error
    // The lines themselves are judged nevertheless.
    dropSegments(build, [...partsOf(build), { kept }])
    build.keeper.close()
    for (const parts of build.open.values()) parts.length = 0
    build.joined.kept.length = 0
    build.settled.splice(0, Infinity, { kept: [], flaws: [], untold: [], noRoom: error.message })
    build.storageProblem = error.message
    return []
  }
}

function dropSegments({ keeper }: IndexBuilderState, parts: Iterable<Pick<IndexPart, 'kept'>>): void {
  for (const { kept } of parts) for (const it of kept) keeper.drop(it)
}

function forgetAttempt(build: IndexBuilderState, attempt: object): void {
  const parts = build.open.get(attempt)
  // Of most downloads that failed nothing was read.
  if (!parts) return
  dropSegments(build, parts)
  build.open.delete(attempt)
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
  const parts = partsOf(build)
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
  const counts = new Map<number, number>()
  for (const { kept, flaws } of parts)
    for (const file of new Set([...kept, ...flaws].map((it) => it.file)))
      counts.set(file, (counts.get(file) ?? 0) + 1)
  const isEmpty = parts.every((it) => it.kept.every((segment) => segment.deleted))
  const counting = parts
    .flatMap((it) => it.flaws)
    // Where no line names a resource, there is nothing to compare.
    .filter((it) => it.is !== 'unnamed' || isEmpty)
    // A document over several lines is allowed only if its file contains nothing else.
    .filter((it) => it.is !== 'whole' || (counts.get(it.file) ?? 0) > 1)
    .sort((a, b) => a.file - b.file || Number(b.is === 'cut') - Number(a.is === 'cut'))
  const [first] = counting
  if (!first) return undefined
  const exchange = files.find((it) => it.number === first.file)?.exchange ?? 0
  return { kind: first.is === 'cut' ? 'line-too-long' : 'lines-without-id', exchange }
}
