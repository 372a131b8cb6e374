import { parseInstant } from '../../model/fhir/instants.ts'
import { isId } from '../../model/fhir/names.ts'
import { isJsonObject } from '../../model/json.ts'
import { referenceBits, referenceForms } from '../../checks/lines/references.ts'
import type { Line, OutputFile, ResourceLines } from '../../model/http/exchange.ts'
import { hashKey } from '../../model/fhir/hash.ts'
import { type Proof, lineFlags } from '../../prover/proof.ts'
import { resourceTypeNames } from '../../prover/tables.ts'
import type { LinePart } from '../../structure/judge-parts.ts'

/** The line is a resource with a FHIR id; checks may get it together with its neighbors. */
export const soundLine = 1
/** It is also valid, and no check needs more of it. */
export const validLine = 2

let numbers: ReadonlyMap<string, number> | undefined
const bytes = Buffer.alloc(256)

/**
 * Whether a parsed line that was not proven is valid nevertheless. If it is, the facts that a proof states about a line are written into the proof, except
 * root elements and references.
 */
export function addSoundLine({ file, text, utf8, json }: Line, proof: Proof, at: number): boolean {
  if (!utf8 || !isJsonObject(json) || !isId(json.id) || file.kind !== 'output') return false
  numbers ??= new Map(resourceTypeNames().map((it, number) => [it, number]))
  const type = json.resourceType as string
  const number = numbers.get(type)
  if (number === undefined || type === 'OperationOutcome' || (file.type ?? type) !== type) return false
  // JSON has no other control characters than white space, and a CR may end a line.
  const cr = text.indexOf('\r')
  if (cr >= 0 && cr < text.length - 1) return false
  // The digest in the proof includes the byte order mark.
  if (text.startsWith('\uFEFF')) return false
  const lastUpdated = isJsonObject(json.meta) ? json.meta.lastUpdated : undefined
  const updated = lastUpdated === undefined ? Number.NaN : parseInstant(lastUpdated)
  if (updated === undefined) return false
  proof.types[at] = number
  proof.updated[at] = updated
  proof.flags[at] = flagsOf(json) | lineFlags.tagged
  hashKey(written(type, json.id), proof.keys, 3 * at)
  return true
}

function flagsOf(json: unknown): number {
  const forms = referenceForms(json)
  return (
    (forms & referenceBits.any ? lineFlags.hasReference : 0) |
    (forms & referenceBits.odd ? lineFlags.oddReference : 0) |
    (forms & referenceBits.conditional ? lineFlags.conditionalReference : 0)
  )
}

/** Adds the references in the unproven parts of a line to the facts of its proof. */
export function addReferences(parts: readonly LinePart[], proof: Proof, at: number): void {
  for (const { path, unknown, value } of parts) {
    const name = unknown ?? path.at(-1) ?? ''
    if (typeof value === 'object') proof.flags[at] = (proof.flags[at] ?? 0) | flagsOf({ [name]: value })
  }
}

function written(type: string, id: string): Uint8Array {
  const length = bytes.write(type, 'latin1')
  bytes[length] = 47
  return bytes.subarray(0, length + 1 + bytes.write(id, length + 1, 'latin1'))
}

/** The resources of a proof, in runs of the same type. */
export function* resourceRuns(
  { lines, types, flags, updated }: Proof,
  validity: Uint8Array,
  {
    file,
    firstLine,
    least,
  }: { readonly file: OutputFile; readonly firstLine: number; readonly least: number },
): Generator<ResourceLines> {
  const references = new Uint8Array(lines)
  const dated = new Uint8Array(lines)
  for (let from = 0; from < lines; from += 1) {
    if ((validity[from] ?? 0) < least) continue
    const type = types[from] ?? 0
    let to = from
    for (; to < lines && (validity[to] ?? 0) >= least && types[to] === type; to += 1) {
      const flag = flags[to] ?? 0
      references[to] =
        (flag & lineFlags.hasReference ? referenceBits.any : 0) |
        (flag & lineFlags.oddReference ? referenceBits.odd : 0) |
        (flag & lineFlags.conditionalReference ? referenceBits.conditional : 0)
      dated[to] = Number.isNaN(updated[to]) ? 0 : 1
    }
    yield {
      file,
      first: firstLine + from,
      count: to - from,
      type: resourceTypeNames()[type] ?? '',
      dated: dated.subarray(from, to),
      references: references.subarray(from, to),
    }
    from = to - 1
  }
}
