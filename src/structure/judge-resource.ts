import type { ResourceProblem, StructureRule } from '../model/fhir/resource-problem.ts'
import { r4Model } from '../r4/load.ts'
import type { R4Invariant } from '../r4/model.ts'
import { satisfiesBinding } from './binding.ts'
import { judgeContained } from './contained.ts'
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
import {
  elementPath,
  noObject,
  objectPath,
  addProblem,
  startStructureWalk,
  type StructureWalk,
} from './walk.ts'
import { isJsonObject, type JsonObject } from '../model/json.ts'

let cachedKinds: ObjectKinds | undefined

/** All that FHIR R4 knows of objects, prepared once for a thread. */
export function r4ObjectKinds(): ObjectKinds {
  cachedKinds ??= objectKinds(r4Model())
  return cachedKinds
}

/** In which ways a parsed resource is not what FHIR R4 says: the first 10,000. `judgeLine` sees more, and is not harmed by any depth. */
export function judgeResourceStructure(
  resource: unknown,
  kinds: ObjectKinds = r4ObjectKinds(),
): readonly ResourceProblem[] {
  const walk = startStructureWalk(kinds)
  if (!isJsonObject(resource)) {
    const actual = describeValue(resource)
    return [{ path: 'Resource', rule: 'resource-type', expected: 'a resource: a JSON object', actual }]
  }
  judgeResource(walk, resource, false)
  return walk.problems
}

/**
 * In which ways the value of an element, or of a name that no definition has, is not what FHIR R4 says, all around it being right; undefined if that
 * cannot be told without what is around it. The path leads from the root of a resource of the type given to the element, or to the object.
 */
export function judgePart(
  type: string,
  path: readonly string[],
  part: { readonly value: unknown } | { readonly unknown: string },
): readonly ResourceProblem[] | undefined {
  const kinds = r4ObjectKinds()
  const walk = startStructureWalk(kinds)
  walk.types[0] = type
  let kind = kinds.byName.get(type)
  let rules: readonly BoundInvariant[] = []
  for (const [at, name] of path.entries()) {
    const property = kind?.properties.get(name)
    // What such an object is held against as a whole is known of it as a whole alone.
    if (!kind || !property || concernsElement(kind.rules, property) || concernsElement(rules, property))
      return undefined
    if (at === path.length - 1 && !('unknown' in part)) break
    if (property.kind === undefined || property.codes !== undefined) return undefined
    walk.path[walk.depth++] = property
    kind = property.kind
    rules = property.rules
  }
  if ('unknown' in part) {
    // Invariants take it for a type of a choice if it begins like one.
    const like = { name: part.unknown.replace(/^_/, ''), choice: true }
    if (!kind || concernsElement(kind.rules, like) || concernsElement(rules, like)) return undefined
    unknownElement(walk, part.unknown)
  } else {
    const property = kind?.properties.get(path.at(-1) ?? '')
    if (property === undefined || property.shadow) return undefined
    // It counts for nothing there, which what extends it is to know.
    if (property.form > 0 && part.value === null) return undefined
    if (property.array) judgeArray(walk, property, part.value, noObject)
    else if (property.form > 0) judgePrimitive(walk, property, part.value)
    else if (property.kind === undefined) return undefined
    else judgeComplex(walk, property, part.value)
  }
  return walk.problems
}

// Whether one of the rules asks for an element, or for something in it.
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

function judgeResource(walk: StructureWalk, node: JsonObject, contained: boolean): void {
  const type = node.resourceType
  const kind =
    typeof type === 'string' && walk.kinds.resources.has(type) ? walk.kinds.byName.get(type) : undefined
  if (!kind) {
    const actual = typeof type === 'string' ? 'a name that is none' : describeValue(type)
    addProblem(walk, objectPath(walk), 'resource-type', 'the name of a resource type of FHIR R4', actual)
    return
  }
  const { resource, root, inContained, locals, contained: known } = walk
  walk.resource = node
  if (!contained) {
    walk.root = node
    walk.locals = undefined
    walk.contained = undefined
  }
  walk.inContained = contained
  walk.types[walk.depth] = kind.name
  judgeObject(walk, node, kind)
  if (kind.properties.has('contained') && !contained) judgeContained(walk, node)
  walk.types[walk.depth] = undefined
  walk.resource = resource
  walk.root = root
  walk.inContained = inContained
  if (contained) return
  walk.locals = locals
  walk.contained = known
}

const ele1 = 'an element has a value or children besides its id'

// Names are looked up in a prepared map and what was seen is kept in bits: nothing is allocated, nothing absent is asked for.
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
    addProblem(walk, objectPath(walk), 'empty', 'an object with something in it', 'an empty object')
  else if (names === 1 && node.id !== undefined && !kind.resource && !kind.shadow)
    addProblem(walk, objectPath(walk), 'ele-1', ele1, 'an id alone')
  if ((seen & kind.needed) !== kind.needed && names !== 0) reportMissing(walk, kind, seen)
  if (kind.rules.length !== 0) judgeInvariants(walk, node, kind.rules)
}

