import { isText } from './primitives.ts'
import type { ObjectProperty } from './object-kinds.ts'
import { addProblem, elementPath, type StructureWalk } from './walk.ts'

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/
const oidForm = 10
const uuidForm = 11

/** Judges a URI that has the form of its type; returns whether it is right wherever it stands in the element. */
export function judgeUri(walk: StructureWalk, property: ObjectProperty, value: string): boolean {
  const isAbsolute = scheme.test(value)
  const isSound = isSoundUrn(value)
  const say = (rule: string, expected: string, actual: string) =>
    addProblem(walk, elementPath(walk, property), rule, expected, actual)
  if (!isSound) say('urn', urnText, 'a URN in another form')
  if (value.charCodeAt(0) === hash) {
    // The path of an element in the definition of a type.
    if (property.name === 'contentReference') return true
    walk.fragments ??= []
    walk.fragments.push({
      id: value.slice(1),
      path: elementPath(walk, property),
      isCanonical: property.uriRule === 'canonical',
    })
    return false
  }
  switch (property.uriRule) {
    case 'extension':
      if (!isInExtension(walk) && (!isAbsolute || value.startsWith('urn:')))
        say('extension-url', 'an absolute URL, not a URN', isAbsolute ? 'a URN' : 'a relative URL')
      return isSound && isAbsolute && !value.startsWith('urn:')
    case 'absolute':
      if (!isAbsolute) say('absolute-url', 'an absolute URI', 'a relative URI')
      return isSound && isAbsolute
    case 'system':
      if (!isAbsolute) say('absolute-uri', 'an absolute URI', 'a relative URI')
      return isSound && isAbsolute
    default:
      return isSound
  }
}

const hash = 35

/** What URNs of the two kinds that R4 describes look like. */
export const urnText = 'urn:oid: with an OID, or urn:uuid: with a UUID in lower case'

/** Whether a URI is not a malformed URN of an OID or of a UUID. */
export function isSoundUrn(value: string): boolean {
  if (!value.startsWith('urn:')) return true
  // A canonical may have a version, and any URI a fragment.
  const name = value.replace(/[|#].*$/s, '')
  if (name.startsWith('urn:uuid:')) return isText(uuidForm, name)
  return !name.startsWith('urn:oid:') || isText(oidForm, name)
}

// The parts of a complex extension have names that only its definition knows.
function isInExtension({ path, depth }: StructureWalk): boolean {
  return depth > 1 && path[depth - 2]?.kind?.name === 'Extension'
}

/** Reports what begins with # and names nothing in the resource. */
export function judgeFragments(walk: StructureWalk, root: Readonly<Record<string, unknown>>): void {
  const { fragments, ids } = walk
  if (!fragments) return
  const contained = new Set<unknown>()
  if (Array.isArray(root.contained)) for (const it of root.contained) contained.add(it?.id)
  const narrative = (root.text as { readonly div?: unknown } | undefined)?.div
  const isInText = (id: string) =>
    typeof narrative === 'string' && [`"${id}"`, `'${id}'`].some((it) => narrative.includes(it))
  for (const { id, path, isCanonical } of fragments) {
    if (id === '' || contained.has(id)) continue
    const expected = 'an id within the resource'
    if (isCanonical) addProblem(walk, path, 'local-canonical', 'the id of a contained resource', 'no such id')
    else if (!ids?.has(id) && !isInText(id)) addProblem(walk, path, 'local-uri', expected, 'no such id')
  }
}
