import { isId, isObject } from '../../model/fhir/names.ts'
import { isResourceType } from '../../r4/facts.ts'
import type { Line, OutputFile } from '../../model/http/exchange.ts'
import { type Proof, lineFlags } from '../../prover/proof.ts'
import { resourceTypeNames } from '../../prover/tables.ts'
import { parseJsonLine } from '../raw-lines.ts'
import { type TypeFilterQuery, parseTypeFilter } from '../type-filter/query.ts'
import type { Segment } from './segment-layout.ts'
import { addDeletedRows, addParsedRow } from './parsed-rows.ts'
import { type ProvenRows, openProvenRows } from './proven-rows.ts'
import { type SegmentWriter, openWriter } from './segment-writer.ts'

type Resource = Readonly<Record<string, unknown>>

/** What one thread makes of lines of files: rows, and what kept an index from being whole. Survives a structured clone. */
export interface RowBatch {
  readonly segments: readonly Segment[]
  readonly flaws: readonly IndexFlaw[]
  /** Queries that could not be told of some resource. */
  readonly untold: readonly string[]
  /** Ids of a few patients, never to be printed. */
  readonly patients: readonly PatientLine[]
}

/** Why there is no index of an export: a line that is too long, or something that is no resource with an id. `whole`: it is none if the file has other parts. */
export interface IndexFlaw {
  readonly file: number
  readonly is: 'cut' | 'broken' | 'whole'
}

/** A patient, and where. */
export interface PatientLine {
  readonly id: string
  readonly file: number
  readonly line: number
}

/** Takes lines of files in their order and makes rows of them, in one thread. */
export interface RowMaker {
  /** Whether rows say what resources refer to. */
  readonly wantsReferences: boolean
  /** Whether a row can be made of what the prover says of such a line. */
  takesProven(proof: Proof, at: number): boolean
  /** The same of a line that is no valid resource, but sound: of such a line a proof has fewer facts. */
  takesSound(proof: Proof, at: number): boolean
  /** Makes rows of lines of a proof that can be taken so; `first` is the number of the first of them. */
  addProven(proof: Proof, lines: { readonly from: number; readonly to: number }, place: LinesStart): void
  /** `digest` is what the prover has made of the line, if it was all there. */
  addLine(line: Line, digest?: Uint32Array): void
  /** Gives what has been made since the last time; lines of files that have not been told yet may follow. */
  take(): RowBatch
}

/** Where lines begin. */
export interface LinesStart {
  readonly file: OutputFile
  readonly first: number
}

/** More patients than this are not told by their ids: one slice has enough where there are many. */
const patientsOfSlice = 250

/** Begins rows of lines of one export, with these queries evaluated for each. Segments go to `give` as they fill, if it is there. */
export function openRowMaker(options: {
  readonly queries: readonly string[]
  readonly fhirUrl: string
  /** Rows have a key, a type, a digest, lastUpdated and a place, and nothing more. */
  readonly keysOnly?: boolean
  readonly give?: (segment: Segment) => void
}): RowMaker {
  const { fhirUrl, keysOnly = false } = options
  const { queries, takes } = preparedQueries(options.queries, fhirUrl, keysOnly)
  const patientType = resourceTypeNames().indexOf('Patient')
  let made = nothingYet()
  let mine: OpenFile | undefined

  const openedFor = (file: OutputFile): OpenFile => {
    if (mine?.file.number === file.number) return mine
    end()
    const deleted = file.kind === 'deleted'
    const give = options.give ?? ((it) => made.segments.push(it))
    const writer = openWriter({ file: file.number, deleted }, give)
    mine = { file, writer, proven: openProvenRows(writer, keysOnly), text: '', parsed: false }
    return mine
  }
  const flaw = (file: OutputFile, is: IndexFlaw['is']) => {
    if (!made.flaws.some((it) => it.file === file.number && it.is === is))
      made.flaws.push({ file: file.number, is })
  }
  const broken = (file: OutputFile) => {
    if (file.kind === 'output') flaw(file, 'broken')
  }
  const addResource = (it: OpenFile, resource: Resource, place: ResourceText) => {
    const type = resource.resourceType
    if (!isResourceType(type)) return
    if (type === 'Patient' && isId(resource.id) && made.patients.length < patientsOfSlice)
      made.patients.push({ id: resource.id, file: it.file.number, line: place.line })
    const meets: string[] = []
    for (const [text, query] of queries.get(type) ?? []) {
      const told = query.meets(resource)
      if (told) meets.push(text)
      else if (told === undefined) made.untold.add(text)
    }
    addParsedRow(it.writer, resource, { type, fhirUrl, meets, keysOnly, file: it.file.number, ...place })
  }
  const add = (it: OpenFile, resource: Resource, place: ResourceText) => {
    if (it.file.kind === 'deleted') return addDeletedRows(it.writer, resource, fhirUrl, place.line)
    const found = foundIn(resource)
    if (found) for (const one of found) addResource(it, one, { line: place.line, text: JSON.stringify(one) })
    else if (resource.resourceType === 'OperationOutcome') return
    else if (isResource(resource)) addResource(it, resource, place)
    else broken(it.file)
  }
  // What a plain request brings is one resource, and servers often write it over several lines.
  const end = () => {
    if (!mine) return
    if (mine.text !== '') {
      const { json } = mine.parsed ? {} : parseJsonLine({ number: 1, text: mine.text })
      if (isObject(json)) {
        add(mine, json, { line: 1, text: mine.text })
        flaw(mine.file, 'whole')
      } else broken(mine.file)
    }
    mine.writer.close()
    mine = undefined
  }
  return {
    wantsReferences: !keysOnly,
    takesProven(proof, at) {
      const type = proof.types[at] ?? 0
      if (takes[type] !== 1) return false
      if (keysOnly) return true
      const tagged = ((proof.flags[at] ?? 0) & lineFlags.tagged) !== 0
      return !tagged && (type !== patientType || made.patients.length >= patientsOfSlice)
    },
    takesSound: (proof, at) => keysOnly && takes[proof.types[at] ?? 0] === 1,
    addProven(proof, { from, to }, { file, first }) {
      if (file.kind !== 'output' || from === to) return
      const it = openedFor(file)
      it.parsed = true
      it.proven.add(proof, from, to, first)
    },
    addLine({ file, json, number, text, cut }, digest) {
      if (cut) flaw(file, 'cut')
      if (file.kind === 'error') return
      if (isObject(json)) {
        const it = openedFor(file)
        it.parsed = true
        // The prover knows of no byte order mark.
        const known = digest && !text.startsWith('\uFEFF') ? { digest } : {}
        add(it, json, { line: number, text, ...known })
      } else if (text.trim() !== '') {
        const it = openedFor(file)
        if (it.parsed) broken(file)
        else if (it.text.length < documentChars) it.text += `${text}\n`
      }
    },
    take() {
      end()
      const { segments, flaws, untold, patients } = made
      made = nothingYet()
      return { segments, flaws, untold: [...untold], patients }
    },
  }
}

