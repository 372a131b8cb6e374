import { type Node, nodes } from './invariants/node.ts'
import type { Property } from './kinds.ts'
import { isText } from './primitives.ts'
import { objectPath, report, type Walk } from './walk.ts'

const idForm = 8
const hash = 35

/** Judges a Reference, which the walk is in, against the types it may be to, and against the one it says. What names no type is undecided. */
export function judgeReference(walk: Walk, property: Property, node: Node): void {
  const { reference, type } = node
  const { targets } = property
  const { resources } = walk.kinds
  if (typeof reference === 'string') {
    if (reference.charCodeAt(0) === hash) judgeLocal(walk, property, reference)
    else if (targets !== undefined && !leadsTo(targets, reference)) {
      const actual = typeOf(resources, reference)
      if (actual !== undefined) judgeTarget(walk, targets, actual)
    }
  }
  if (typeof type !== 'string') return
  const plain = type.startsWith(definitions) ? type.slice(definitions.length) : type
  if (!resources.has(plain)) return
  if (targets !== undefined) judgeTarget(walk, targets, plain)
  const named = typeof reference === 'string' ? typeOf(resources, reference) : undefined
  if (named === undefined || named === plain) return
  const expected = 'a type that is that of the resource referred to'
  report(walk, `${objectPath(walk)}.type`, 'reference-target', expected, 'another type')
}

const definitions = 'http://hl7.org/fhir/StructureDefinition/'

// What most references are: relative, and to a type that is allowed.
function leadsTo(targets: ReadonlySet<string>, reference: string): boolean {
  for (const target of targets)
    if (reference.charCodeAt(target.length) === 47 && reference.startsWith(target)) return true
  return false
}

function judgeTarget(walk: Walk, targets: ReadonlySet<string>, actual: string): void {
  if (targets.has(actual)) return
  const expected = `a reference to ${[...targets].join(' or ')}`
  report(walk, objectPath(walk), 'reference-target', expected, `a reference to ${actual}`)
}

// `#` alone is the resource that contains.
function judgeLocal(walk: Walk, { targets }: Property, reference: string): void {
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
  report(walk, objectPath(walk), 'ref-1', expected, 'no contained resource of that id')
}

function typesById(root: Node): ReadonlyMap<string, unknown> {
  const types = new Map<string, unknown>()
  for (const { id, resourceType } of nodes(root, 'contained'))
    if (typeof id === 'string' && !types.has(id)) types.set(id, resourceType)
  return types
}

/** The type that `Type/id`, `Type/id/_history/version` or such a URL names; undefined for all else. */
export function typeOf(resources: ReadonlySet<string>, reference: string): string | undefined {
  // A condition, such as Practitioner?identifier=…, names no resource.
  if (reference.includes('?')) return undefined
  const history = reference.lastIndexOf('/_history/')
  const isVersioned = history >= 0 && !reference.includes('/', history + 10)
  const plain = isVersioned ? reference.slice(0, history) : reference
  const end = plain.lastIndexOf('/')
  const start = plain.lastIndexOf('/', end - 1) + 1
  const type = plain.slice(start, Math.max(end, 0))
  if (!resources.has(type) || end + 1 === plain.length || !isText(idForm, plain.slice(end + 1)))
    return undefined
  // What stands before the type is a URL with a host, or nothing.
  return start === 0 || /^https?:\/\/[^/]/.test(plain) ? type : undefined
}
