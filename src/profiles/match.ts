import { type Codes, type Told, holds } from './codes.ts'
import type { Node, Test } from './node.ts'

/** An object in JSON. */
export type Json = Readonly<Record<string, unknown>>

/** Whether something is an object in JSON. */
export function isJson(it: unknown): it is Json {
  return typeof it === 'object' && it !== null && !Array.isArray(it)
}

/** What an object in JSON has under a name: definitions can have any, those that all objects inherit included. */
export function own(it: Json, name: string): unknown {
  const value = it[name]
  return value === undefined || Object.hasOwn(it, name) ? value : undefined
}

/** Whether a value has at least what a pattern has. */
export function hasPattern(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern))
    return Array.isArray(value) && pattern.every((it) => value.some((item) => hasPattern(item, it)))
  if (!isJson(pattern)) return value === pattern
  if (!isJson(value)) return false
  for (const name in pattern) if (!hasPattern(own(value, name), pattern[name])) return false
  return true
}

/** Whether a value is exactly another. */
export function isSame(value: unknown, other: unknown): boolean {
  if (Array.isArray(other))
    return (
      Array.isArray(value) && value.length === other.length && other.every((it, i) => isSame(value[i], it))
    )
  if (!isJson(other)) return value === other
  if (!isJson(value) || Object.keys(value).length !== Object.keys(other).length) return false
  for (const name in other) if (!isSame(own(value, name), other[name])) return false
  return true
}

/** Whether a value of any type that can be bound is of a value set. */
export function isBound(codes: Codes, value: unknown): Told {
  if (typeof value === 'string') return holds(codes, undefined, value)
  if (!isJson(value)) return 'unknown'
  if (!Array.isArray(value.coding)) {
    if (value.code !== undefined) return holds(codes, value.system, value.code)
    // An extension may say why there is no code, and whether that is enough is nothing that a value set says.
    return value.extension === undefined && value.value === undefined ? 'no' : 'unknown'
  }
  let told: Told = 'no'
  for (const coding of value.coding) {
    const it = isJson(coding) ? codingHeld(codes, coding) : 'unknown'
    if (it === 'yes') return 'yes'
    if (it === 'unknown') told = it
  }
  return told
}

function codingHeld(codes: Codes, coding: Json): Told {
  if (coding.code === undefined && coding._code !== undefined) return 'unknown'
  return holds(codes, coding.system, coding.code)
}

/** Whether an item is in a slice. `type` is the FHIR type of a choice element. */
export function isIn(tests: readonly Test[] | undefined, item: unknown, type: string | undefined): Told {
  if (!tests) return 'unknown'
  let told: Told = 'yes'
  for (const test of tests) {
    const it = passes(test, item, type)
    if (it === 'no') return 'no'
    if (it === 'unknown') told = it
  }
  return told
}

function passes(test: Test, item: unknown, type: string | undefined): Told {
  if (test.kind === 'type') return type !== undefined && test.types.has(type) ? 'yes' : 'no'
  const { steps } = test
  if (test.kind === 'exists') return exists(item, steps) === test.exists ? 'yes' : 'no'
  if (test.kind === 'value')
    return some(item, { steps, at: 0 }, (it) => hasValue(test.node, it)) ? 'yes' : 'no'
  let told: Told = 'no'
  const found = some(item, { steps, at: 0 }, (it) => {
    const held = isBound(test.codes, it)
    if (held === 'unknown') told = held
    return held === 'yes'
  })
  return found ? 'yes' : told
}

function exists(item: unknown, steps: readonly string[]): boolean {
  const [last = '', ...before] = steps.toReversed()
  // A primitive element that has an extension alone is there too.
  return some(item, { steps: before.toReversed(), at: 0 }, (it) =>
    isJson(it) ? own(it, last) !== undefined || own(it, `_${last}`) !== undefined : false,
  )
}

/** Whether a value is what a node fixes, or has its pattern. */
export function hasValue({ fixed, pattern }: Pick<Node, 'fixed' | 'pattern'>, value: unknown): boolean {
  return (
    (fixed === undefined || isSame(value, fixed.value)) &&
    (pattern === undefined || hasPattern(value, pattern.value))
  )
}

function some(
  value: unknown,
  { steps, at }: { readonly steps: readonly string[]; readonly at: number },
  holdsFor: (value: unknown) => boolean,
): boolean {
  if (Array.isArray(value)) return value.some((it) => some(it, { steps, at }, holdsFor))
  const step = steps[at]
  if (step === undefined) return value !== undefined && holdsFor(value)
  return isJson(value) && some(own(value, step), { steps, at: at + 1 }, holdsFor)
}
