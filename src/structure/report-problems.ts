import type { StructureRule } from '../model/fhir/resource-problem.ts'
import type { ObjectKind, ObjectProperty } from './object-kinds.ts'
import { addProblem, elementPath, objectPath, type StructureWalk } from './walk.ts'

/** Reports an element that the type of the object does not define. */
export function unknownElement(walk: StructureWalk, name: string): void {
  const known = walk.kinds.known.has(name.startsWith('_') ? name.slice(1) : name)
  const path = objectPath(walk)
  addProblem(
    walk,
    known ? `${path}.${name}` : path,
    'unknown-element',
    'elements that the type defines',
    known ? 'an element of other types' : 'a name that FHIR R4 does not define',
  )
}

/** Reports the missing mandatory elements of an object; `seen` has the bits of the present ones. */
export function reportMissing(walk: StructureWalk, kind: ObjectKind, seen: number): void {
  for (const { bit, name } of kind.needs)
    if ((seen & bit) === 0) addProblem(walk, `${objectPath(walk)}.${name}`, 'min', 'at least one', 'none')
}

/** The actual of a finding if no code is in the value set. */
export const noCode = 'no code of the value set'

/** Reports a code that is not in the value set of its element. */
export function reportNotBound(walk: StructureWalk, property: ObjectProperty, actual: string): void {
  const set = property.valueSet === undefined ? '' : ` ${property.valueSet}`
  addProblem(walk, elementPath(walk, property), 'binding', `a code of the value set${set}`, actual)
}

/** Reports a value of the wrong kind. */
export function reportWrongValue(
  walk: StructureWalk,
  property: ObjectProperty,
  rule: StructureRule,
  expected: string | undefined,
  value: unknown,
): void {
  addProblem(walk, elementPath(walk, property), rule, expected ?? '', describeValue(value))
}

/** The kind of a JSON value in words, without the value. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  if (typeof value === 'boolean') return 'true or false'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Reports a null at the same index in an array of primitive values and in the array of their extensions. */
export function nullInBoth(walk: StructureWalk, property: ObjectProperty): void {
  addProblem(
    walk,
    elementPath(walk, property),
    'null',
    'null only where the other array has an entry',
    'null in both arrays',
  )
}
