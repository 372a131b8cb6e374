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

/** A resource of a line and those around it, among which its references may lead. */
export interface ResourceSurroundings {
  /** The resource that contains it, or itself: what it contains has the targets of `#id`. */
  readonly rootResource: JsonObject
  /** The Bundle that has it as an entry. */
  readonly bundle: JsonObject | undefined
}

/** What a reference is to: the resource, or what is known of one elsewhere. */
export type ReferenceTarget = { readonly resource: JsonObject } | { readonly type: string }

/** The target of a Reference, as far as the line that has it shows it. */
export function resolvedTarget(
  { reference, type }: JsonObject,
  { rootResource, bundle }: ResourceSurroundings,
): ReferenceTarget | undefined {
  if (typeof reference !== 'string') return knownType(type)
  if (reference === '#') return { resource: rootResource }
  if (reference.startsWith('#')) return asTarget(containedWith(reference.slice(1), rootResource))
  return asTarget(entryOf(reference, bundle)) ?? knownType(typeInReference(reference)) ?? knownType(type)
}

/** How the target of a reference is given, in the words of ElementDefinition.type.aggregation. */
export type AggregationMode = 'contained' | 'bundled' | 'referenced'

/** How the target of a Reference is given; `undefined` if it has no reference. */
export function aggregationModeOf(
  { reference }: JsonObject,
  { bundle }: ResourceSurroundings,
): AggregationMode | undefined {
  if (typeof reference !== 'string') return undefined
  if (reference.startsWith('#')) return 'contained'
  return entryOf(reference, bundle) === undefined ? 'referenced' : 'bundled'
}

function containedWith(id: string, { contained }: JsonObject): unknown {
  return Array.isArray(contained) ? contained.find((it) => isJsonObject(it) && it.id === id) : undefined
}

function entryOf(reference: string, bundle: JsonObject | undefined): unknown {
  if (!bundle || !Array.isArray(bundle.entry)) return undefined
  const entry: unknown = bundle.entry.find(
    (it) =>
      isJsonObject(it) &&
      typeof it.fullUrl === 'string' &&
      (it.fullUrl === reference || (isRelative(reference) && it.fullUrl.endsWith(`/${reference}`))),
  )
  return isJsonObject(entry) ? entry.resource : undefined
}

function isRelative(reference: string): boolean {
  return /^[A-Za-z]+\/[^/]+$/.test(reference)
}

function typeInReference(reference: string): string | undefined {
  const parts = reference.split('/')
  const history = parts.at(-2) === '_history'
  const at = parts.length - (history ? 4 : 2)
  return at < 0 || (at > 0 && !/^https?:$/.test(parts[0] ?? '')) ? undefined : parts[at]
}

function asTarget(it: unknown): ReferenceTarget | undefined {
  return isJsonObject(it) ? { resource: it } : undefined
}

function knownType(type: unknown): ReferenceTarget | undefined {
  return typeof type === 'string' && modelResourceTypes().has(type) ? { type } : undefined
}

/** The type of the target of a Reference, as far as the line that has it shows it. */
export function referenceTargetType(reference: JsonObject, around: ResourceSurroundings): string | undefined {
  const target = resolvedTarget(reference, around)
  if (!target) return undefined
  if ('type' in target) return target.type
  const { resourceType } = target.resource
  return typeof resourceType === 'string' && modelResourceTypes().has(resourceType) ? resourceType : undefined
}
