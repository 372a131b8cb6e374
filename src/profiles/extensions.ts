import type { Problem } from '../model/structure.ts'
import { elementNames } from '../r4/load.ts'
import { judgeRoot } from './judge.ts'
import { isJson, type Json } from './match.ts'
import type { Profile } from './node.ts'
import { resourceTypes } from './target.ts'
import { startWalk } from './walk.ts'

interface Scan {
  /** What an extension is held against, by its URL. */
  readonly definitions: (url: string) => readonly Profile[]
  readonly resource: Json
  readonly problems: Problem[]
  readonly undecided: Set<string>
}

/** Judges every extension of a resource that a package defines, wherever it stands. */
export function judgeExtensions(scan: Scan): void {
  const { resourceType } = scan.resource
  visit(scan, scan.resource, [named(resourceType)])
}

// Far deeper than any resource, and far from where the stack ends.
const deepest = 400

function visit(scan: Scan, node: Json, path: string[]): void {
  for (const name in node) {
    const value = node[name]
    if (typeof value !== 'object' || value === null || path.length > deepest) continue
    const known = knownName(name)
    if (known !== undefined) path.push(known)
    if (Array.isArray(value)) {
      const extension = name === 'extension' || name === 'modifierExtension'
      for (const item of value as unknown[]) {
        if (!isJson(item)) continue
        if (extension) judge(scan, item, path)
        if (name === 'contained') visitContained(scan, item, path)
        else visit(scan, item, path)
      }
    } else visit(scan, value as Json, path)
    if (known !== undefined) path.pop()
  }
}

function visitContained(scan: Scan, item: Json, path: string[]): void {
  path.pop()
  path.push(`contained(${named(item.resourceType)})`)
  visit(scan, item, path)
}

function judge({ definitions, ...scan }: Scan, extension: Json, path: string[]): void {
  if (typeof extension.url !== 'string') return
  for (const profile of definitions(extension.url))
    judgeRoot(startWalk({ profile, ...scan }, [...path]), extension)
}

// A name that no definition knows may be somebody's data.
function knownName(name: string): string | undefined {
  const plain = name.startsWith('_') ? name.slice(1) : name
  return elementNames().has(plain) ? plain : undefined
}

function named(type: unknown): string {
  return typeof type === 'string' && resourceTypes().has(type) ? type : 'Resource'
}
