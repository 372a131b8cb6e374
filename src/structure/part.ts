import type { Problem } from '../model/structure.ts'
import { explainPart } from './explain.ts'
import { mayBeLoose } from './line.ts'
import { mostProblems } from './walk.ts'
import { countNames, leastLength, namesIn } from './names.ts'

/** A part of a line that is JSON, all around it being a valid resource. */
export interface Part {
  /** Names of the elements from the root to the one whose value it is; to the object it is in, if no definition has its name. */
  readonly path: readonly string[]
  /** Its name, if no definition has it. */
  readonly unknown?: string
  readonly text: string
  /** What JSON.parse makes of the text. */
  readonly value: unknown
}

/** What is about a resource as a whole, or about what it contains, is not told by a part. */
const wholly: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'contained'])

/** Deeper parts are not told apart from lines that are too deep. */
const deepest = 100

/** In which ways a resource of a type is not what FHIR R4 says, if only these parts of it can be wrong: what `judgeLine` says of the line. Undefined if the parts do not tell. */
export function judgeParts(type: string, parts: readonly Part[]): readonly Problem[] | undefined {
  const problems: Problem[] = []
  const unknown = new Set<string>()
  for (const { path, unknown: name, text, value } of parts) {
    // A local reference leads elsewhere in the resource, and may be written with escapes.
    if (wholly.has(path[0] ?? '') || text.includes('"#') || text.includes('\\u')) return undefined
    if (name !== undefined && unknown.has(name)) return undefined
    if (name !== undefined) unknown.add(name)
    const least = leastLength(value, deepest)
    if (Number.isNaN(least)) return undefined
    if (text.length > least && (countNames(text) !== namesIn(value) || mayBeLoose(`:${text},`)))
      return undefined
    const found = explainPart(type, path, name === undefined ? { value } : { unknown: name })
    if (found === undefined) return undefined
    problems.push(...found)
  }
  return problems.length < mostProblems ? problems : undefined
}
