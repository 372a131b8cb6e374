import { isJsonObject, type JsonObject } from '../../model/json.ts'
import { ownProperty } from '../own-property.ts'
import { type ValueSetCodes, type Certainty, containsCode } from '../compile/code-set.ts'
import type { ElementRules, SliceCondition } from '../compile/element-rules.ts'
import type { ReferenceTarget } from './reference-target.ts'

/** Whether a value has at least what a pattern has. */
export function matchesJsonPattern(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern))
    return Array.isArray(value) && pattern.every((it) => value.some((item) => matchesJsonPattern(item, it)))
  if (!isJsonObject(pattern)) return value === pattern
  if (!isJsonObject(value)) return false
  for (const name in pattern) if (!matchesJsonPattern(ownProperty(value, name), pattern[name])) return false
  return true
}

/** Whether a value is exactly another. */
export function equalsFixed(value: unknown, other: unknown): boolean {
  if (Array.isArray(other))
    return (
      Array.isArray(value) &&
      value.length === other.length &&
      other.every((it, i) => equalsFixed(value[i], it))
    )
  if (!isJsonObject(other)) return value === other
  if (!isJsonObject(value) || Object.keys(value).length !== Object.keys(other).length) return false
  for (const name in other) if (!equalsFixed(ownProperty(value, name), other[name])) return false
  return true
}

/** Whether a value of any type that can be bound is of a value set. */
export function isInValueSet(codes: ValueSetCodes, value: unknown): Certainty {
  if (typeof value === 'string') return containsCode(codes, undefined, value)
  if (!isJsonObject(value)) return 'unknown'
  if (!Array.isArray(value.coding)) {
    if (value.code !== undefined) return containsCode(codes, value.system, value.code)
    // An extension may say why there is no code, and whether that is enough is nothing that a value set says.
    return value.extension === undefined && value.value === undefined ? 'no' : 'unknown'
  }
  let answer: Certainty = 'no'
  for (const coding of value.coding) {
    const it = isJsonObject(coding) ? isCodingInValueSet(codes, coding) : 'unknown'
    if (it === 'yes') return 'yes'
    if (it === 'unknown') answer = it
  }
  return answer
}

function isCodingInValueSet(codes: ValueSetCodes, coding: JsonObject): Certainty {
  if (coding.code === undefined && coding._code !== undefined) return 'unknown'
  return containsCode(codes, coding.system, coding.code)
}

/** What telling slices apart may ask of the surroundings of an item. */
export interface SliceSurroundings {
  /** What a reference is to. */
  readonly resolve: (reference: JsonObject) => ReferenceTarget | undefined
  /** Whether a resource conforms to a profile. */
  readonly conforms: (resource: JsonObject, profile: string) => Certainty
  /** The type that a profile is on. */
  readonly typeOf: (profile: string) => string | undefined
}

/** An item of a sliced element, or what a way from there leads to. */
interface SlicePart {
  readonly value: unknown
  /** The `_x` of a primitive element. */
  readonly underscoreValue: unknown
  /** The FHIR type of a choice element, or of a resource elsewhere. */
  readonly type: string | undefined
  /** A resource elsewhere, known by its type alone. */
  readonly elsewhere?: true
}

/** Whether an item is in a slice; without surroundings, what depends on them is unknown. */
export function isInSlice(
  conditions: readonly SliceCondition[] | undefined,
  item: SlicePart,
  around?: SliceSurroundings,
): Certainty {
  if (!conditions) return 'unknown'
  let answer: Certainty = 'yes'
  for (const condition of conditions) {
    const it = meetsCondition(condition, item, around)
    if (it === 'no') return 'no'
    if (it === 'unknown') answer = it
  }
  return answer
}

function meetsCondition(
  condition: SliceCondition,
  item: SlicePart,
  around: SliceSurroundings | undefined,
): Certainty {
  const found = someAt(item, condition, 0, around)
  if (condition.kind !== 'exists' || condition.exists || found === 'unknown') return found
  return found === 'yes' ? 'no' : 'yes'
}

function passes(
  condition: SliceCondition,
  part: SlicePart,
  around: SliceSurroundings | undefined,
): Certainty {
  const { value, type, elsewhere } = part
  switch (condition.kind) {
    case 'type': {
      const is = type ?? (isJsonObject(value) ? value.resourceType : undefined)
      // An element of one type has no type in JSON.
      return typeof is !== 'string' || condition.types.has(is) ? 'yes' : 'no'
    }
    case 'profile':
      return conformsToOne(condition.profiles, part, around)
    case 'exists':
      return value !== undefined || part.underscoreValue !== undefined ? 'yes' : 'no'
    case 'value':
      if (elsewhere) return 'unknown'
      return value !== undefined && matchesDefinedValue(condition.node, value) ? 'yes' : 'no'
    case 'codes':
      if (elsewhere) return 'unknown'
      return value === undefined ? 'no' : isInValueSet(condition.codes, value)
    case 'slice':
      return elsewhere ? 'unknown' : isInSlice(condition.conditions, part, around)
  }
}

