import { isNode, type Node } from './invariants/node.ts'
import { objectPath, report, type Walk } from './walk.ts'

/** Judges what is contained in a resource, which has been walked: what versions, security labels and references there may be. */
export function judgeContained(walk: Walk, resource: Node): void {
  const { contained } = resource
  if (!Array.isArray(contained)) return
  let versioned = false
  let labelled = false
  let lost = false
  for (const it of contained) {
    if (!isNode(it)) continue
    if (isNode(it.meta)) {
      versioned ||= it.meta.versionId !== undefined || it.meta.lastUpdated !== undefined
      labelled ||= it.meta.security !== undefined
    }
    lost ||= typeof it.id === 'string' && !isReferred(walk, resource, it)
  }
  const say = (key: string, expected: string, actual: string) =>
    report(walk, objectPath(walk), key, expected, actual)
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

// Most are referred to by a Reference, which the walk has noted. Else any string may be it: a canonical, a uri, an extension's value.
function isReferred(walk: Walk, resource: Node, contained: Node): boolean {
  const reference = `#${contained.id}`
  return walk.locals?.includes(reference) || holds(resource, reference) || holds(contained, '#')
}

function holds(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value === text
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some((it) => holds(it, text))
}
