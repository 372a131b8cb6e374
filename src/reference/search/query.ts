import type { Resource } from '../population/model.ts'
import { commonParameters, type ParameterDefinition } from './parameter-types.ts'
import { parametersByType } from './parameters.ts'
import { splitUnescaped, type ValueMatcher, valueMatcher, stringMatcher } from './value-matchers.ts'
import { valuesAtPath } from '../population/references.ts'
import { r4Types } from '../population/resource-types.ts'

/** A search of one resource type; `test` is false for resources of other types. */
export type ResourceQuery = { readonly type: string; readonly test: (resource: Resource) => boolean }

/** One sentence for the client: what cannot be evaluated. */
type UnsupportedQuery = { readonly unsupported: string }

/** A query such as `Observation?status=final&category=laboratory`, already percent-decoded (R4 search); a bare type finds all resources of that type. */
export function parseResourceQuery(text: string): ResourceQuery | UnsupportedQuery {
  const mark = text.indexOf('?')
  const type = mark < 0 ? text : text.slice(0, mark)
  if (!r4Types().has(type))
    return { unsupported: `${type || 'An empty text'} is not a resource type of FHIR R4` }
  const criteria = (mark < 0 ? '' : text.slice(mark + 1)).split('&').filter((part) => part !== '')
  const tests: ((resource: Resource) => boolean)[] = []
  for (const each of criteria) {
    const test = criterion(type, each)
    if ('unsupported' in test) return test
    tests.push(test)
  }
  return { type, test: (resource) => resource.resourceType === type && tests.every((test) => test(resource)) }
}

function criterion(type: string, text: string): ((resource: Resource) => boolean) | UnsupportedQuery {
  const [, key = text, value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  const [name = '', modifier] = key.split(/:(.*)/s)
  const own = parametersByType[type]
  const parameter =
    own && Object.hasOwn(own, name)
      ? own[name]
      : Object.hasOwn(commonParameters, name)
        ? commonParameters[name]
        : undefined
  if (parameter === undefined) return { unsupported: `${type} has no search parameter ${name}` }
  const values = splitUnescaped(value, ',')
  if (values.includes('')) return { unsupported: `${type}: search parameter ${key} has no value` }
  const elements = elementsOf(parameter)
  if (modifier === 'missing') {
    if (value !== 'true' && value !== 'false')
      return { unsupported: `${type}: ${key} is neither true nor false` }
    return (resource) => (elements(resource).length === 0) === (value === 'true')
  }
  const matches: ValueMatcher[] = []
  for (const one of values) {
    const match = matchingAs(modifier, parameter, one)
    if (match === 'modifier')
      return { unsupported: `${type}: search parameter ${name} has no modifier ${modifier}` }
    if (match === undefined)
      return {
        unsupported: `${type}: a value of ${name} is not a valid ${parameter.kind}, or has an unsupported prefix`,
      }
    matches.push(match)
  }
  const matched = (resource: Resource) =>
    elements(resource).some((element) => matches.some((match) => match(element)))
  return modifier === 'not' ? (resource) => !matched(resource) : matched
}

function matchingAs(
  modifier: string | undefined,
  parameter: ParameterDefinition,
  text: string,
): ValueMatcher | 'modifier' | undefined {
  if (modifier === undefined || (modifier === 'not' && parameter.kind === 'token'))
    return valueMatcher(parameter, text)
  if (parameter.kind === 'string' && (modifier === 'exact' || modifier === 'contains'))
    return stringMatcher(modifier, text)
  return 'modifier'
}

function elementsOf(parameter: ParameterDefinition): (resource: Resource) => unknown[] {
  const paths = parameter.paths.map((path) => path.split('.'))
  return (resource) => paths.flatMap((path) => valuesAtPath(resource, path))
}
