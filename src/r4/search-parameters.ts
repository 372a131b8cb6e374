import { readBuiltJson } from './built-file.ts'

/** How a search parameter of FHIR R4 finds its values. `code` is a token without a system of its own. */
export interface SearchParameter {
  readonly kind:
    | 'token'
    | 'code'
    | 'date'
    | 'string'
    | 'number'
    | 'quantity'
    | 'reference'
    | 'uri'
    | 'canonical'
  /** Paths of its values in the resource, choices of type written out. */
  readonly paths: readonly string[]
  /** Paths of values that it covers, of types for which R4 does not say how they compare: nobody can tell whether a resource with one matches. */
  readonly unclear?: readonly string[]
  /** Of a reference: the only type that it can lead to. */
  readonly target?: string
}

/** Search parameters by resource type and name; those of all types are under `Resource`. */
export type SearchParameters = Readonly<Record<string, Readonly<Record<string, SearchParameter>>>>

let parameters: SearchParameters | undefined

/** A search parameter of a resource type, if all of its FHIRPath expression is paths; `undefined` for any other. */
export function searchParameter(type: string, name: string): SearchParameter | undefined {
  parameters ??= readBuiltJson<SearchParameters>('search-parameters.json')
  if (type === 'Resource' || !Object.hasOwn(parameters, type)) return undefined
  return own(parameters[type], name) ?? own(parameters.Resource, name)
}

function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record && Object.hasOwn(record, name) ? record[name] : undefined
}
