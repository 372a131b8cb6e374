import { parseInstant } from '../../model/fhir/instants.ts'
import { isId } from '../../model/fhir/names.ts'
import { isJsonObject } from '../../model/json.ts'
import { resourceKey } from '../../model/fhir/reference-key.ts'
import { hashLine } from '../../model/fhir/hash.ts'
import { keyWords } from '../../model/fhir/resource-key.ts'
import { elementNames } from '../../r4/load.ts'
import { doubtfulMembers, localReference, compartmentPatients, elementValues } from '../compartment.ts'
import { type RowShape, field } from './segment-layout.ts'
import type { SegmentWriter } from './segment-writer.ts'

type Resource = Readonly<Record<string, unknown>>

const words = new Uint32Array(3)

function push(writer: SegmentWriter, keys: readonly string[]): number {
  for (const key of keys) {
    keyWords(key, words, 0)
    writer.push(words, 0)
  }
  return keys.length
}

/** Appends the row of a parsed resource; its digest is that of `text`. */
export function addParsedRow(
  writer: SegmentWriter,
  resource: Resource,
  row: {
    readonly type: string
    readonly fhirUrl: string
    readonly meets: readonly string[]
    readonly keysOnly: boolean
    readonly file: number
    readonly line: number
    readonly text: string
    /** The digest of the text, if it is known. */
    readonly digest?: Uint32Array
  },
): void {
  const { type, fhirUrl, line } = row
  const meta = isJsonObject(resource.meta) ? resource.meta : {}
  const at = writer.begin()
  const { records } = writer
  // A resource without an id equals no other.
  keyWords(resourceKey(isId(resource.id) ? `${type}/${resource.id}` : `${row.file}:${line}`), records, at)
  records[at + field.line] = line
  if (row.digest) records.set(row.digest, at + field.digest)
  else hashLine(Buffer.from(row.text.trim()), records, at + field.digest)
  writer.doubles[(at + field.updated) / 2] = parseInstant(meta.lastUpdated) ?? Number.NaN
  if (row.keysOnly) {
    records[at + field.shape] = writer.shape([type])
    records.fill(0, at + field.meets, at + field.unsure + 1)
    records[at + field.list] = writer.keys
    return
  }
  records[at + field.shape] = writer.shape(shapeOf(type, resource))
  const subsetted = elementValues(meta, 'tag.code').includes('SUBSETTED')
  records[at + field.meets] = writer.meets(row.meets) * 2 + (subsetted ? 1 : 0)
  records[at + field.patients] = push(writer, compartmentPatients(resource, fhirUrl).map(resourceKey))
  records[at + field.refersTo] = push(writer, referencesOf(resource, fhirUrl).map(resourceKey))
  const last = type === 'Provenance' ? targetsOf(resource, fhirUrl) : doubtfulMembers(resource, fhirUrl)
  records[at + field.unsure] = push(writer, last.map(resourceKey))
}

/** Appends a row for each resource that a Bundle of a deleted file names. */
export function addDeletedRows(writer: SegmentWriter, bundle: Resource, fhirUrl: string, line: number): void {
  for (const url of elementValues(bundle, 'entry.request.url')) {
    const reference = localReference(url, fhirUrl)
    if (!reference) continue
    const at = writer.begin()
    keyWords(resourceKey(reference), writer.records, at)
    writer.records.fill(0, at + field.digest, at + field.unsure + 1)
    writer.records[at + field.line] = line
    writer.records[at + field.shape] = writer.shape([reference.split('/')[0] ?? ''])
  }
}

// A name that no definition has may be personal data.
function shapeOf(type: string, resource: Resource): RowShape {
  const names = new Set(Object.keys(resource).map((it) => it.replace(/^_/, '')))
  names.delete('resourceType')
  const known = elementNames()
  return [type, ...[...names].map((it) => (known.has(it) ? it : `?${resourceKey(it)}`))]
}

function targetsOf(provenance: Resource, fhirUrl: string): readonly string[] {
  const found = elementValues(provenance, 'target.reference').map((it) => localReference(it, fhirUrl))
  return [...new Set(found.filter((it) => it !== undefined))]
}

// Deeper than any resource, and far from the limit of recursion.
const deepest = 100

function referencesOf(resource: Resource, fhirUrl: string): readonly string[] {
  const found = new Set<string>()
  const look = (value: unknown, depth: number) => {
    if (typeof value !== 'object' || value === null || depth > deepest) return
    for (const [name, member] of Object.entries(value)) {
      const reference = name === 'reference' ? localReference(member, fhirUrl) : undefined
      if (reference) found.add(reference)
      else look(member, depth + 1)
    }
  }
  look(resource, 0)
  return [...found]
}