const documentChars = 4 << 20

/** What is told of a resource besides. */
interface ResourceText {
  readonly line: number
  readonly text: string
  readonly digest?: Uint32Array
}

/** A file whose lines are being read. */
interface OpenFile {
  readonly file: OutputFile
  readonly writer: SegmentWriter
  readonly proven: ProvenRows
  /** Lines that are no JSON by themselves, as long as none was. */
  text: string
  parsed: boolean
}

function nothingYet() {
  return {
    segments: [] as Segment[],
    flaws: [] as IndexFlaw[],
    untold: new Set<string>(),
    patients: [] as PatientLine[],
  }
}

/** By type the queries that can be evaluated. */
export function queriesByType(
  texts: readonly string[],
  fhirUrl: string,
): ReadonlyMap<string, ReadonlyMap<string, TypeFilterQuery>> {
  const byType = new Map<string, Map<string, TypeFilterQuery>>()
  for (const text of new Set(texts)) {
    const query = parseTypeFilter(text, fhirUrl)
    if (!query) continue
    const mine = byType.get(query.type) ?? new Map<string, TypeFilterQuery>()
    byType.set(query.type, mine.set(text, query))
  }
  return byType
}

interface PreparedQueries {
  readonly fhirUrl: string
  readonly keysOnly: boolean
  readonly queries: ReadonlyMap<string, ReadonlyMap<string, TypeFilterQuery>>
  /** By position of the type in `R4Model.resources`: 1 if what the prover says of a resource is enough. */
  readonly takes: Uint8Array
}

// The slices of an export are many, and often small.
const known = new WeakMap<readonly string[], PreparedQueries>()

function preparedQueries(texts: readonly string[], fhirUrl: string, keysOnly: boolean): PreparedQueries {
  const last = known.get(texts)
  if (last?.fhirUrl === fhirUrl && last.keysOnly === keysOnly) return last
  const queries = queriesByType(texts, fhirUrl)
  const made = { fhirUrl, keysOnly, queries, takes: keysOnly ? takenProven() : takenProven(queries) }
  known.set(texts, made)
  return made
}

// Some are read again for what only their JSON tells: queries, doubtful members of a Group, what a searchset found.
function takenProven(queries?: ReadonlyMap<string, unknown>): Uint8Array {
  const parsed = new Set(queries ? ['Group', 'Bundle', ...queries.keys()] : ['Bundle'])
  return Uint8Array.from(resourceTypeNames(), (it) => (parsed.has(it) ? 0 : 1))
}

/** A searchset stands for what it found. */
function foundIn({ resourceType, type, entry }: Resource): readonly Resource[] | undefined {
  if (resourceType !== 'Bundle' || type !== 'searchset' || !Array.isArray(entry)) return undefined
  return entry.flatMap((it) => (isObject(it) && isObject(it.resource) ? [it.resource] : []))
}

function isResource({ resourceType, id }: Resource): boolean {
  return isResourceType(resourceType) && isId(id)
}
