import { readXhtml } from '../xhtml.ts'
import { isLater } from './moments.ts'
import { has, hasChoice, isNode, type Node, node, type Rule } from './node.ts'

const ucum = 'http://unitsofmeasure.org'

function isUnit(it: Node): boolean {
  return it.system === undefined || it.system === ucum
}

function hasCodeIfValue(it: Node): boolean {
  return has(it, 'code') || !has(it, 'value')
}

function isNotNegative(value: unknown): boolean {
  return typeof value !== 'number' || value >= 0
}

function areComparable(a: Node, b: Node): boolean {
  return a.unit === b.unit && a.code === b.code && a.system === b.system
}

/** Invariants of data types. */
export const dataTypes: Readonly<Record<string, Rule>> = {
  'ext-1': (it) => (it.extension !== undefined) !== hasChoice(it, 'value'),
  'age-1': (it) => hasCodeIfValue(it) && isUnit(it) && !(typeof it.value === 'number' && it.value <= 0),
  'att-1': (it) => !has(it, 'data') || has(it, 'contentType'),
  'cnt-3': (it) =>
    hasCodeIfValue(it) &&
    isUnit(it) &&
    (it.code === undefined || it.code === '1') &&
    (typeof it.value !== 'number' || Number.isInteger(it.value)),
  'cpt-2': (it) => !has(it, 'value') || has(it, 'system'),
  'dis-1': (it) => hasCodeIfValue(it) && isUnit(it),
  'drq-1': (it) => has(it, 'path') !== has(it, 'searchParam'),
  'drq-2': (it) => has(it, 'path') !== has(it, 'searchParam'),
  'drt-1': (it) => !has(it, 'code') || (it.system === ucum && has(it, 'value')),
  'exp-1': (it) => has(it, 'expression') || has(it, 'reference'),
  'per-1': (it) => it.start === undefined || it.end === undefined || !isLater(it.start, it.end),
  'qty-3': (it) => !has(it, 'code') || has(it, 'system'),
  'rat-1': (it) =>
    has(it, 'numerator') === has(it, 'denominator') && (has(it, 'numerator') || it.extension !== undefined),
  'rng-2': (it) => {
    const low = node(it, 'low')
    const high = node(it, 'high')
    if (typeof low.value !== 'number' || typeof high.value !== 'number') return true
    return low.value <= high.value || !areComparable(low, high)
  },
  'sqty-1': (it) => !has(it, 'comparator'),
  'tim-1': (it) => !has(it, 'duration') || has(it, 'durationUnit'),
  'tim-2': (it) => !has(it, 'period') || has(it, 'periodUnit'),
  'tim-4': (it) => isNotNegative(it.duration),
  'tim-5': (it) => isNotNegative(it.period),
  'tim-6': (it) => !has(it, 'periodMax') || has(it, 'period'),
  'tim-7': (it) => !has(it, 'durationMax') || has(it, 'duration'),
  'tim-8': (it) => !has(it, 'countMax') || has(it, 'count'),
  'tim-9': (it) => {
    if (!has(it, 'offset')) return true
    const { when } = it
    // Of several the expression cannot tell.
    if (Array.isArray(when) && when.length === 1) return !['C', 'CM', 'CD', 'CV'].includes(when[0])
    return has(it, 'when')
  },
  'tim-10': (it) => !has(it, 'timeOfDay') || !has(it, 'when'),
  'trd-1': (it) => !has(it, 'data') || !hasChoice(it, 'timing'),
  'trd-2': (it) => !has(it, 'condition') || has(it, 'data'),
  'trd-3': (it) => {
    if (it.type === 'named-event') return has(it, 'name')
    if (it.type === 'periodic') return hasChoice(it, 'timing')
    return typeof it.type !== 'string' || !it.type.startsWith('data-') || has(it, 'data')
  },
  'txt-1': ({ div }) => typeof div !== 'string' || readXhtml(div).isBasic,
  'txt-2': ({ div }) => typeof div !== 'string' || readXhtml(div).says,
}

/** Invariants that a definition puts on one of its elements. */
export const elements: Readonly<Record<string, Rule>> = {
  'org-2': (it) => it.use !== 'home',
  'org-3': (it) => it.use !== 'home',
  'ras-1': (it) => isPercentage(it.low) && isPercentage(it.high),
}

function isPercentage(value: unknown): boolean {
  return !isNode(value) || (value.code === '%' && value.system === ucum)
}
