import type { ResourceProblem } from '../model/fhir/resource-problem.ts'
import type { UncheckedListener } from './codes/code-of-system.ts'
import type { ObjectKinds, ObjectProperty } from './object-kinds.ts'
import type { JsonObject } from '../model/json.ts'
import type { InvariantContext } from './invariants/rule.ts'

/** The position of the walk in a resource. Paths become text only for a problem. */
export interface StructureWalk extends InvariantContext {
  readonly kinds: ObjectKinds
  readonly problems: ResourceProblem[]
  readonly onUnchecked: UncheckedListener | undefined
  resource: JsonObject
  root: JsonObject
  /** Number of objects around the current one. */
  depth: number
  /** The elements around the current object, from the root. */
  readonly path: ObjectProperty[]
  /** The type of the resource that begins at a depth. */
  readonly types: (string | undefined)[]
  inContained: boolean
  /** References to contained resources, from anywhere in the root resource. */
  locals: Set<string> | undefined
  /** Ids of elements of the root resource and of what it contains. */
  ids: Set<string> | undefined
  /** URIs that begin with #, from anywhere in the root resource. */
  fragments: LocalUri[] | undefined
  /** Types of the contained resources of the root resource by id, made for the first reference to one. */
  contained: ReadonlyMap<string, unknown> | undefined
}

/** A URI that names something within its resource. */
interface LocalUri {
  readonly id: string
  readonly path: string
  readonly isCanonical: boolean
}

export const noObject: JsonObject = {}

/** The walk before the first object. */
export function startStructureWalk(kinds: ObjectKinds, onUnchecked?: UncheckedListener): StructureWalk {
  return {
    kinds,
    problems: [],
    onUnchecked,
    resource: noObject,
    root: noObject,
    depth: 0,
    path: [],
    types: [],
    inContained: false,
    locals: undefined,
    ids: undefined,
    fragments: undefined,
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

/** Maximum number of problems of one resource, which may be a line of 16 MiB. */
export const maxProblems = 10_000

/** Adds a problem unless there are `maxProblems` already. */
export function addProblem(
  walk: StructureWalk,
  path: string,
  rule: string,
  expected: string,
  actual: string,
): void {
  if (walk.problems.length < maxProblems) walk.problems.push({ path, rule, expected, actual })
}
