import { createHash } from 'node:crypto'
import { isJsonObject, type JsonObject } from '../model/json.ts'
import { codeOutsideSystem, isDecidedSystem } from './codes/code-of-system.ts'
import { addProblem, objectPath, type StructureWalk } from './walk.ts'

/** Judges what the members of an object say of one another. */
interface MemberRule {
  readonly reads: readonly string[]
  readonly judge: (walk: StructureWalk, node: JsonObject) => void
}

/** Types whose code is of a system. */
export const codedTypes: readonly string[] = ['Coding', 'Quantity', 'Age', 'Count', 'Distance', 'Duration']

/** Rules on kinds of objects that are no invariants, by the kinds' names. */
export const memberRules: Readonly<Record<string, MemberRule>> = {
  Attachment: { reads: ['data', 'size', 'hash'], judge: judgeAttachment },
  'Bundle.entry': { reads: ['fullUrl', 'resource'], judge: judgeEntry },
  ...Object.fromEntries(
    codedTypes.map((it) => [it, { reads: ['system', 'version', 'code'], judge: judgeCode }]),
  ),
}

function judgeCode(walk: StructureWalk, node: JsonObject): void {
  const { system, code } = node
  if (typeof system !== 'string' || typeof code !== 'string') return
  if (!isDecidedSystem(system)) walk.onUnchecked?.(system)
  const expected = codeOutsideSystem(node)
  if (expected !== undefined)
    addProblem(walk, `${objectPath(walk)}.code`, 'code-of-system', expected, 'another code')
}

function judgeAttachment(walk: StructureWalk, { data, size, hash }: JsonObject): void {
  if (typeof data !== 'string' || (size === undefined && hash === undefined)) return
  const bytes = Buffer.from(data, 'base64')
  const say = (name: string, expected: string) =>
    addProblem(walk, `${objectPath(walk)}.${name}`, 'attachment', expected, 'another value')
  if (typeof size === 'number' && size !== bytes.length) say('size', 'the number of bytes of the data')
  if (
    typeof hash === 'string' &&
    hash.replace(/\s/g, '') !== createHash('sha1').update(bytes).digest('base64')
  )
    say('hash', 'the SHA-1 hash of the data, in base64')
}

/** A URL that a FHIR server may have for a resource (references.html), and its type and id. */
const restful = /^https?:\/\/.*\/([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(\/_history\/[^/]*)?$/

function judgeEntry(walk: StructureWalk, { fullUrl, resource }: JsonObject): void {
  if (typeof fullUrl !== 'string' || !isJsonObject(resource)) return
  const [, type, id, version] = restful.exec(fullUrl) ?? []
  if (type === undefined || !walk.kinds.resources.has(type)) return
  const say = (expected: string, actual: string) =>
    addProblem(walk, `${objectPath(walk)}.fullUrl`, 'full-url', expected, actual)
  if (version !== undefined) say('a URL without a version', 'a URL with a version')
  if (typeof resource.id === 'string' && resource.id !== id)
    say('a URL with the id of the resource', 'another id')
  if (typeof resource.resourceType === 'string' && resource.resourceType !== type)
    say('a URL with the type of the resource', 'another type')
}
