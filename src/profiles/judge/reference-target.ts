import { r4Model } from '../../r4/load.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

let types: ReadonlySet<string> | undefined

/** The names of the resource types of FHIR R4. */
export function modelResourceTypes(): ReadonlySet<string> {
  types ??= new Set(r4Model().resources)
  return types
}

/** The types that a profile on any resource is on. */
export const abstractResourceTypes: readonly string[] = ['Resource', 'DomainResource']

/** The type of the target of a Reference, as far as the resource that has it shows it. */
export function referenceTargetType(
  { reference, type }: JsonObject,
  resource: JsonObject,
): string | undefined {
  if (typeof reference !== 'string') return knownResourceType(type)
  if (reference.startsWith('#')) return containedType(reference.slice(1), resource)
  const parts = reference.split('/')
  const history = parts.at(-2) === '_history'
  const at = parts.length - (history ? 4 : 2)
  if (at < 0 || (at > 0 && !/^https?:$/.test(parts[0] ?? ''))) return undefined
  return knownResourceType(parts[at])
}

function containedType(id: string, { contained, resourceType }: JsonObject): string | undefined {
  if (id === '') return knownResourceType(resourceType)
  if (!Array.isArray(contained)) return undefined
  const found: unknown = contained.find((it) => isJsonObject(it) && it.id === id)
  return isJsonObject(found) ? knownResourceType(found.resourceType) : undefined
}

function knownResourceType(type: unknown): string | undefined {
  return typeof type === 'string' && modelResourceTypes().has(type) ? type : undefined
}
