import { r4Model } from '../r4/load.ts'
import { isJson, type Json } from './match.ts'

let types: ReadonlySet<string> | undefined

/** The names of the resource types of FHIR R4. */
export function resourceTypes(): ReadonlySet<string> {
  types ??= new Set(r4Model().resources)
  return types
}

/** The types that a profile on any resource is on. */
export const abstractTypes: readonly string[] = ['Resource', 'DomainResource']

/** The type of what a Reference is to, as far as it can be told from the resource that has it. */
export function targetOf({ reference, type }: Json, resource: Json): string | undefined {
  if (typeof reference !== 'string') return known(type)
  if (reference.startsWith('#')) return containedType(reference.slice(1), resource)
  const parts = reference.split('/')
  const history = parts.at(-2) === '_history'
  const at = parts.length - (history ? 4 : 2)
  if (at < 0 || (at > 0 && !/^https?:$/.test(parts[0] ?? ''))) return undefined
  return known(parts[at])
}

function containedType(id: string, { contained, resourceType }: Json): string | undefined {
  if (id === '') return known(resourceType)
  if (!Array.isArray(contained)) return undefined
  const found: unknown = contained.find((it) => isJson(it) && it.id === id)
  return isJson(found) ? known(found.resourceType) : undefined
}

function known(type: unknown): string | undefined {
  return typeof type === 'string' && resourceTypes().has(type) ? type : undefined
}
