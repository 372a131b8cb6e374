import type { ResourceProblem } from '../model/fhir/resource-problem.ts'
import type { R4Invariant } from '../r4/model.ts'
import type { UncheckedListener } from './codes/code-of-system.ts'
import { judgeArray, judgeComplex, judgePrimitive, r4ObjectKinds } from './judge-resource.ts'
import { mayHaveLooseInteger } from './judge-line.ts'
import { memberRules } from './judge-members.ts'
import type { BoundInvariant, ObjectProperty } from './object-kinds.ts'
import { unknownElement } from './report-problems.ts'
import { maxProblems, noObject, startStructureWalk } from './walk.ts'
import { countNamesInText, minJsonLength, countNamesInValue } from './json-size.ts'

/** A part of a JSON line that is a valid resource outside of its parts. */
export interface LinePart {
  /** Names of the elements from the root to the one whose value it is, or to the object around it if its name is unknown. */
  readonly path: readonly string[]
  /** Its name, if FHIR does not define it. */
  readonly unknown?: string
  readonly text: string
  /** The result of JSON.parse for the text. */
  readonly value: unknown
}

/** Elements that rules of the whole resource concern, so that a part does not decide them. */
const elementsOfWhole: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'contained'])

/** The line of a deeper part may be too deep. */
const maxPartNesting = 100

/** The problems of a resource in which only these parts can be wrong, as `judgeLine` finds them; `undefined` if the parts do not decide them. */
export function judgeParts(
  type: string,
  parts: readonly LinePart[],
  onUnchecked?: UncheckedListener,
): readonly ResourceProblem[] | undefined {
  const problems: ResourceProblem[] = []
  const systems: string[] = []
  const unknown = new Set<string>()
  for (const { path, unknown: name, text, value } of parts) {
    // A local reference leads elsewhere in the resource, and may be written with escapes.
    if (elementsOfWhole.has(path[0] ?? '') || text.includes('"#') || text.includes('\\u')) return undefined
    if (name !== undefined && unknown.has(name)) return undefined
    if (name !== undefined) unknown.add(name)
    const least = minJsonLength(value, maxPartNesting)
    if (Number.isNaN(least)) return undefined
    if (
      text.length > least &&
      (countNamesInText(text) !== countNamesInValue(value) || mayHaveLooseInteger(`:${text},`))
    )
      return undefined
    const part = name === undefined ? { value } : { unknown: name }
    const found = judgePart(type, path, part, (it) => systems.push(it))
    if (found === undefined) return undefined
    problems.push(...found)
  }
  if (problems.length >= maxProblems) return undefined
  if (onUnchecked) for (const it of systems) onUnchecked(it)
  return problems
}

/**
 * The problems of the value of an element, or of an unknown name, in a resource that is otherwise valid; `undefined` if they depend on the rest of
 * the resource. The path leads from the root of a resource of the given type to the element, or to the object with the unknown name.
 */
function judgePart(
  type: string,
  path: readonly string[],
  part: { readonly value: unknown } | { readonly unknown: string },
  onUnchecked: UncheckedListener,
): readonly ResourceProblem[] | undefined {
  const kinds = r4ObjectKinds()
  const walk = startStructureWalk(kinds, onUnchecked)
  walk.types[0] = type
  let kind = kinds.byName.get(type)
  let rules: readonly BoundInvariant[] = []
  for (const [at, name] of path.entries()) {
    const property = kind?.properties.get(name)
    // Such a rule reads the whole object, not only this part.
    if (!kind || !property || concernsElement(kind.rules, property) || concernsElement(rules, property))
      return undefined
    if (memberRules[kind.name]?.reads.includes(name) || property.elementId) return undefined
    if (at === path.length - 1 && !('unknown' in part)) break
    if (property.kind === undefined || property.codes !== undefined) return undefined
    walk.path[walk.depth++] = property
    kind = property.kind
    rules = property.rules
  }
  if ('unknown' in part) {
    // Invariants take the name for a choice element if it begins like one.
    const like = { name: part.unknown.replace(/^_/, ''), choice: true }
    if (!kind || concernsElement(kind.rules, like) || concernsElement(rules, like)) return undefined
    unknownElement(walk, part.unknown)
  } else {
    const property = kind?.properties.get(path.at(-1) ?? '')
    if (property === undefined || property.shadow) return undefined
    // A null depends on the extensions beside it.
    if (property.form > 0 && part.value === null) return undefined
    if (property.array) judgeArray(walk, property, part.value, noObject)
    else if (property.form > 0) judgePrimitive(walk, property, part.value)
    else if (property.kind === undefined) return undefined
    else judgeComplex(walk, property, part.value)
  }
  // Other elements may have the same ids, or be what is meant.
  if (walk.ids !== undefined || walk.fragments !== undefined) return undefined
  return walk.problems
}

// Whether one of the rules reads an element, or something in it.
function concernsElement(
  rules: readonly BoundInvariant[],
  { name, choice }: Pick<ObjectProperty, 'name' | 'choice'>,
): boolean {
  return rules.some(({ invariant, element }) => {
    if (element === name) return true
    for (const it of wordsOf(invariant)) if (it === name || (choice && name.startsWith(it))) return true
    return false
  })
}

const words = new Map<R4Invariant, ReadonlySet<string>>()

function wordsOf(invariant: R4Invariant): ReadonlySet<string> {
  const known = words.get(invariant)
  if (known) return known
  const found = new Set(invariant.expression.match(/[A-Za-z]+/g))
  words.set(invariant, found)
  return found
}
