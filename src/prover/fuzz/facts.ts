import { hashKey, hashLine } from '../../model/hash.ts'
import type { R4Model } from '../../r4/model.ts'
import { lineFlags, type Proof } from '../prover.ts'

type Json = Readonly<Record<string, unknown>>

/** What is to be known of a line that is proven, as a text that can be compared. */
export function factsOf(text: string, model: R4Model, fhirUrl: string): string {
  const resource = JSON.parse(text) as Json
  const type = String(resource.resourceType)
  const references = [...referencesIn(resource)]
  const local = references.flatMap(({ reference, path }) => {
    const key = localKey(reference, model, fhirUrl)
    if (key === undefined) return []
    const isTaken = model.types[type]?.compartment?.includes(path) === true && key.startsWith('Patient/')
    return [`${hash(key)}${isTaken ? '*' : ''}`]
  })
  const meta = (resource.meta ?? {}) as Json
  return JSON.stringify({
    type,
    key: hash(`${type}/${resource.id}`),
    digest: digest(text.trim()),
    updated: typeof meta.lastUpdated === 'string' ? Date.parse(meta.lastUpdated) : null,
    flags:
      (references.length > 0 ? lineFlags.hasReference : 0) |
      (references.some((it) => isOdd(it.reference, model, fhirUrl)) ? lineFlags.oddReference : 0) |
      (meta.tag === undefined ? 0 : lineFlags.tagged) |
      (resource.contained === undefined ? 0 : lineFlags.contained),
    elements: (model.types[type]?.elements ?? [])
      .filter(({ name }) => resource[name] !== undefined || resource[`_${name}`] !== undefined)
      .map(({ name }) => name),
    local,
  })
}

/** What a proof says of one of its lines, as the same text. */
export function factsIn(proof: Proof, line: number, model: R4Model): string {
  const type = model.resources[proof.types[line] ?? 0] ?? ''
  const updated = proof.updated[line] ?? Number.NaN
  const local: string[] = []
  for (
    let i = line === 0 ? 0 : (proof.referencesEnd[line - 1] ?? 0);
    i < (proof.referencesEnd[line] ?? 0);
    i++
  )
    local.push(`${words(proof.references, i * 3, 3)}${proof.compartment[i] === 1 ? '*' : ''}`)
  return JSON.stringify({
    type,
    key: words(proof.keys, line * 3, 3),
    digest: words(proof.digests, line * 2, 2),
    updated: Number.isNaN(updated) ? null : updated,
    flags: proof.flags[line],
    elements: (model.types[type]?.elements ?? [])
      .filter((_, i) => (((proof.elements[line * 4 + (i >> 5)] ?? 0) >>> (i & 31)) & 1) === 1)
      .map(({ name }) => name),
    local,
  })
}

function words(array: Uint32Array, at: number, length: number): string {
  return array.slice(at, at + length).join(' ')
}

function hash(text: string): string {
  const out = new Uint32Array(3)
  hashKey(Buffer.from(text), out)
  return out.join(' ')
}

function digest(text: string): string {
  const out = new Uint32Array(2)
  hashLine(Buffer.from(text), out)
  return out.join(' ')
}

const relative = /^([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/

function localKey(reference: string, { resources }: R4Model, fhirUrl: string): string | undefined {
  const text = reference.startsWith(`${fhirUrl}/`) ? reference.slice(fhirUrl.length + 1) : reference
  const type = relative.exec(text)?.[1]
  return type !== undefined && resources.includes(type) ? text.split('/_history/')[0] : undefined
}

function isOdd(reference: string, model: R4Model, fhirUrl: string): boolean {
  const isKnownForm = /^[A-Za-z][A-Za-z0-9+.-]*:/.test(reference) || reference.startsWith('#')
  return !isKnownForm && localKey(reference, model, fhirUrl) === undefined
}

// A Reference is told from other objects that have such an element by what no prover lets through there: an object that is its value.
function* referencesIn(value: unknown, path = ''): Iterable<{ reference: string; path: string }> {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const it of value) yield* referencesIn(it, path)
    return
  }
  for (const [name, it] of Object.entries(value)) {
    if (name === 'reference' && typeof it === 'string' && isReference(value as Json))
      yield { reference: it, path }
    else yield* referencesIn(it, path === '' ? name : `${path}.${name}`)
  }
}

const ofReferences = new Set([
  'id',
  'extension',
  'reference',
  '_reference',
  'type',
  '_type',
  'identifier',
  'display',
  '_display',
])

function isReference(value: Json): boolean {
  return Object.keys(value).every((name) => ofReferences.has(name))
}