// Four arguments, and not an object with them, because this is where the time goes.
function judgeArray(walk: StructureWalk, property: ObjectProperty, value: unknown, node: JsonObject): void {
  if (!Array.isArray(value)) {
    reportWrongValue(walk, property, value === null ? 'null' : 'array', 'an array', value)
    return
  }
  if (value.length === 0) reportWrongValue(walk, property, 'empty', 'an array with something in it', value)
  if (value.length > property.max)
    addProblem(walk, elementPath(walk, property), 'max', `at most ${property.max}`, 'more than that')
  if (property.shadow) judgeShadows(walk, property, value, node)
  else if (property.form <= 0) for (const item of value) judgeComplex(walk, property, item)
  else
    for (let i = 0; i < value.length; i++) {
      if (value[i] !== null) judgePrimitive(walk, property, value[i])
      else if (!isThere(itemOf(node[property.sibling], i))) nullInBoth(walk, property)
    }
}

// Values and their extensions stand in two arrays, each filled up with null where only the other has something.
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
      'null',
      'values and their extensions in arrays of one length, filled up with null',
      'arrays of two lengths',
    )
  for (let i = 0; i < shadows.length; i++) {
    const hasValue = isThere(itemOf(values, i))
    if (shadows[i] !== null) judgeShadow(walk, property, shadows[i], hasValue)
    // Null in both has been told of the values, if there is an array of them.
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
  if (hasValue || !isJsonObject(shadow) || shadow.id === undefined || shadow.extension !== undefined) return
  addProblem(walk, elementPath(walk, property), 'ele-1', ele1, 'an id alone')
}

function itemOf(array: unknown, i: number): unknown {
  return Array.isArray(array) ? array[i] : undefined
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}

function nullInBoth(walk: StructureWalk, property: ObjectProperty): void {
  addProblem(
    walk,
    elementPath(walk, property),
    'null',
    'null only where the other array has something',
    'null in both',
  )
}

function judgePrimitive(walk: StructureWalk, property: ObjectProperty, value: unknown): void {
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
    else if (form === forms.uri) property.last = value
  } else if (typeof value === 'number') {
    if (form > 5 || form < 2) reportWrongValue(walk, property, 'json-type', formTexts[form], value)
    else if (!isNumber(form, value))
      addProblem(walk, elementPath(walk, property), 'format', formTexts[form] ?? '', 'another number')
  } else if (typeof value !== 'boolean' || form !== 1) {
    const rule = value === null ? 'null' : Array.isArray(value) ? 'array' : 'json-type'
    reportWrongValue(walk, property, rule, formTexts[form], value)
  }
}

function judgeComplex(walk: StructureWalk, property: ObjectProperty, value: unknown): void {
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
  if (codes === undefined || satisfiesBinding(codes, system, value)) return
  reportNotBound(walk, property, satisfiesBinding(codes, undefined, value) ? 'one of another system' : noCode)
}

// A resource within another: contained, or one of a Bundle or of Parameters.
function judgeInnerResource(walk: StructureWalk, { name }: ObjectProperty, resource: JsonObject): void {
  const contained = name === 'contained'
  if (contained && walk.inContained)
    addProblem(walk, objectPath(walk), 'contained', 'nothing: the resource is contained itself', 'a resource')
  else judgeResource(walk, resource, contained)
}

function judgeInvariants(walk: StructureWalk, node: JsonObject, rules: readonly BoundInvariant[]): void {
  for (const { invariant, rule, element } of rules) {
    if (rule(node, walk)) continue
    const path = objectPath(walk)
    const at = element === undefined ? path : `${path}.${element}`
    addProblem(walk, at, invariant.key, invariant.human, 'this does not hold')
  }
}

function judgeChoice(
  walk: StructureWalk,
  { node, kind, bit, name }: { node: JsonObject; kind: ObjectKind; bit: number; name: string },
): void {
  for (const other in node) {
    const property = kind.properties.get(other)
    if (property === undefined || property.bit !== bit || property.name === name) continue
    addProblem(walk, `${objectPath(walk)}.${name}`, 'choice', 'one of the types of the element', 'several')
    return
  }
}

function unknownElement(walk: StructureWalk, name: string): void {
  const known = walk.kinds.known.has(name.startsWith('_') ? name.slice(1) : name)
  const path = objectPath(walk)
  addProblem(
    walk,
    known ? `${path}.${name}` : path,
    'unknown-element',
    'elements that the type defines',
    known ? 'an element of other types' : 'a name that FHIR R4 does not know',
  )
}

function reportMissing(walk: StructureWalk, kind: ObjectKind, seen: number): void {
  for (const { bit, name } of kind.needs)
    if ((seen & bit) === 0) addProblem(walk, `${objectPath(walk)}.${name}`, 'min', 'at least one', 'none')
}

const noCode = 'none of its codes'

function reportNotBound(walk: StructureWalk, property: ObjectProperty, actual: string): void {
  const set = property.valueSet === undefined ? '' : ` ${property.valueSet}`
  addProblem(walk, elementPath(walk, property), 'binding', `a code of the value set${set}`, actual)
}

function reportWrongValue(
  walk: StructureWalk,
  property: ObjectProperty,
  rule: StructureRule,
  expected: string | undefined,
  value: unknown,
): void {
  addProblem(walk, elementPath(walk, property), rule, expected ?? '', describeValue(value))
}

function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  if (typeof value === 'boolean') return 'true or false'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
