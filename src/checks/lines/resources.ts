import { neverArose } from '../../model/judgement.ts'
import type { ResourceProblem } from '../../model/fhir/resource-problem.ts'
import type { LinesCheck } from '../check.ts'
import { parseInstant } from '../../model/fhir/dates.ts'
import {
  endOfId,
  isId,
  isObject,
  issueCodes,
  issueSeverities,
  r4ResourceTypes,
} from '../../model/fhir/names.ts'
import { noParams, textListParam } from '../params.ts'
import { eachLineCheck, resourceOn, type FindingText, type LineResult, typeShown } from './tally.ts'

const isResource = eachLineCheck<true>({
  name: 'is-resource',
  states: 'Every JSON object names a resource type of FHIR R4.',
  params: noParams,
  resources: 'right',
  see(line) {
    const it = resourceOn(line)
    if (!it) return 'nothing'
    if (r4ResourceTypes.has(it.resourceType as string)) return 'right'
    return {
      message: 'A line is not a resource of FHIR R4.',
      expected: 'a resourceType of FHIR R4',
      actual: typeShown(it.resourceType),
    }
  },
})

const typedAsManifest = eachLineCheck<true>({
  name: 'typed-as-manifest',
  states: 'Every resource is of the type that the manifest gives for its file.',
  params: noParams,
  nothing: 'no resource is in a file for which the manifest gives a type',
  resources: ({ file, type }) => typedAs(file.type, type),
  see(line) {
    const type = resourceOn(line)?.resourceType
    return typeof type === 'string' ? typedAs(line.file.type, type) : 'nothing'
  },
})

function typedAs(wanted: string | undefined, type: string): LineResult {
  if (wanted === undefined) return 'nothing'
  if (type === wanted) return 'right'
  return {
    message: 'A resource is not of the type that the manifest gives for its file.',
    expected: typeShown(wanted),
    actual: typeShown(type),
  }
}

const hasId = eachLineCheck<true>({
  name: 'has-id',
  states: 'Every resource has its logical id, in the form that FHIR gives ids.',
  params: noParams,
  resources: 'right',
  see(line) {
    const it = resourceOn(line)
    if (!it) return 'nothing'
    if (isId(it.id)) return 'right'
    const actual = it.id === undefined ? 'absent' : 'a value that is no id'
    return {
      message: `A resource has ${it.id === undefined ? 'no id' : 'an id that FHIR does not allow'}.`,
      expected: 'an id of 1 to 64 letters, digits, hyphens and dots',
      actual,
    }
  },
})

const typesWithin = eachLineCheck<readonly string[]>({
  name: 'types-within',
  states: 'Every resource is of one of these types.',
  params: textListParam('Resource types.'),
  resources: ({ type }, types) => typeWithin(type, types),
  see(line, types) {
    const type = resourceOn(line)?.resourceType
    return typeof type === 'string' ? typeWithin(type, types) : 'nothing'
  },
})

function typeWithin(type: string, types: readonly string[]): LineResult {
  if (types.includes(type)) return 'right'
  return {
    message: `The files hold a resource of another type: ${typeShown(type)}.`,
    expected: types.join(' or '),
    actual: typeShown(type),
  }
}

const typesWithout = eachLineCheck<readonly string[]>({
  name: 'types-without',
  states: 'No resource is of one of these types.',
  params: textListParam('Resource types.'),
  resources: ({ type }, types) => typeWithout(type, types),
  see(line, types) {
    const it = resourceOn(line)
    return it ? typeWithout(it.resourceType, types) : 'nothing'
  },
})

function typeWithout(type: unknown, types: readonly string[]): LineResult {
  if (!types.includes(type as string)) return 'right'
  return {
    message: `The files hold a resource of type ${typeShown(type)}.`,
    expected: `no ${types.join(' or ')}`,
    actual: typeShown(type),
  }
}

/** Whether a resource is of a kind that can hold other resources, and not merely a document in a mixed file. */
function wraps({ resourceType, contentType }: Readonly<Record<string, unknown>>): boolean {
  if (resourceType === 'Binary') return /fhir|ndjson/i.test(String(contentType))
  return resourceType === 'Bundle' || resourceType === 'Parameters'
}

const noWrapping = eachLineCheck<true>({
  name: 'no-wrapping',
  states:
    'No Bundle, Binary or Parameters wraps resources, unless the manifest says that the file is of that type.',
  params: noParams,
  nothing: 'nothing says of which type a file is that holds resources',
  // They are of the type that the manifest gives for their file.
  resources: ({ file }) => (file.type === undefined ? 'nothing' : 'right'),
  see(line) {
    const it = resourceOn(line)
    const type = it?.resourceType
    // Without the manifest's word for it such a resource may be what the file is of.
    if (!it || type === undefined || line.file.type === undefined) return 'nothing'
    if (!wraps(it) || line.file.type.toLowerCase() === String(type).toLowerCase()) return 'right'
    return {
      message: `A line is a ${type} in a file of another type.`,
      expected: 'the resources themselves',
      actual: String(type),
    }
  },
})

const notUpdated = (actual: string): LineResult => ({
  message: 'A resource has no meta.lastUpdated in the form of an instant.',
  expected: 'an instant',
  actual,
})

const neverUpdated = notUpdated('absent')

const hasLastUpdated = eachLineCheck<true>({
  name: 'has-last-updated',
  states: 'Every resource has meta.lastUpdated, as an instant.',
  params: noParams,
  resources: {
    by: 'dated',
    shows: ({ type }) => (type === 'OperationOutcome' ? [] : [neverUpdated, 'right']),
  },
  see(line) {
    const it = resourceOn(line)
    if (!it || it.resourceType === 'OperationOutcome') return 'nothing'
    const value = isObject(it.meta) ? it.meta.lastUpdated : undefined
    if (parseInstant(value) !== undefined) return 'right'
    return notUpdated(value === undefined ? 'absent' : 'a value that is no instant')
  },
})

