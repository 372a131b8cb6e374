import { objectsIn } from './invariants/json-object.ts'
import type { ObjectProperty } from './object-kinds.ts'
import { isText } from './primitives.ts'
import { isSoundUrn, urnText } from './uris.ts'
import { objectPath, addProblem, type StructureWalk } from './walk.ts'
import type { JsonObject } from '../model/json.ts'

const idForm = 8
const hash = 35

/** Judges the type of the target of the Reference that the walk is in, if the Reference names one. */
export function judgeReference(walk: StructureWalk, property: ObjectProperty, node: JsonObject): void {
  const { reference, type } = node
  const { targets } = property
  const { resources } = walk.kinds
  if (typeof reference === 'string') {
    if (reference.charCodeAt(0) === hash) judgeLocal(walk, property, reference)
    else if (!isSoundUrn(reference))
      addProblem(walk, `${objectPath(walk)}.reference`, 'urn', urnText, 'a URN in another form')
    else if (targets !== undefined && !isToAllowedType(targets, reference)) {
      const actual = typeNamedBy(resources, reference)
      if (actual !== undefined) judgeTarget(walk, targets, actual)
    }
  }
  if (typeof type !== 'string') return
  const plain = type.startsWith(definitions) ? type.slice(definitions.length) : type
  if (!resources.has(plain)) return
  if (targets !== undefined) judgeTarget(walk, targets, plain)
  const named = typeof reference === 'string' ? typeNamedBy(resources, reference) : undefined
  if (named === undefined || named === plain) return
  const expected = 'the type of the resource that the reference names'
  addProblem(walk, `${objectPath(walk)}.type`, 'reference-target', expected, 'another type')
}

const definitions = 'http://hl7.org/fhir/StructureDefinition/'

// Most references are relative and to an allowed type.
function isToAllowedType(targets: ReadonlySet<string>, reference: string): boolean {
  for (const target of targets)
    if (reference.charCodeAt(target.length) === 47 && reference.startsWith(target)) return true
  return false
}

function judgeTarget(walk: StructureWalk, targets: ReadonlySet<string>, actual: string): void {
  if (targets.has(actual)) return
  const expected = `a reference to ${[...targets].join(' or ')}`
  addProblem(walk, objectPath(walk), 'reference-target', expected, `a reference to ${actual}`)
}

// `#` alone refers to the containing resource.
function judgeLocal(walk: StructureWalk, { targets }: ObjectProperty, reference: string): void {
  if (reference.length === 1) {
    const { resourceType } = walk.root
    if (targets !== undefined && walk.kinds.resources.has(String(resourceType)))
      judgeTarget(walk, targets, String(resourceType))
    return
  }
  walk.locals ??= new Set()
  walk.locals.add(reference)
  walk.contained ??= typesById(walk.root)
  const id = reference.slice(1)
  if (walk.contained.has(id)) {
    const type = walk.contained.get(id)
    if (targets !== undefined && typeof type === 'string' && walk.kinds.resources.has(type))
      judgeTarget(walk, targets, type)
    return
  }
  const expected = 'SHALL have a contained resource if a local reference is provided'
  addProblem(walk, objectPath(walk), 'ref-1', expected, 'no contained resource with that id')
}

function typesById(root: JsonObject): ReadonlyMap<string, unknown> {
  const types = new Map<string, unknown>()
  for (const { id, resourceType } of objectsIn(root, 'contained'))
    if (typeof id === 'string' && !types.has(id)) types.set(id, resourceType)
  return types
}

/** The type in `Type/id`, in `Type/id/_history/version` or in a URL that ends so; `undefined` for any other text. */
function typeNamedBy(resources: ReadonlySet<string>, reference: string): string | undefined {
  // A conditional reference, such as Practitioner?identifier=…, names no resource.
  if (reference.includes('?')) return undefined
  const history = reference.lastIndexOf('/_history/')
  const isVersioned = history >= 0 && !reference.includes('/', history + 10)
  const plain = isVersioned ? reference.slice(0, history) : reference
  const end = plain.lastIndexOf('/')
  const start = plain.lastIndexOf('/', end - 1) + 1
  const type = plain.slice(start, Math.max(end, 0))
  if (!resources.has(type) || end + 1 === plain.length || !isText(idForm, plain.slice(end + 1)))
    return undefined
  // Before the type is a URL with a host, or nothing.
  return start === 0 || /^https?:\/\/[^/]/.test(plain) ? type : undefined
}
