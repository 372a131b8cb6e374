import type { ObjectProperty } from './object-kinds.ts'
import { textExpected, textFlaw } from './primitives.ts'
import { addProblem, elementPath, type StructureWalk } from './walk.ts'

/** Judges a string or a markdown that has the form of its type, and the id of an element. */
export function judgeText(walk: StructureWalk, property: ObjectProperty, value: string): void {
  const flaw = textFlaw(value)
  if (flaw !== undefined) addProblem(walk, elementPath(walk, property), 'text', textExpected, flaw)
  if (!property.elementId) return
  walk.ids ??= new Set()
  if (/\s/.test(value))
    addProblem(walk, elementPath(walk, property), 'format', 'an id without spaces', 'a string with a space')
  if (walk.ids.has(value))
    addProblem(
      walk,
      elementPath(walk, property),
      'unique-id',
      'different ids in a resource',
      'an id that another element has',
    )
  walk.ids.add(value)
}
