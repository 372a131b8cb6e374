import { blockHeader } from '../../model/fhir/block-header.ts'
import { isId } from '../../model/fhir/names.ts'
import { isJsonObject } from '../../model/json.ts'
import { isResourceType } from '../../r4/facts.ts'
import type { Line, OutputFile } from '../../model/http/exchange.ts'
import { type Proof, lineFlags } from '../../prover/proof.ts'
import { resourceTypeNames } from '../../prover/tables.ts'
import { parseJsonLine } from '../lines/json-line.ts'
import type { Segment } from './segment-layout.ts'
import { addDeletedRows, addParsedRow } from './parsed-rows.ts'
import { type ProvenRows, openProvenRows } from './proven-rows.ts'
import { type PreparedQueries, preparedQueries } from './row-queries.ts'
import { type SegmentWriter, openWriter } from './segment-writer.ts'

type Resource = Readonly<Record<string, unknown>>

/** What one thread makes from lines of files: rows, and reasons why an index is incomplete. It survives a structured clone. */
export interface RowBatch {
  readonly segments: readonly Segment[]
  readonly flaws: readonly IndexFlaw[]
  /** Queries that could not be evaluated for some resource. */
  readonly untold: readonly string[]
  /** Ids of a few patients, never to be printed. */
  readonly patients: readonly PatientLine[]
}

/**
 * Why an export has no index, or not of every line: a line that is too long (`cut`), or something that is not a resource (`broken`). A
 * document over several lines (`whole`) is a reason only if its file has other contents. `unnamed`: so many resources are of a type that R4
 * does not define, or without a valid id.
 */
export type IndexFlaw =
  | { readonly file: number; readonly is: 'cut' | 'broken' | 'whole' }
  | { readonly file: number; readonly is: 'unnamed'; readonly times: number }

/** A patient, and its place. */
export interface PatientLine {
  readonly id: string
  readonly file: number
  readonly line: number
}

/** Makes rows from lines of files, taken in order, in one thread. */
export interface RowMaker {
  /** Whether rows contain references. */
  readonly wantsReferences: boolean
  /** Whether the facts of the prover about such a line are enough for a row. */
  takesProven(proof: Proof, at: number): boolean
  /** The same for a line that is sound, but not a valid resource: a proof has fewer facts about it. */
  takesSound(proof: Proof, at: number): boolean
  /** Makes rows from those lines of a proof; `first` is the number of the first line. */
  addProven(proof: Proof, lines: { readonly from: number; readonly to: number }, place: LinesStart): void
  /** `digest` is the prover's digest of the line, if it read the whole line. */
  addLine(line: Line, digest?: Uint32Array): void
  /** Returns what has been made since the last call; lines of other files may follow. */
  take(): RowBatch
}

/** Where lines begin. */
interface LinesStart {
  readonly file: OutputFile
  readonly first: number
}

/** Maximum number of patients whose ids are kept; one slice has enough if there are many. */
const patientsOfSlice = 250

/** Begins rows for lines of one export, and evaluates these queries for each. With `give`, segments are given away as they fill. */
export function openRowMaker(options: {
  readonly queries: readonly string[]
  readonly fhirUrl: string
  /** Rows have only a key, a type, a digest, lastUpdated and a place. */
  readonly keysOnly?: boolean
  readonly give?: (segment: Segment) => void
}): RowMaker {
  const { fhirUrl, keysOnly = false, give } = options
  const making: RowMakerState = {
    ...preparedQueries(options.queries, fhirUrl, keysOnly),
    patientType: resourceTypeNames().indexOf('Patient'),
    give: give ?? ((it) => making.batch.segments.push(it)),
    batch: emptyBatch(),
    open: undefined,
  }
  return {
    wantsReferences: !keysOnly,
    takesProven: (proof, at) => takesProven(making, proof, at),
    takesSound: (proof, at) => keysOnly && making.takes[proof.types[at] ?? 0] === 1,
    addProven(proof, { from, to }, { file, first }) {
      if (file.kind !== 'output' || from === to) return
      const open = openFor(making, file)
      open.parsed = true
      open.proven.add(proof, from, to, first)
    },
    addLine: (line, digest) => addLine(making, line, digest),
    take() {
      endFile(making)
      const { segments, flaws, untold, patients } = making.batch
      making.batch = emptyBatch()
      return { segments, flaws, untold: [...untold], patients }
    },
  }
}

/** What has been made since it was last taken, and the file that is being read. */
interface RowMakerState extends PreparedQueries {
  readonly patientType: number
  readonly give: (segment: Segment) => void
  batch: OpenBatch
  open: OpenFile | undefined
}

/** A batch that grows. */
interface OpenBatch {
  readonly segments: Segment[]
  readonly flaws: IndexFlaw[]
  readonly untold: Set<string>
  readonly patients: PatientLine[]
}

function emptyBatch(): OpenBatch {
  return { segments: [], flaws: [], untold: new Set(), patients: [] }
}

/** A file whose lines are being read. */
interface OpenFile {
  readonly file: OutputFile
  readonly writer: SegmentWriter
  readonly proven: ProvenRows
  /** The lines so far, as long as none of them alone is JSON. */
  text: string
  /** Whether a line alone was JSON. */
  parsed: boolean
}

