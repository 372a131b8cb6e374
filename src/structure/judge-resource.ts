import type { ResourceProblem } from '../model/fhir/resource-problem.ts'
import { r4Model } from '../r4/load.ts'
import { hasNoCode, satisfiesBinding } from './codes/binding.ts'
import type { UncheckedListener } from './codes/code-of-system.ts'
import { judgeContained } from './contained.ts'
import { memberRules } from './judge-members.ts'
import {
  type BoundInvariant,
  type ObjectKind,
  type ObjectKinds,
  objectKinds,
  type ObjectProperty,
  typeName,
} from './object-kinds.ts'
import { forms, formTexts, isNumber, isText } from './primitives.ts'
import { judgeReference } from './reference.ts'
import { judgeText } from './judge-text.ts'
import { judgeFragments, judgeUri } from './uris.ts'
import {
  describeValue,
  noCode,
  nullInBoth,
  reportMissing,
  reportNotBound,
  reportWrongValue,
  unknownElement,
} from './report-problems.ts'
import { elementPath, objectPath, addProblem, startStructureWalk, type StructureWalk } from './walk.ts'
import { isJsonObject, type JsonObject } from '../model/json.ts'

let cachedKinds: ObjectKinds | undefined

/** The kinds of objects in FHIR R4, prepared once in each thread. */
export function r4ObjectKinds(): ObjectKinds {
  cachedKinds ??= objectKinds(r4Model())
  return cachedKinds
}

/** The first 10,000 problems of a parsed resource. Unlike `judgeLine` it does not see duplicate names, and its depth is limited by the stack. */
export function judgeResourceStructure(
  resource: unknown,
  kinds: ObjectKinds = r4ObjectKinds(),
  onUnchecked?: UncheckedListener,
): readonly ResourceProblem[] {
  const walk = startStructureWalk(kinds, onUnchecked)
  if (!isJsonObject(resource)) {
    const actual = describeValue(resource)
    return [{ path: 'Resource', rule: 'resource-type', expected: 'a resource: a JSON object', actual }]
  }
  judgeResource(walk, resource, false)
  return walk.problems
}

function judgeResource(walk: StructureWalk, node: JsonObject, contained: boolean): void {
  const type = node.resourceType
  const kind =
    typeof type === 'string' && walk.kinds.resources.has(type) ? walk.kinds.byName.get(type) : undefined
  if (!kind) {
    const actual = typeof type === 'string' ? 'another name' : describeValue(type)
    addProblem(walk, objectPath(walk), 'resource-type', 'the name of a resource type of FHIR R4', actual)
    return
  }
  const { resource, root, inContained, locals, ids, fragments, contained: known } = walk
  walk.resource = node
  if (!contained) {
    walk.root = node
    walk.locals = undefined
    walk.contained = undefined
    walk.ids = undefined
    walk.fragments = undefined
  }
  walk.inContained = contained
  walk.types[walk.depth] = kind.name
  judgeObject(walk, node, kind)
  if (kind.properties.has('contained') && !contained) judgeContained(walk, node)
  if (!contained) judgeFragments(walk, node)
  walk.types[walk.depth] = undefined
  walk.resource = resource
  walk.root = root
  walk.inContained = inContained
  if (contained) return
  walk.locals = locals
  walk.ids = ids
  walk.fragments = fragments
  walk.contained = known
}

const ele1 = 'an element has a value or children besides its id'

// Looks names up in a prepared map and keeps in bits which elements it has seen: it allocates nothing and visits no absent element.
function judgeObject(walk: StructureWalk, node: JsonObject, kind: ObjectKind): void {
  let seen = 0
  let names = 0
  let last: { next: ObjectProperty | undefined } = kind
  for (const name in node) {
    names++
    let property = last.next
    if (property === undefined || property.key !== name) {
      property = kind.properties.get(name)
      if (property === undefined) {
        unknownElement(walk, name)
        continue
      }
      last.next = property
    }
    last = property
    const { bit } = property
    if (bit !== 0) {
      if (property.choice && (seen & bit) !== 0) judgeChoice(walk, { node, kind, bit, name: property.name })
      seen |= bit
    }
    const value = node[name]
    if (property.array) judgeArray(walk, property, value, node)
    else if (property.form > 0) judgePrimitive(walk, property, value)
    else if (property.shadow) judgeShadow(walk, property, value, isThere(node[property.sibling]))
    else if (property.form !== typeName) judgeComplex(walk, property, value)
  }
  if (names === 0)
    addProblem(walk, objectPath(walk), 'empty', 'an object that is not empty', 'an empty object')
  else if (names === 1 && node.id !== undefined && !kind.resource && !kind.shadow)
    addProblem(walk, objectPath(walk), 'ele-1', ele1, 'only an id')
  if ((seen & kind.needed) !== kind.needed && names !== 0) reportMissing(walk, kind, seen)
  memberRules[kind.name]?.judge(walk, node)
  if (kind.rules.length !== 0) judgeInvariants(walk, node, kind.rules)
}

// Four arguments instead of an object, because most of the time is spent here.
/** Judges the value of an element that can repeat; `node` is the object that has it. */
export function judgeArray(
  walk: StructureWalk,
  property: ObjectProperty,
  value: unknown,
  node: JsonObject,
): void {
  if (!Array.isArray(value)) {
    reportWrongValue(walk, property, value === null ? 'null' : 'array', 'an array', value)
    return
  }
  if (value.length === 0) reportWrongValue(walk, property, 'empty', 'an array that is not empty', value)
  if (value.length > property.max)
    addProblem(walk, elementPath(walk, property), 'max', `at most ${property.max}`, 'more')
  if (property.shadow) judgeShadows(walk, property, value, node)
  else if (property.form <= 0) for (const item of value) judgeComplex(walk, property, item)
  else
    for (let i = 0; i < value.length; i++) {
      if (value[i] !== null) judgePrimitive(walk, property, value[i])
      else if (!isThere(itemOf(node[property.sibling], i))) nullInBoth(walk, property)
    }
}