function conformsToOne(
  profiles: readonly string[],
  { value, type, elsewhere }: SlicePart,
  around: SliceSurroundings | undefined,
): Certainty {
  if (!around) return 'unknown'
  let answer: Certainty = 'no'
  for (const profile of profiles) {
    const of = around.typeOf(profile)
    if (elsewhere && type !== undefined && of !== undefined && of !== type) continue
    const it = elsewhere || !isJsonObject(value) ? 'unknown' : around.conforms(value, profile)
    if (it === 'yes') return 'yes'
    if (it === 'unknown') answer = it
  }
  return answer
}

/** Whether a value is what a node fixes, or has its pattern. */
function matchesDefinedValue(
  { fixed, pattern }: Pick<ElementRules, 'fixed' | 'pattern'>,
  value: unknown,
): boolean {
  return (
    (fixed === undefined || equalsFixed(value, fixed.value)) &&
    (pattern === undefined || matchesJsonPattern(value, pattern.value))
  )
}

/** Whether anything that a condition's steps lead to, from one of them on, passes it. */
function someAt(
  part: SlicePart,
  condition: SliceCondition,
  at: number,
  around: SliceSurroundings | undefined,
): Certainty {
  const { value, underscoreValue: shadow } = part
  if (Array.isArray(value) || Array.isArray(shadow)) return someItem(part, condition, at, around)
  const step = condition.steps[at]
  if (step === undefined) return passes(condition, part, around)
  if (part.elsewhere) return 'unknown'
  if (step.kind === 'child') return someChild(part, condition, at, around)
  if (step.kind === 'resolve') {
    const target = isJsonObject(value) ? around?.resolve(value) : undefined
    if (!target) return isJsonObject(value) ? 'unknown' : 'no'
    return someAt(targetPart(target), condition, at + 1, around)
  }
  const extensions = isJsonObject(value) ? ownProperty(value, 'extension') : undefined
  const beside = isJsonObject(shadow) ? ownProperty(shadow, 'extension') : undefined
  const all = [extensions, beside].flatMap((it) => (Array.isArray(it) ? (it as unknown[]) : []))
  const items = all.filter((it) => isJsonObject(it) && it.url === step.url)
  return someAt({ value: items, underscoreValue: undefined, type: undefined }, condition, at + 1, around)
}

function targetPart(target: ReferenceTarget): SlicePart {
  return 'resource' in target
    ? { value: target.resource, underscoreValue: undefined, type: undefined }
    : { value: undefined, underscoreValue: undefined, type: target.type, elsewhere: true }
}

function someItem(
  { value, underscoreValue: shadow, type }: SlicePart,
  condition: SliceCondition,
  at: number,
  around: SliceSurroundings | undefined,
): Certainty {
  const values: readonly unknown[] = Array.isArray(value) ? value : []
  const shadows: readonly unknown[] = Array.isArray(shadow) ? shadow : []
  let answer: Certainty = 'no'
  for (let i = 0; i < Math.max(values.length, shadows.length); i++) {
    const item = { value: values[i] ?? undefined, underscoreValue: shadows[i] ?? undefined, type }
    const it = someAt(item, condition, at, around)
    if (it === 'yes') return it
    if (it === 'unknown') answer = it
  }
  return answer
}

function someChild(
  { value, underscoreValue: shadow }: SlicePart,
  condition: SliceCondition,
  at: number,
  around: SliceSurroundings | undefined,
): Certainty {
  // The children of a primitive element are in the object beside its value.
  const parent = isJsonObject(value) ? value : isJsonObject(shadow) ? shadow : undefined
  const step = condition.steps[at]
  if (!parent || step?.kind !== 'child') return 'no'
  let answer: Certainty = 'no'
  for (const { name, underscoreName, type } of step.names) {
    const child = ownProperty(parent, name)
    const beside = ownProperty(parent, underscoreName)
    if (child === undefined && beside === undefined) continue
    const it = someAt({ value: child, underscoreValue: beside, type }, condition, at + 1, around)
    if (it === 'yes') return it
    if (it === 'unknown') answer = it
  }
  return answer
}
