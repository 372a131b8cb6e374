import type { ResourceProblem } from '../../model/fhir/resource-problem.ts'
import { elementNames } from '../../r4/load.ts'
import { judgeAgainstProfile } from './elements-and-slices.ts'
import { judgeExtensionPlace } from './extension-context.ts'
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
  /** Objects from the line's resource to the place, and the names in JSON that lead to them. */
  readonly nodes: JsonObject[]
  readonly names: string[]
}

/** Judges every extension of a resource that a package defines, wherever it stands, and gathers the URLs of the others. */
export function judgeExtensions(search: ExtensionSearch): void {
  const { resource } = search
  const path = [typeNameForPath(resource.resourceType)]
  visit(
    { ...search, rootResource: resource, bundle: undefined, path, nodes: [resource], names: [''] },
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
        if (extension) judgeExtension(at, item, name)
        visitInto(at, name, item)
      }
    } else visitInto(at, name, value as JsonObject)
    if (known !== undefined) path.pop()
  }
}

function visitInto(at: Visit, name: string, item: JsonObject): void {
  at.nodes.push(item)
  at.names.push(name)
  if (name === 'contained') {
    at.path.pop()
    at.path.push(`contained(${typeNameForPath(item.resourceType)})`)
    visit({ ...at, resource: item }, item)
  } else if (name === 'resource' && typeof item.resourceType === 'string') {
    const bundle = at.resource.resourceType === 'Bundle' ? at.resource : at.bundle
    visit({ ...at, resource: item, rootResource: item, bundle }, item)
  } else visit(at, item)
  at.nodes.pop()
  at.names.pop()
}

function judgeExtension(at: Visit, extension: JsonObject, name: string): void {
  const { url } = extension
  if (typeof url !== 'string') return
  const found = at.definitionsOf(url)
  // What is below an extension without a scheme is a part of it.
  if (found.length === 0 && url.includes(':')) at.unknown.add(url)
  const { path, nodes, names, definitionsOf: _, unknown: __, ...given } = at
  for (const profile of found) {
    const walk = startProfileWalk({ ...given, profile }, [...path])
    judgeAgainstProfile(walk, extension)
    judgeExtensionPlace(walk, extension, { nodes, names, modifier: name === 'modifierExtension' })
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
