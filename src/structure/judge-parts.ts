import type { ResourceProblem } from '../model/fhir/resource-problem.ts'
import { judgePart } from './judge-resource.ts'
import { mayHaveLooseInteger } from './judge-line.ts'
import { maxProblems } from './walk.ts'
import { countNamesInText, minJsonLength, countNamesInValue } from './json-size.ts'

/** A part of a line that is JSON, all around it being a valid resource. */
export interface LinePart {
  /** Names of the elements from the root to the one whose value it is; to the object it is in, if no definition has its name. */
  readonly path: readonly string[]
  /** Its name, if no definition has it. */
  readonly unknown?: string
  readonly text: string
  /** What JSON.parse makes of the text. */
  readonly value: unknown
}

/** What is about a resource as a whole, or about what it contains, is not told by a part. */
const elementsOfWhole: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'contained'])

/** Deeper parts are not told apart from lines that are too deep. */
const maxPartNesting = 100

/** In which ways a resource of a type is not what FHIR R4 says, if only these parts of it can be wrong: what `judgeLine` says of the line. Undefined if the parts do not tell. */
export function judgeParts(type: string, parts: readonly LinePart[]): readonly ResourceProblem[] | undefined {
  const problems: ResourceProblem[] = []
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
    const found = judgePart(type, path, name === undefined ? { value } : { unknown: name })
    if (found === undefined) return undefined
    problems.push(...found)
  }
  return problems.length < maxProblems ? problems : undefined
}
