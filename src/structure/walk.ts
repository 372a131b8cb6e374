import type { ResourceProblem } from '../model/fhir/resource-problem.ts'
import type { ObjectKinds, ObjectProperty } from './object-kinds.ts'
import type { JsonObject } from '../model/json.ts'
import type { InvariantContext } from './invariants/rule.ts'

/** Where the explaining path is in a resource. Paths are only written out for a problem. */
export interface StructureWalk extends InvariantContext {
  readonly kinds: ObjectKinds
  readonly problems: ResourceProblem[]
  resource: JsonObject
  root: JsonObject
  /** How many objects are around the present one. */
  depth: number
  /** The elements that are around the present object, from the root on. */
  readonly path: ObjectProperty[]
  /** The type of the resource that begins at a depth. */
  readonly types: (string | undefined)[]
  inContained: boolean
  /** References to contained resources, met anywhere in the resource at the root. */
  locals: Set<string> | undefined
  /** Types of the resources contained in the one at the root, by id: made when the first reference asks for it. */
  contained: ReadonlyMap<string, unknown> | undefined
}

export const noObject: JsonObject = {}

/** A walk that has not begun. */
export function startStructureWalk(kinds: ObjectKinds): StructureWalk {
  return {
    kinds,
    problems: [],
    resource: noObject,
    root: noObject,
    depth: 0,
    path: [],
    types: [],
    inContained: false,
    locals: undefined,
    contained: undefined,
  }
}

/** Path of the object that the walk is in. */
export function objectPath({ path, types, depth }: StructureWalk): string {
  let text = types[0] ?? 'Resource'
  for (let i = 0; i < depth; i++) {
    text += `.${path[i]?.name}`
    const type = types[i + 1]
    if (type !== undefined) text += `(${type})`
  }
  return text
}

/** Path of an element of that object. */
export function elementPath(walk: StructureWalk, { name }: ObjectProperty): string {
  return `${objectPath(walk)}.${name}`
}

/** More of one resource are not told: it may be a line of 16 MiB. */
export const maxProblems = 10_000

/** Notes a problem unless there are enough. */
export function addProblem(
  walk: StructureWalk,
  path: string,
  rule: string,
  expected: string,
  actual: string,
): void {
  if (walk.problems.length < maxProblems) walk.problems.push({ path, rule, expected, actual })
}
