import { readXhtml } from '../xhtml.ts'
import { isLater } from './date-order.ts'
import { hasElement, hasChoice, objectIn } from './json-object.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'
import type { InvariantRule } from './rule.ts'

const ucum = 'http://unitsofmeasure.org'

function isUnit(it: JsonObject): boolean {
  return it.system === undefined || it.system === ucum
}

function hasCodeIfValue(it: JsonObject): boolean {
  return hasElement(it, 'code') || !hasElement(it, 'value')
}

function isNotNegative(value: unknown): boolean {
  return typeof value !== 'number' || value >= 0
}

function areComparable(a: JsonObject, b: JsonObject): boolean {
  return a.unit === b.unit && a.code === b.code && a.system === b.system
}

/** Invariants of data types. */
export const dataTypeInvariants: Readonly<Record<string, InvariantRule>> = {
  'ext-1': (it) => (it.extension !== undefined) !== hasChoice(it, 'value'),
  'age-1': (it) => hasCodeIfValue(it) && isUnit(it) && !(typeof it.value === 'number' && it.value <= 0),
  'att-1': (it) => !hasElement(it, 'data') || hasElement(it, 'contentType'),
  'cnt-3': (it) =>
    hasCodeIfValue(it) &&
    isUnit(it) &&
    (it.code === undefined || it.code === '1') &&
    (typeof it.value !== 'number' || Number.isInteger(it.value)),
  'cpt-2': (it) => !hasElement(it, 'value') || hasElement(it, 'system'),
  'dis-1': (it) => hasCodeIfValue(it) && isUnit(it),
  'drq-1': (it) => hasElement(it, 'path') !== hasElement(it, 'searchParam'),
  'drq-2': (it) => hasElement(it, 'path') !== hasElement(it, 'searchParam'),
  'drt-1': (it) => !hasElement(it, 'code') || (it.system === ucum && hasElement(it, 'value')),
  'exp-1': (it) => hasElement(it, 'expression') || hasElement(it, 'reference'),
  'per-1': (it) => it.start === undefined || it.end === undefined || !isLater(it.start, it.end),
  'qty-3': (it) => !hasElement(it, 'code') || hasElement(it, 'system'),
  'rat-1': (it) =>
    hasElement(it, 'numerator') === hasElement(it, 'denominator') &&
    (hasElement(it, 'numerator') || it.extension !== undefined),
  'rng-2': (it) => {
    const low = objectIn(it, 'low')
    const high = objectIn(it, 'high')
    if (typeof low.value !== 'number' || typeof high.value !== 'number') return true
    return low.value <= high.value || !areComparable(low, high)
  },
  'sqty-1': (it) => !hasElement(it, 'comparator'),
  'tim-1': (it) => !hasElement(it, 'duration') || hasElement(it, 'durationUnit'),
  'tim-2': (it) => !hasElement(it, 'period') || hasElement(it, 'periodUnit'),
  'tim-4': (it) => isNotNegative(it.duration),
  'tim-5': (it) => isNotNegative(it.period),
  'tim-6': (it) => !hasElement(it, 'periodMax') || hasElement(it, 'period'),
  'tim-7': (it) => !hasElement(it, 'durationMax') || hasElement(it, 'duration'),
  'tim-8': (it) => !hasElement(it, 'countMax') || hasElement(it, 'count'),
  'tim-9': (it) => {
    if (!hasElement(it, 'offset')) return true
    const { when } = it
    const codes: readonly unknown[] = Array.isArray(when) ? when : []
    return hasElement(it, 'when') && !codes.some((code) => ['C', 'CM', 'CD', 'CV'].includes(code as string))
  },
  'tim-10': (it) => !hasElement(it, 'timeOfDay') || !hasElement(it, 'when'),
  'trd-1': (it) => !hasElement(it, 'data') || !hasChoice(it, 'timing'),
  'trd-2': (it) => !hasElement(it, 'condition') || hasElement(it, 'data'),
  'trd-3': (it) => {
    if (it.type === 'named-event') return hasElement(it, 'name')
    if (it.type === 'periodic') return hasChoice(it, 'timing')
    return typeof it.type !== 'string' || !it.type.startsWith('data-') || hasElement(it, 'data')
  },
  'txt-1': ({ div }) => typeof div !== 'string' || readXhtml(div).isBasic,
  'txt-2': ({ div }) => typeof div !== 'string' || readXhtml(div).hasContent,
}

/** Invariants that a definition has on one of its elements. */
export const elementInvariantRules: Readonly<Record<string, InvariantRule>> = {
  'org-2': (it) => it.use !== 'home',
  'org-3': (it) => it.use !== 'home',
  'ras-1': (it) => isPercentage(it.low) && isPercentage(it.high),
}

function isPercentage(value: unknown): boolean {
  return !isJsonObject(value) || (value.code === '%' && value.system === ucum)
}
