import type { ResourceProblem } from '../../model/fhir/resource-problem.ts'
import { elementNames } from '../../r4/load.ts'
import { judgeAgainstProfile } from './elements-and-slices.ts'
import { judgeExtensionPlace } from './extension-context.ts'
import { type ElementPlaces, elementPlaces } from './element-places.ts'
import type { Profile } from '../compile/element-rules.ts'
import { modelResourceTypes, type ResourceSurroundings } from './reference-target.ts'
import { type DefinitionLookup, startProfileWalk } from './walk.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

interface ExtensionSearch {
  /** The definitions that an extension is validated against, by its URL. */
  readonly definitionsOf: (url: string) => readonly Profile[]
  readonly definitions: DefinitionLookup
  readonly resource: JsonObject
  readonly problems: ResourceProblem[]
  readonly undecided: Set<string>
  /** URLs of extensions that no package defines. */
  readonly unknown: Set<string>
}

/** Where a search has come to. */
interface Visit extends ExtensionSearch, ResourceSurroundings {
  /** Names for problems, all of them from definitions. */
  readonly path: string[]
  readonly places: ElementPlaces
}

/** Judges every extension of a resource that a package defines, wherever it stands, and gathers the URLs of the others. */
export function judgeExtensions(search: ExtensionSearch): void {
  const { definitionsOf, definitions, resource, problems, undecided, unknown } = search
  const path = [typeNameForPath(resource.resourceType)]
  const places = elementPlaces(resource)
  visit(
    // Spelled out, because spreading takes longer than most resources.
    {
      definitionsOf,
      definitions,
      resource,
      problems,
      undecided,
      unknown,
      path,
      places,
      rootResource: resource,
      bundle: undefined,
    },
    resource,
  )
}

// Far deeper than any resource, and far from where the stack ends.
const deepest = 400

function visit(at: Visit, node: JsonObject): void {
  const { path } = at
  for (const name in node) {
    const value = node[name]
    if (typeof value !== 'object' || value === null || path.length > deepest) continue
    const known = printableName(name)
    if (known !== undefined) path.push(known)
    if (Array.isArray(value)) {
      const extension = name === 'extension' || name === 'modifierExtension'
      for (const item of value as unknown[]) {
        if (!isJsonObject(item)) continue
        if (extension) judgeExtension(at, item, { container: node, name })
        if (name === 'contained') visitContained(at, item)
        else visit(at, item)
      }
    } else if (name === 'resource') visitResource(at, value as JsonObject)
    else visit(at, value as JsonObject)
    if (known !== undefined) path.pop()
  }
}

function visitContained(at: Visit, item: JsonObject): void {
  at.path.pop()
  at.path.push(`contained(${typeNameForPath(item.resourceType)})`)
  visit({ ...at, resource: item, places: elementPlaces(item) }, item)
}

function visitResource(at: Visit, item: JsonObject): void {
  if (typeof item.resourceType !== 'string') {
    visit(at, item)
    return
  }
  const bundle = at.resource.resourceType === 'Bundle' ? at.resource : at.bundle
  visit({ ...at, resource: item, rootResource: item, bundle, places: elementPlaces(item) }, item)
}

function judgeExtension(
  at: Visit,
  extension: JsonObject,
  { container, name }: { readonly container: JsonObject; readonly name: string },
): void {
  const { url } = extension
  if (typeof url !== 'string') return
  const found = at.definitionsOf(url)
  // What is below an extension without a scheme is a part of it.
  if (found.length === 0 && url.includes(':')) at.unknown.add(url)
  const { path, places, definitionsOf: _, unknown: __, ...given } = at
  for (const profile of found) {
    const walk = startProfileWalk({ ...given, profile }, [...path])
    judgeAgainstProfile(walk, extension)
    judgeExtensionPlace(walk, extension, { container, places, modifier: name === 'modifierExtension' })
  }
}

// A name that no definition knows may be somebody's data.
function printableName(name: string): string | undefined {
  const plain = name.startsWith('_') ? name.slice(1) : name
  return elementNames().has(plain) ? plain : undefined
}

function typeNameForPath(type: unknown): string {
  return typeof type === 'string' && modelResourceTypes().has(type) ? type : 'Resource'
}