const validOutcomes = eachLineCheck<true>({
  name: 'valid-outcomes',
  states: 'Every OperationOutcome has an issue, and each issue a severity and a code of the FHIR value sets.',
  params: noParams,
  nothing: neverArose('the files hold no OperationOutcome'),
  resources: ({ type }) => (type === 'OperationOutcome' ? 'right' : 'nothing'),
  see(line) {
    const it = resourceOn(line)
    if (it?.resourceType !== 'OperationOutcome') return 'nothing'
    const issues = Array.isArray(it.issue) ? it.issue : []
    const right = (issue: unknown) =>
      isObject(issue) && issueSeverities.has(issue.severity as string) && issueCodes.has(issue.code as string)
    if (issues.length > 0 && issues.every(right)) return 'right'
    return {
      message:
        issues.length === 0
          ? 'An OperationOutcome has no issue.'
          : 'An issue lacks a severity or code that FHIR defines.',
      expected: 'at least one issue, each with severity and code',
      actual: issues.length === 0 ? 'no issue' : 'another value, or none',
    }
  },
})

const oddReference: LineResult = {
  message: 'A resource has a reference that is neither relative nor absolute.',
  expected: 'Type/id, a URL, a URN or #id',
  actual: 'a string in another form',
}

const shownByReferences = ['nothing', 'right', oddReference] as const

const references = eachLineCheck<true>({
  name: 'reference-forms',
  states: 'Every reference is relative (Type/id), absolute, or to a contained resource.',
  params: noParams,
  nothing: 'no resource has a reference',
  resources: { by: 'references', shows: () => shownByReferences },
  see(line) {
    return shownByReferences[referenceForms(resourceOn(line))]
  },
})

// Deeper than any resource goes, and far from where recursion ends.
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

/** Whether a resource refers to something: 0 no, 1 yes, 2 yes and in a form that is neither relative, absolute nor internal. */
export function referenceForms(resource: unknown): 0 | 1 | 2 {
  const found = referencesIn(resource, [])
  return found.length === 0 ? 0 : found.every(isReference) ? 1 : 2
}

function isReference(value: string): boolean {
  const slash = value.indexOf('/')
  if (slash > 0 && r4ResourceTypes.has(value.slice(0, slash))) {
    const end = endOfId(value, slash + 1)
    const hasId = end > slash + 1 && end - slash <= 65
    return hasId && (end === value.length || isVersion(value, end))
  }
  // A conditional reference (Type?query) is for transactions alone.
  return value.startsWith('#') || /^[a-z][a-z0-9+.-]*:/i.test(value)
}

function isVersion(value: string, at: number): boolean {
  return value.startsWith(history, at) && isId(value.slice(at + history.length))
}

const history = '/_history/'

const validStructure = eachLineCheck<true>({
  name: 'valid-structure',
  states:
    'Every resource is valid FHIR R4: its elements, their types, forms and cardinalities, required bindings and invariants.',
  wants: 'problems',
  params: noParams,
  resources: 'right',
  see(line) {
    const { problems } = line
    // What is no resource at all is for another check to say.
    if (problems === undefined || !r4ResourceTypes.has(resourceOn(line)?.resourceType as string))
      return 'nothing'
    return problems.length === 0 ? 'right' : problems.map(findingTextOf)
  },
})

// The same is said of line after line: it is put into words once.
const findingTexts = new Map<string, (FindingText & { readonly of: ResourceProblem })[]>()
const mostFindingTexts = 1000

/** What a problem of structure says, once for every line that has it. */
function findingTextOf(problem: ResourceProblem): FindingText {
  const { path, rule, expected, actual, profile } = problem
  const known = findingTexts.get(path)
  if (known)
    for (const it of known) {
      const { of } = it
      if (of.rule === rule && of.actual === actual && of.expected === expected && of.profile === profile)
        return it
    }
  // What a package says may be whole sentences.
  const plainly = expected.endsWith('.') ? expected.replace(/\.+$/, '') : expected
  const message = `${path} breaks ${rule}${profile ? ` of ${profile}` : ''}: ${plainly}.`
  const made = { message, expected: plainly, actual, expectedInMessage: true, of: problem } as const
  if (known) known.push(made)
  else if (findingTexts.size < mostFindingTexts) findingTexts.set(path, [made])
  return made
}

const conformsToProfiles = eachLineCheck<'claimed' | 'chosen'>({
  name: 'conforms-to-profiles',
  states:
    'Every resource conforms to the profiles, of the FHIR packages given, that it claims in meta.profile (`claimed`) or that are about it although it claims none (`chosen`).',
  wants: 'profiles',
  params: { enum: ['claimed', 'chosen'], description: 'Which profiles.' },
  nothing: neverArose('no resource was held against such a profile'),
  // Where there are profiles to be held against, lines are read.
  resources: 'nothing',
  see({ profiles }, which) {
    const problems = profiles?.[which]
    if (!problems) return 'nothing'
    return problems.length === 0 ? 'right' : problems.map(findingTextOf)
  },
})

/** Checks on the resources of output files, each by itself. */
export const resourceChecks: readonly LinesCheck<never, unknown>[] = [
  isResource,
  typedAsManifest,
  hasId,
  typesWithin,
  typesWithout,
  noWrapping,
  hasLastUpdated,
  validOutcomes,
  references,
  validStructure,
  conformsToProfiles,
]
