import { neverArose } from '../../model/judgement.ts'
import type { LinesCheck } from '../check.ts'
import { parseInstant } from '../../model/fhir/instants.ts'
import { isId } from '../../model/fhir/names.ts'
import { isJsonObject } from '../../model/json.ts'
import { isIssueCode, isResourceType, issueSeverities } from '../../r4/facts.ts'
import { noParams, textListParam } from '../params.ts'
import { displayType } from '../resource-type.ts'
import { eachLineCheck, resourceOn, type LineResult } from './tally.ts'

const isResource = eachLineCheck<true>({
  name: 'is-resource',
  states: 'Every JSON object names a resource type of FHIR R4.',
  params: noParams,
  resources: 'right',
  see(line) {
    const it = resourceOn(line)
    if (!it) return 'nothing'
    if (isResourceType(it.resourceType)) return 'right'
    return {
      message: 'A line is not a resource of FHIR R4.',
      expected: 'a resourceType of FHIR R4',
      actual: displayType(it.resourceType),
    }
  },
})

const typedAsManifest = eachLineCheck<true>({
  name: 'typed-as-manifest',
  states: 'Every resource is of the type that the manifest gives for its file.',
  needsManifest: true,
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
    expected: displayType(wanted),
    actual: displayType(type),
  }
}

const hasId = eachLineCheck<true>({
  name: 'has-id',
  states: 'Every resource has an id in the form that FHIR requires.',
  params: noParams,
  resources: 'right',
  see(line) {
    const it = resourceOn(line)
    if (!it) return 'nothing'
    if (isId(it.id)) return 'right'
    const actual = it.id === undefined ? 'absent' : 'a value that is not an id'
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
    message: `The files contain a resource of another type: ${displayType(type)}.`,
    expected: types.join(' or '),
    actual: displayType(type),
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
    message: `The files contain a resource of type ${displayType(type)}.`,
    expected: `no ${types.join(' or ')}`,
    actual: displayType(type),
  }
}

/** Whether a resource may contain other resources; a Binary only if its content is FHIR. */
function wraps({ resourceType, contentType }: Readonly<Record<string, unknown>>): boolean {
  if (resourceType === 'Binary') return /fhir|ndjson/i.test(String(contentType))
  return resourceType === 'Bundle' || resourceType === 'Parameters'
}

const noWrapping = eachLineCheck<true>({
  name: 'no-wrapping',
  states:
    'No Bundle, Binary or Parameters wraps resources, unless the manifest gives that type for the file.',
  params: noParams,
  nothing: 'no type is known for the files with resources',
  // All of them have the type that the manifest gives for their file.
  resources: ({ file }) => (file.type === undefined ? 'nothing' : 'right'),
  see(line) {
    const it = resourceOn(line)
    const type = it?.resourceType
    // If the manifest gives no type, the file may be meant to contain such resources.
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
  message: 'A resource has no meta.lastUpdated that is an instant.',
  expected: 'an instant',
  actual,
})

const neverUpdated = notUpdated('absent')

const hasLastUpdated = eachLineCheck<true>({
  name: 'has-last-updated',
  states: 'Every resource has a meta.lastUpdated that is an instant.',
  params: noParams,
  resources: {
    by: 'dated',
    shows: ({ type }) => (type === 'OperationOutcome' ? [] : [neverUpdated, 'right']),
  },
  see(line) {
    const it = resourceOn(line)
    if (!it || it.resourceType === 'OperationOutcome') return 'nothing'
    const value = isJsonObject(it.meta) ? it.meta.lastUpdated : undefined
    if (parseInstant(value) !== undefined) return 'right'
    return notUpdated(value === undefined ? 'absent' : 'a value that is not an instant')
  },
})

const validOutcomes = eachLineCheck<true>({
  name: 'valid-outcomes',
  states:
    'Every OperationOutcome has at least one issue, each with a severity and a code from the FHIR value sets.',
  params: noParams,
  nothing: neverArose('the files contain no OperationOutcome'),
  resources: ({ type }) => (type === 'OperationOutcome' ? 'right' : 'nothing'),
  see(line) {
    const it = resourceOn(line)
    if (it?.resourceType !== 'OperationOutcome') return 'nothing'
    const issues = Array.isArray(it.issue) ? it.issue : []
    const right = (issue: unknown) =>
      isJsonObject(issue) && issueSeverities().includes(issue.severity as string) && isIssueCode(issue.code)
    if (issues.length > 0 && issues.every(right)) return 'right'
    return {
      message:
        issues.length === 0
          ? 'An OperationOutcome has no issue.'
          : 'An issue has no severity or no code that FHIR defines.',
      expected: 'at least one issue, each with severity and code',
      actual: issues.length === 0 ? 'no issue' : 'another value or none',
    }
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
]
