import { parseInstant } from '../../model/fhir/dates.ts'
import type { OutputFile } from '../../model/http/exchange.ts'
import { TemporaryStorageError, type ResourceIndex } from '../../model/fhir/resource-index.ts'
import type { Reason } from '../../model/reason.ts'
import { type IndexPart, readIndexParts, writeIndexParts } from './part-file.ts'
import type { Segment } from './segment-layout.ts'
import { openIndex } from './resource-index.ts'
import { type PatientLine, type RowBatch, queriesByType } from './row-maker.ts'
import { type StoredSegment, openSegmentKeeper } from './stored-segments.ts'
import type { IndexStore, StoreFile } from './store.ts'

/** Gathers what threads have read of the files of one export. */
export interface IndexBuilder {
  /** Takes in what was read of a part of a file, in any order; `attempt` stands for the download that it is of. */
  add(read: RowBatch, attempt?: object): void
  /** What was read of this download does not count after all. */
  forget(attempt: object): void
  /** Writes what was read here, ids of patients left out: another machine adds it. */
  write(write: (bytes: Uint8Array) => void): void
  /** Takes in what another machine has written: of other files, or of other parts of them. It begins there in the file. */
  addWritten(file: StoreFile, from: number): void
  /** The index, or why there is none. Files are those that were read. */
  finish(files: readonly OutputFile[]): IndexResult
}

/** An index if it could be made whole. */
export interface IndexResult {
  readonly index?: ResourceIndex
  readonly noIndex?: Reason
  /** Ids of the first patients in the order of files and lines; never to be printed. */
  readonly patientIds: readonly string[]
}

/** What an index is to be of. */
export interface IndexSpec {
  readonly queries: readonly string[]
  readonly fhirUrl: string
  readonly transactionTime?: string
}

/** Patients are picked from this many. */
const mostPatients = 1000

/** Begins an index that is kept in `store`. */
export function openIndexBuilder(asked: IndexSpec, store: IndexStore): IndexBuilder {
  const keeper = openSegmentKeeper(store)
  const parts = new Map<IndexPart, object | undefined>()
  let noRoom: string | undefined
  let patients: (PatientLine & { readonly attempt: object | undefined })[] = []
  const sift = () => {
    patients.sort((a, b) => a.file - b.file || a.line - b.line)
    const first = new Map(patients.map((it) => [it.id, it] as const).reverse())
    patients = patients.filter((it) => first.get(it.id) === it).slice(0, mostPatients)
  }
  const keep = (segments: readonly Segment[]): readonly StoredSegment[] => {
    if (noRoom !== undefined) return []
    const mine: StoredSegment[] = []
    try {
      for (const it of segments) mine.push(keeper.keep(it))
      return mine
    } catch (error) {
      if (!(error instanceof TemporaryStorageError)) throw error
      // What is read of the lines themselves is judged nevertheless.
      for (const { kept } of [...parts.keys(), { kept: mine }]) for (const it of kept) keeper.drop(it)
      keeper.close()
      parts.clear()
      noRoom = error.message
      parts.set({ kept: [], flaws: [], untold: [], noRoom }, undefined)
      return []
    }
  }
  return {
    add({ segments, flaws, untold, patients: more }, attempt) {
      const kept = keep(segments)
      if (kept.length + flaws.length + untold.length > 0) parts.set({ kept, flaws, untold }, attempt)
      for (const it of more) patients.push({ ...it, attempt })
      if (patients.length > 4 * mostPatients) sift()
    },
    forget(attempt) {
      for (const [it, of] of parts) {
        if (of !== attempt) continue
        for (const kept of it.kept) keeper.drop(kept)
        parts.delete(it)
      }
      patients = patients.filter((it) => it.attempt !== attempt)
    },
    write(write) {
      writeIndexParts(write, [...parts.keys()])
    },
    addWritten(file, from) {
      for (const it of readIndexParts(file, from)) parts.set(it, undefined)
    },
    finish(files) {
      sift()
      const patientIds = patients.map((it) => it.id)
      const noIndex = indexFlaw([...parts.keys()], files)
      if (noIndex !== undefined) {
        for (const { kept } of parts.keys()) for (const it of kept) keeper.drop(it)
        return { noIndex, patientIds }
      }
      const exchanges = new Map(files.map((it) => [it.number, it.exchange]))
      const time = parseInstant(asked.transactionTime)
      const index = openIndex(
        [...parts.keys()].flatMap((it) => it.kept),
        store,
        {
          exchangeOf: (file) => exchanges.get(file) ?? files[0]?.exchange ?? 0,
          queries: evaluatedQueries(asked, [...parts.keys()]),
          ...(time === undefined ? {} : { transactionTime: time }),
        },
      )
      return { index, patientIds }
    },
  }
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
  const counting = parts
    .flatMap((it) => it.flaws)
    // A document over several lines may be all that its file holds, and nothing else.
    .filter((it) => it.is !== 'whole' || (partsOf.get(it.file) ?? 0) > 1)
    .sort((a, b) => a.file - b.file || Number(b.is === 'cut') - Number(a.is === 'cut'))
  const [first] = counting
  if (!first) return undefined
  const exchange = files.find((it) => it.number === first.file)?.exchange ?? 0
  return { kind: first.is === 'cut' ? 'line-too-long' : 'lines-without-id', exchange }
}
