import { hasElement } from './invariants/json-object.ts'
import { objectPath, addProblem, type StructureWalk } from './walk.ts'
import { isJsonObject, type JsonObject } from '../model/json.ts'

const versions = ['versionId', 'lastUpdated']

/** Judges the contained resources of a resource after the walk through it: their versions, security labels and references. */
export function judgeContained(walk: StructureWalk, resource: JsonObject): void {
  const { contained } = resource
  if (!Array.isArray(contained)) return
  let versioned = false
  let labelled = false
  let lost = false
  let repeated = false
  const ids = new Set<unknown>()
  let elsewhere: ReadonlySet<string> | undefined
  for (const it of contained) {
    if (!isJsonObject(it)) continue
    if (it.id !== undefined && ids.has(it.id)) repeated = true
    ids.add(it.id)
    if (isJsonObject(it.meta)) {
      versioned ||= versions.some((name) => hasElement(it.meta as JsonObject, name))
      labelled ||= it.meta.security !== undefined
    }
    if (lost || typeof it.id !== 'string' || walk.locals?.has(`#${it.id}`)) continue
    // The walk has noted Reference elements. Other strings may refer to it too: a canonical, a uri, the value of an extension.
    elsewhere ??= localReferencesIn(resource, new Set())
    lost = !elsewhere.has(`#${it.id}`) && !holdsHash(it)
  }
  const say = (key: string, expected: string, actual: string) =>
    addProblem(walk, objectPath(walk), key, expected, actual)
  if (repeated)
    say('unique-id', 'contained resources with different ids', 'contained resources with the same id')
  if (versioned)
    say(
      'dom-4',
      'contained resources without meta.versionId and meta.lastUpdated',
      'a contained resource with one of them',
    )
  if (labelled) say('dom-5', 'contained resources without security labels', 'a contained resource with them')
  if (lost)
    say(
      'dom-3',
      'contained resources that the rest of the resource refers to, or that refer to it',
      'a contained resource without such a reference',
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
