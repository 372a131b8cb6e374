import type { ResourceProblem } from '../model/fhir/resource-problem.ts'
import type { UncheckedListener } from './codes/code-of-system.ts'
import { judgeResourceStructure, r4ObjectKinds } from './judge-resource.ts'
import { forms, formTexts } from './primitives.ts'
import { countNamesInText, maxNesting, minJsonLength, countNamesInValue } from './json-size.ts'
import { scanJson } from './json-scan.ts'
import { isJsonObject } from '../model/json.ts'

/** The problems of a line that is JSON, given as its text and as the result of JSON.parse. `tooDeepProblem` alone means that it was not judged. */
export function judgeLine(
  text: string,
  json: unknown,
  onUnchecked?: UncheckedListener,
): readonly ResourceProblem[] {
  const least = minJsonLength(json)
  if (Number.isNaN(least)) return [tooDeepProblem]
  const problems = judgeResourceStructure(json, r4ObjectKinds(), onUnchecked)
  // JSON.parse keeps one of two equal names. The text is then longer than necessary, and has more names than the result.
  if (text.length <= least) return problems
  const hasDuplicates = countNamesInText(text) !== countNamesInValue(json)
  if (!hasDuplicates && !mayHaveLooseInteger(text)) return problems
  const { duplicates, looseIntegers: loose } = scanJson(text)
  return [
    ...duplicates.map((steps) => duplicateKeyProblem(json, steps)),
    ...looseIntegerProblems(json, loose),
    ...problems,
  ]
}

/** Whether a parsed value is nested deeper than is judged. */
export function isTooDeep(json: unknown): boolean {
  return Number.isNaN(minJsonLength(json))
}

/** Stands for all problems of a line that is nested deeper than is judged; it is not a violation itself. */
export const tooDeepProblem: ResourceProblem = {
  path: 'Resource',
  rule: 'max',
  expected: `at most ${maxNesting} nested objects and arrays`,
  actual: `more than ${maxNesting}; the resource was not judged`,
}

type Steps = readonly (string | number)[]

function duplicateKeyProblem(json: unknown, steps: Steps): ResourceProblem {
  return {
    path: pathOf(json, steps),
    rule: 'duplicate-key',
    expected: 'each name once in an object',
    actual: 'a name that occurs twice',
  }
}

const looseNumberPattern = /[[:,\s]-?\d+(?:\.\d*0|(?:\.\d+)?[eE][+-]?\d+)\s*[,\]}]/

/** Whether a JSON text may have an integer with a fraction or an exponent, which JSON.parse does not distinguish from others. */
export function mayHaveLooseInteger(text: string): boolean {
  return looseNumberPattern.test(text)
}

function looseIntegerProblems(json: unknown, loose: readonly Steps[]): readonly ResourceProblem[] {
  return loose.flatMap((steps) => {
    const form = formAt(json, steps)
    if (!integerForms.has(form)) return []
    const expected = formTexts[form] ?? ''
    return [{ path: pathOf(json, steps), rule: 'format', expected, actual: 'a fraction or an exponent' }]
  })
}

const integerForms: ReadonlySet<number> = new Set([forms.integer, forms.positiveInt, forms.unsignedInt])

/** The form of the element at these names and indices; 0 if it has none. */
function formAt(json: unknown, steps: Steps): number {
  const { byName } = r4ObjectKinds()
  const kindOf = (at: unknown) => (isJsonObject(at) ? byName.get(String(at.resourceType)) : undefined)
  let at = json
  let kind = kindOf(at)
  let form = 0
  for (const step of steps) {
    at = (at as Record<string | number, unknown> | undefined)?.[step]
    if (typeof step === 'string') {
      const property = kind?.properties.get(step)
      form = property?.form ?? 0
      kind = property?.kind
    }
    kind ??= kindOf(at)
  }
  return form
}

// A name that FHIR does not define may be personal data, so the path ends before it.
function pathOf(json: unknown, steps: Steps): string {
  const { known, resources } = r4ObjectKinds()
  const typed = (at: unknown): string | undefined => {
    const type = isJsonObject(at) ? at.resourceType : undefined
    return typeof type === 'string' && resources.has(type) ? type : undefined
  }
  let path = typed(json) ?? 'Resource'
  let at: unknown = json
  for (const step of steps) {
    at = typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[step] : undefined
    if (typeof step === 'string') {
      const name = step.startsWith('_') ? step.slice(1) : step
      if (!known.has(name)) return path
      path += `.${name}`
    }
    const type = typed(at)
    if (type !== undefined) path += `(${type})`
  }
  return path
}
