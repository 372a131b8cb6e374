import { hasElement } from './invariants/json-object.ts'
import { objectPath, addProblem, type StructureWalk } from './walk.ts'
import { isJsonObject, type JsonObject } from '../model/json.ts'

const versions = ['versionId', 'lastUpdated']

/** Judges what is contained in a resource, which has been walked: what versions, security labels and references there may be. */
export function judgeContained(walk: StructureWalk, resource: JsonObject): void {
  const { contained } = resource
  if (!Array.isArray(contained)) return
  let versioned = false
  let labelled = false
  let lost = false
  let elsewhere: ReadonlySet<string> | undefined
  for (const it of contained) {
    if (!isJsonObject(it)) continue
    if (isJsonObject(it.meta)) {
      versioned ||= versions.some((name) => hasElement(it.meta as JsonObject, name))
      labelled ||= it.meta.security !== undefined
    }
    if (lost || typeof it.id !== 'string' || walk.locals?.has(`#${it.id}`)) continue
    // Most are referred to by a Reference, which the walk has noted. Else any string may be it: a canonical, a uri, an extension's value.
    elsewhere ??= localReferencesIn(resource, new Set())
    lost = !elsewhere.has(`#${it.id}`) && !holdsHash(it)
  }
  const say = (key: string, expected: string, actual: string) =>
    addProblem(walk, objectPath(walk), key, expected, actual)
  if (versioned)
    say('dom-4', 'no meta.versionId and no meta.lastUpdated in contained resources', 'one that has them')
  if (labelled) say('dom-5', 'no security labels in contained resources', 'one that has them')
  if (lost)
    say(
      'dom-3',
      'contained resources that are referred to from elsewhere in the resource, or that refer to it',
      'one that is neither',
    )
}

function localReferencesIn(value: unknown, into: Set<string>): ReadonlySet<string> {
  if (typeof value === 'string') {
    if (value.startsWith('#')) into.add(value)
  } else if (typeof value === 'object' && value !== null)
    for (const it of Object.values(value)) localReferencesIn(it, into)
  return into
}

function holdsHash(value: unknown): boolean {
  if (typeof value === 'string') return value === '#'
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsHash)
}