/** A resource's place, its text, and the digest of the text if it is known. */
interface ResourceText {
  readonly line: number
  readonly text: string
  readonly digest?: Uint32Array
}

const documentChars = 4 << 20

function takesProven(
  { takes, keysOnly, patientType, batch }: RowMakerState,
  proof: Proof,
  at: number,
): boolean {
  const type = proof.types[at] ?? 0
  if (takes[type] !== 1) return false
  if (keysOnly) return true
  const isTagged = ((proof.flags[at] ?? 0) & lineFlags.tagged) !== 0
  return !isTagged && (type !== patientType || batch.patients.length >= patientsOfSlice)
}

function addLine(making: RowMakerState, { file, json, number, text, cut }: Line, digest?: Uint32Array): void {
  if (cut) addFlaw(making, file, 'cut')
  if (file.kind === 'error') return
  if (isJsonObject(json)) {
    const open = openFor(making, file)
    open.parsed = true
    // The prover does not expect a byte order mark.
    const known = digest && !text.startsWith('\uFEFF') ? { digest } : {}
    addObject(making, open, json, { line: number, text, ...known })
  } else if (text.trim() !== '') {
    const open = openFor(making, file)
    if (open.parsed) addBroken(making, file)
    else if (open.text.length < documentChars) open.text += `${text}\n`
  }
}

function openFor(making: RowMakerState, file: OutputFile): OpenFile {
  if (making.open?.file.number === file.number) return making.open
  endFile(making)
  const writer = openWriter({ file: file.number, deleted: file.kind === 'deleted' }, making.give)
  making.open = { file, writer, proven: openProvenRows(writer, making.keysOnly), text: '', parsed: false }
  return making.open
}

// The response to a plain request is one resource, and servers often write it over several lines.
function endFile(making: RowMakerState): void {
  const { open } = making
  if (!open) return
  if (open.text !== '') {
    const { json } = open.parsed ? {} : parseJsonLine({ number: 1, text: open.text })
    if (isJsonObject(json)) {
      addObject(making, open, json, { line: 1, text: open.text })
      addFlaw(making, open.file, 'whole')
    } else addBroken(making, open.file)
  }
  open.writer.close()
  making.open = undefined
}

function addFlaw(
  { batch: { flaws } }: RowMakerState,
  file: OutputFile,
  is: Exclude<IndexFlaw['is'], 'unnamed'>,
): void {
  if (!flaws.some((it) => it.file === file.number && it.is === is)) flaws.push({ file: file.number, is })
}

function addUnnamed({ batch: { flaws } }: RowMakerState, file: OutputFile): void {
  if (file.kind !== 'output') return
  const at = flaws.findIndex((it) => it.file === file.number && it.is === 'unnamed')
  const known = flaws[at]
  if (known?.is === 'unnamed') flaws[at] = { ...known, times: known.times + 1 }
  else flaws.push({ file: file.number, is: 'unnamed', times: 1 })
}

function addBroken(making: RowMakerState, file: OutputFile): void {
  if (file.kind === 'output') addFlaw(making, file, 'broken')
}

function addObject(making: RowMakerState, open: OpenFile, object: Resource, place: ResourceText): void {
  const { file, writer } = open
  const found = file.kind === 'deleted' ? undefined : foundIn(object)
  if (file.kind === 'deleted') addDeletedRows(writer, object, making.fhirUrl, place.line)
  else if (found)
    for (const it of found) addResource(making, open, it, { line: place.line, text: JSON.stringify(it) })
  else if (object.resourceType === 'OperationOutcome' || blockHeader(object) !== undefined) return
  else if (isResource(object)) addResource(making, open, object, place)
  else if (isOneResource(object)) addUnnamed(making, file)
  else addBroken(making, file)
}

function addResource(making: RowMakerState, open: OpenFile, resource: Resource, place: ResourceText): void {
  const { fhirUrl, keysOnly, queries, batch } = making
  const type = resource.resourceType
  if (!isResourceType(type)) return
  const file = open.file.number
  if (type === 'Patient' && isId(resource.id) && batch.patients.length < patientsOfSlice)
    batch.patients.push({ id: resource.id, file, line: place.line })
  const meets: string[] = []
  for (const [text, query] of queries.get(type) ?? []) {
    const isMet = query.meets(resource)
    if (isMet) meets.push(text)
    else if (isMet === undefined) batch.untold.add(text)
  }
  addParsedRow(open.writer, resource, { type, fhirUrl, meets, keysOnly, file, ...place })
}

/** A searchset counts as the resources that it found. */
function foundIn({ resourceType, type, entry }: Resource): readonly Resource[] | undefined {
  if (resourceType !== 'Bundle' || type !== 'searchset' || !Array.isArray(entry)) return undefined
  return entry.flatMap((it) => (isJsonObject(it) && isJsonObject(it.resource) ? [it.resource] : []))
}

const wrappers = new Set<unknown>(['Bundle', 'Parameters', 'Binary'])

/** Whether an object is one resource, whatever its type: other objects may contain any number of resources. */
function isOneResource({ resourceType }: Resource): boolean {
  return typeof resourceType === 'string' && !wrappers.has(resourceType)
}

function isResource({ resourceType, id }: Resource): boolean {
  return isResourceType(resourceType) && isId(id)
}
