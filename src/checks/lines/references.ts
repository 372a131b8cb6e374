import { neverArose } from '../../model/judgement.ts'
import type { LinesCheck } from '../check.ts'
import { endOfId, isId } from '../../model/fhir/names.ts'
import { isResourceType } from '../../r4/facts.ts'
import { noParams } from '../params.ts'
import { eachLineCheck, resourceOn, type LineResult } from './tally.ts'

const oddReference: LineResult = {
  message: 'A resource has a reference that is neither relative nor absolute.',
  expected: 'Type/id, a URL, a URN or #id',
  actual: 'a string in another form',
}

const conditionalReference: LineResult = {
  message: 'A resource has a conditional reference.',
  expected: 'Type/id, a URL, a URN or #id',
  actual: 'a search, which names no resource',
}

/** What a resource has, as bits: a reference, one that is neither relative, absolute nor internal, one that is a search. */
export const referenceBits = { any: 1, odd: 2, conditional: 4 } as const

const allBits = [0, 1, 2, 3, 4, 5, 6, 7]

function resultsOf(bit: number, flaw: LineResult): readonly LineResult[] {
  return allBits.map((bits) => (bits === 0 ? 'nothing' : (bits & bit) !== 0 ? flaw : 'right'))
}

const formResults = resultsOf(referenceBits.odd, oddReference)
const conditionalResults = resultsOf(referenceBits.conditional, conditionalReference)

const referenceFormsCheck = eachLineCheck<true>({
  name: 'reference-forms',
  states: 'Every reference is relative (Type/id), absolute, or to a contained resource.',
  params: noParams,
  nothing: neverArose('no resource has a reference'),
  resources: { by: 'references', shows: () => formResults },
  see: (line) => formResults[referenceForms(resourceOn(line))] ?? 'nothing',
})

const noConditionalReferences = eachLineCheck<true>({
  name: 'no-conditional-references',
  states: 'No reference is a search (Type?query).',
  params: noParams,
  nothing: neverArose('no resource has a reference'),
  resources: { by: 'references', shows: () => conditionalResults },
  see: (line) => conditionalResults[referenceForms(resourceOn(line))] ?? 'nothing',
})

// Deeper than any resource, and far below the limit of recursion.
const deepest = 100

function referencesIn(value: unknown, found: string[], within = '', depth = 0): readonly string[] {
  if (typeof value !== 'object' || value === null || depth > deepest) return found
  if (Array.isArray(value)) for (const it of value) referencesIn(it, found, within, depth + 1)
  else
    for (const name in value) {
      const it = (value as Record<string, unknown>)[name]
      if (typeof it === 'object') referencesIn(it, found, name, depth + 1)
      else if (name === 'reference' && typeof it === 'string' && isInReference(value, within)) found.push(it)
    }
  return found
}

// DetectedIssue, Expression and Immunization.education have a URI of that name.
function isInReference(value: object, within: string): boolean {
  return !('resourceType' in value || 'language' in value || within === 'education')
}

/** The `referenceBits` of a resource. */
export function referenceForms(resource: unknown): number {
  const found = referencesIn(resource, [])
  let bits = 0
  for (const it of found)
    bits |=
      referenceBits.any |
      (isReference(it) ? 0 : isConditional(it) ? referenceBits.conditional : referenceBits.odd)
  return bits
}

// They are allowed only in transactions (http.html#trules).
function isConditional(value: string): boolean {
  return isResourceType(/^([A-Za-z]+)\?./.exec(value)?.[1])
}

function isReference(value: string): boolean {
  const slash = value.indexOf('/')
  if (slash > 0 && isResourceType(value.slice(0, slash))) {
    const end = endOfId(value, slash + 1)
    const hasId = end > slash + 1 && end - slash <= 65
    return hasId && (end === value.length || isVersion(value, end))
  }
  return value.startsWith('#') || /^[a-z][a-z0-9+.-]*:/i.test(value)
}

function isVersion(value: string, at: number): boolean {
  return value.startsWith(history, at) && isId(value.slice(at + history.length))
}

const history = '/_history/'

/** Checks on the references of resources. */
export const referenceChecks: readonly LinesCheck<never, unknown>[] = [
  referenceFormsCheck,
  noConditionalReferences,
]
