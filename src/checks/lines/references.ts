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

const referenceResults = ['nothing', 'right', oddReference] as const

const referenceFormsCheck = eachLineCheck<true>({
  name: 'reference-forms',
  states: 'Every reference is relative (Type/id), absolute, or to a contained resource.',
  params: noParams,
  nothing: 'no resource has a reference',
  resources: { by: 'references', shows: () => referenceResults },
  see(line) {
    return referenceResults[referenceForms(resourceOn(line))]
  },
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

/** Whether a resource has a reference: 0 no, 1 yes, 2 yes and one of them is neither relative, absolute nor internal. */
export function referenceForms(resource: unknown): 0 | 1 | 2 {
  const found = referencesIn(resource, [])
  return found.length === 0 ? 0 : found.every(isReference) ? 1 : 2
}

function isReference(value: string): boolean {
  const slash = value.indexOf('/')
  if (slash > 0 && isResourceType(value.slice(0, slash))) {
    const end = endOfId(value, slash + 1)
    const hasId = end > slash + 1 && end - slash <= 65
    return hasId && (end === value.length || isVersion(value, end))
  }
  // A conditional reference (Type?query) is allowed only in transactions.
  return value.startsWith('#') || /^[a-z][a-z0-9+.-]*:/i.test(value)
}

function isVersion(value: string, at: number): boolean {
  return value.startsWith(history, at) && isId(value.slice(at + history.length))
}

const history = '/_history/'

/** Checks on the references of resources. */
export const referenceChecks: readonly LinesCheck<never, unknown>[] = [referenceFormsCheck]
