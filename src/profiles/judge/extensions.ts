import type { ResourceProblem } from '../../model/fhir/resource-problem.ts'
import { elementNames } from '../../r4/load.ts'
import { judgeAgainstProfile } from './elements-and-slices.ts'
import type { Profile } from '../compile/element-rules.ts'
import { modelResourceTypes } from './reference-target.ts'
import { startProfileWalk } from './walk.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'

interface ExtensionSearch {
  /** The definitions that an extension is validated against, by its URL. */
  readonly definitions: (url: string) => readonly Profile[]
  readonly resource: JsonObject
  readonly problems: ResourceProblem[]
  readonly undecided: Set<string>
}

/** Judges every extension of a resource that a package defines, wherever it stands. */
export function judgeExtensions(scan: ExtensionSearch): void {
  const { resourceType } = scan.resource
  visit(scan, scan.resource, [typeNameForPath(resourceType)])
}

// Far deeper than any resource, and far from where the stack ends.
const deepest = 400

function visit(scan: ExtensionSearch, node: JsonObject, path: string[]): void {
  for (const name in node) {
    const value = node[name]
    if (typeof value !== 'object' || value === null || path.length > deepest) continue
    const known = printableName(name)
    if (known !== undefined) path.push(known)
    if (Array.isArray(value)) {
      const extension = name === 'extension' || name === 'modifierExtension'
      for (const item of value as unknown[]) {
        if (!isJsonObject(item)) continue
        if (extension) judgeExtension(scan, item, path)
        if (name === 'contained') visitContained(scan, item, path)
        else visit(scan, item, path)
      }
    } else visit(scan, value as JsonObject, path)
    if (known !== undefined) path.pop()
  }
}

function visitContained(scan: ExtensionSearch, item: JsonObject, path: string[]): void {
  path.pop()
  path.push(`contained(${typeNameForPath(item.resourceType)})`)
  visit(scan, item, path)
}

function judgeExtension(
  { definitions, ...scan }: ExtensionSearch,
  extension: JsonObject,
  path: string[],
): void {
  if (typeof extension.url !== 'string') return
  for (const profile of definitions(extension.url))
    judgeAgainstProfile(startProfileWalk({ profile, ...scan }, [...path]), extension)
}

// A name that no definition knows may be somebody's data.
function printableName(name: string): string | undefined {
  const plain = name.startsWith('_') ? name.slice(1) : name
  return elementNames().has(plain) ? plain : undefined
}

function typeNameForPath(type: unknown): string {
  return typeof type === 'string' && modelResourceTypes().has(type) ? type : 'Resource'
}
