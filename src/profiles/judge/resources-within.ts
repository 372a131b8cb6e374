import { type ResourceSurroundings, modelResourceTypes } from './reference-target.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

/** A resource of a line, and how findings call the way to it. */
interface InnerResource extends ResourceSurroundings {
  readonly resource: JsonObject
  readonly path: readonly string[]
}

/** The resource of a line, and all that it contains: contained ones, entries of Bundles, and parameters. */
export function resourcesWithin(line: JsonObject): readonly InnerResource[] {
  const all: InnerResource[] = [
    { resource: line, rootResource: line, bundle: undefined, path: [String(line.resourceType)] },
  ]
  // It grows while it is gone through.
  for (const it of all) if (it.path.length < deepest) all.push(...directlyWithin(it))
  return all
}

const deepest = 60

function directlyWithin({ resource, rootResource, bundle, path }: InnerResource): readonly InnerResource[] {
  const inner: InnerResource[] = []
  const add = (it: unknown, way: readonly string[], around?: ResourceSurroundings): void => {
    if (
      !isJsonObject(it) ||
      typeof it.resourceType !== 'string' ||
      !modelResourceTypes().has(it.resourceType)
    )
      return
    const own = around ?? { rootResource: it, bundle: resource.resourceType === 'Bundle' ? resource : bundle }
    inner.push({ resource: it, ...own, path: [...path, ...way] })
  }
  for (const it of objects(resource.contained))
    add(it, [`contained(${String(it.resourceType)})`], { rootResource, bundle })
  if (resource.resourceType === 'Bundle')
    for (const entry of objects(resource.entry)) {
      add(entry.resource, ['entry', 'resource'])
      if (isJsonObject(entry.response)) add(entry.response.outcome, ['entry', 'response', 'outcome'])
    }
  if (resource.resourceType === 'Parameters') addParameters(resource, ['parameter'], add)
  return inner
}

function addParameters(
  of: JsonObject,
  way: readonly string[],
  add: (it: unknown, way: readonly string[]) => void,
): void {
  if (way.length > deepest) return
  for (const it of objects(way.length === 1 ? of.parameter : of.part)) {
    add(it.resource, [...way, 'resource'])
    addParameters(it, [...way, 'part'], add)
  }
}

function objects(it: unknown): readonly JsonObject[] {
  return Array.isArray(it) ? (it as unknown[]).filter(isJsonObject) : []
}
