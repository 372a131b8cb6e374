import { isJsonObject, type JsonObject } from '../../model/json.ts'
import { ownProperty } from '../own-property.ts'
import { type ValueSetCodes, type Certainty, containsCode } from '../compile/value-sets.ts'
import type { ElementRules, SliceCondition } from '../compile/element-rules.ts'

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

/** Whether an item is in a slice. `type` is the FHIR type of a choice element. */
export function isInSlice(
  tests: readonly SliceCondition[] | undefined,
  item: unknown,
  type: string | undefined,
): Certainty {
  if (!tests) return 'unknown'
  let answer: Certainty = 'yes'
  for (const test of tests) {
    const it = meetsCondition(test, item, type)
    if (it === 'no') return 'no'
    if (it === 'unknown') answer = it
  }
  return answer
}

function meetsCondition(test: SliceCondition, item: unknown, type: string | undefined): Certainty {
  if (test.kind === 'type') return type !== undefined && test.types.has(type) ? 'yes' : 'no'
  const { steps } = test
  if (test.kind === 'exists') return existsAt(item, steps) === test.exists ? 'yes' : 'no'
  if (test.kind === 'value')
    return someAt(item, { steps, at: 0 }, (it) => matchesDefinedValue(test.node, it)) ? 'yes' : 'no'
  let answer: Certainty = 'no'
  const found = someAt(item, { steps, at: 0 }, (it) => {
    const held = isInValueSet(test.codes, it)
    if (held === 'unknown') answer = held
    return held === 'yes'
  })
  return found ? 'yes' : answer
}

function existsAt(item: unknown, steps: readonly string[]): boolean {
  const [last = '', ...before] = steps.toReversed()
  // A primitive element that has an extension alone is there too.
  return someAt(item, { steps: before.toReversed(), at: 0 }, (it) =>
    isJsonObject(it)
      ? ownProperty(it, last) !== undefined || ownProperty(it, `_${last}`) !== undefined
      : false,
  )
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

function someAt(
  value: unknown,
  { steps, at }: { readonly steps: readonly string[]; readonly at: number },
  holdsFor: (value: unknown) => boolean,
): boolean {
  if (Array.isArray(value)) return value.some((it) => someAt(it, { steps, at }, holdsFor))
  const step = steps[at]
  if (step === undefined) return value !== undefined && holdsFor(value)
  return isJsonObject(value) && someAt(ownProperty(value, step), { steps, at: at + 1 }, holdsFor)
}
