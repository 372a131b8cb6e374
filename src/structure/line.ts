import type { Problem } from '../model/structure.ts'
import { explain, r4Kinds } from './explain.ts'
import { isNode } from './invariants/node.ts'
import { countNames, deepest, leastLength, namesIn } from './names.ts'
import { scan } from './scan.ts'

/** In which ways a line that is JSON is not a resource as FHIR R4 says: the text, and what JSON.parse made of it. */
export function judgeLine(text: string, json: unknown): readonly Problem[] {
  const least = leastLength(json)
  if (Number.isNaN(least)) return [tooDeep]
  const problems = explain(json)
  // JSON.parse keeps one of two equal names: the text is then longer than it would have to be, and has more names than its result.
  if (text.length <= least || countNames(text) === namesIn(json)) return problems
  return [...duplicates(text, json), ...problems]
}

const tooDeep: Problem = {
  path: 'Resource',
  rule: 'max',
  expected: `at most ${deepest} objects and arrays around one another`,
  actual: 'more than that: nothing else of it has been judged',
}

function duplicates(text: string, json: unknown): readonly Problem[] {
  return scan(text).duplicates.map((steps) => ({
    path: pathOf(json, steps),
    rule: 'duplicate-key',
    expected: 'every name once in an object',
    actual: 'a name that occurs twice',
  }))
}

// Names that no definition has may be anything, a patient's data too: the path ends before them.
function pathOf(json: unknown, steps: readonly (string | number)[]): string {
  const { known, resources } = r4Kinds()
  const typed = (at: unknown): string | undefined => {
    const type = isNode(at) ? at.resourceType : undefined
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