// Values and their extensions are in two arrays; each has null where only the other has an entry.
function judgeShadows(
  walk: StructureWalk,
  property: ObjectProperty,
  shadows: readonly unknown[],
  node: JsonObject,
): void {
  const values = node[property.sibling]
  if (Array.isArray(values) && values.length !== shadows.length)
    addProblem(
      walk,
      elementPath(walk, property),
      'array-length',
      'arrays of equal length for values and their extensions, filled with null',
      'arrays of different lengths',
    )
  for (let i = 0; i < shadows.length; i++) {
    const hasValue = isThere(itemOf(values, i))
    if (shadows[i] !== null) judgeShadow(walk, property, shadows[i], hasValue)
    // If there is an array of values, judging it has reported a null in both.
    else if (!hasValue && !Array.isArray(values)) nullInBoth(walk, property)
  }
}

function judgeShadow(
  walk: StructureWalk,
  property: ObjectProperty,
  shadow: unknown,
  hasValue: boolean,
): void {
  judgeComplex(walk, property, shadow)
  if (!hasValue && property.needsCode) reportNotBound(walk, property, 'extensions and no code')
  if (hasValue || !isJsonObject(shadow) || shadow.id === undefined || shadow.extension !== undefined) return
  addProblem(walk, elementPath(walk, property), 'ele-1', ele1, 'only an id')
}

function itemOf(array: unknown, i: number): unknown {
  return Array.isArray(array) ? array[i] : undefined
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** Judges one value of a primitive element. */
export function judgePrimitive(walk: StructureWalk, property: ObjectProperty, value: unknown): void {
  const { form } = property
  if (typeof value === 'string') {
    if (form === forms.uri && value === property.last) return
    if (form <= 5) reportWrongValue(walk, property, 'json-type', formTexts[form], value)
    else if (value.length === 0) reportWrongValue(walk, property, 'empty', formTexts[form], value)
    else if (!isText(form, value))
      addProblem(
        walk,
        elementPath(walk, property),
        'format',
        formTexts[form] ?? '',
        'a string in another form',
      )
    else if (property.codes !== undefined && !property.codes.has(value))
      reportNotBound(walk, property, noCode)
    else if (form === forms.uri) {
      if (judgeUri(walk, property, value)) property.last = value
    } else if (form === forms.string || form === forms.markdown) judgeText(walk, property, value)
    else if (property.grammar !== undefined && !property.grammar.matches(value))
      addProblem(walk, elementPath(walk, property), 'binding', property.grammar.expected, 'another code')
  } else if (typeof value === 'number') {
    if (form > 5 || form < 2) reportWrongValue(walk, property, 'json-type', formTexts[form], value)
    else if (!isNumber(form, value))
      addProblem(walk, elementPath(walk, property), 'format', formTexts[form] ?? '', 'another number')
  } else if (typeof value !== 'boolean' || form !== 1) {
    const rule = value === null ? 'null' : Array.isArray(value) ? 'array' : 'json-type'
    reportWrongValue(walk, property, rule, formTexts[form], value)
  }
}

/** Judges one value of an element that is an object. */
export function judgeComplex(walk: StructureWalk, property: ObjectProperty, value: unknown): void {
  if (!isJsonObject(value)) {
    const rule = value === null ? 'null' : Array.isArray(value) ? 'array' : 'json-type'
    reportWrongValue(walk, property, rule, 'an object', value)
    return
  }
  walk.path[walk.depth++] = property
  const { kind } = property
  if (kind === undefined) judgeInnerResource(walk, property, value)
  else {
    judgeObject(walk, value, kind)
    if (kind.reference) judgeReference(walk, property, value)
    if (property.rules.length !== 0) judgeInvariants(walk, value, property.rules)
  }
  walk.depth--
  const { codes, system } = property
  if (codes === undefined) return
  if (satisfiesBinding(codes, system, value) && !(property.needsCode && hasNoCode(value))) return
  reportNotBound(
    walk,
    property,
    satisfiesBinding(codes, undefined, value) ? 'a code of another system' : noCode,
  )
}

// A resource in another: contained, or in a Bundle or Parameters.
function judgeInnerResource(walk: StructureWalk, { name }: ObjectProperty, resource: JsonObject): void {
  const contained = name === 'contained'
  if (contained && walk.inContained)
    addProblem(
      walk,
      objectPath(walk),
      'contained',
      'no contained resources in a contained resource',
      'a resource',
    )
  else judgeResource(walk, resource, contained)
}

function judgeInvariants(walk: StructureWalk, node: JsonObject, rules: readonly BoundInvariant[]): void {
  for (const { invariant, rule, element } of rules) {
    if (rule(node, walk)) continue
    const path = objectPath(walk)
    const at = element === undefined ? path : `${path}.${element}`
    addProblem(walk, at, invariant.key, invariant.human, 'the invariant is not met')
  }
}

function judgeChoice(
  walk: StructureWalk,
  { node, kind, bit, name }: { node: JsonObject; kind: ObjectKind; bit: number; name: string },
): void {
  for (const other in node) {
    const property = kind.properties.get(other)
    if (property === undefined || property.bit !== bit || property.name === name) continue
    addProblem(
      walk,
      `${objectPath(walk)}.${name}`,
      'choice',
      'only one of the types of the element',
      'several',
    )
    return
  }
}
