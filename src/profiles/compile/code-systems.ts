import type { CodeSystem, Concept, ConceptFilter } from '../package/definitions.ts'
import type { Certainty } from './code-set.ts'

/** The concepts of a code system, as far as a package has them. */
export interface KnownConcepts {
  /** Whether these are all. */
  readonly complete: boolean
  readonly concepts: readonly KnownConcept[]
  /** The concepts that filters pass. */
  passes(filter: ConceptFilter, concept: KnownConcept): Certainty
}

/** A concept, and what is said of it. */
interface KnownConcept {
  readonly code: string
  readonly display: string | undefined
  readonly parents: readonly string[]
  readonly properties: readonly { readonly code: string; readonly value: string }[]
}

const known = new WeakMap<CodeSystem, KnownConcepts>()

/** The concepts of a code system; `undefined` if the package has none that count. */
export function conceptsOf(system: CodeSystem | undefined): KnownConcepts | undefined {
  const { content, caseSensitive } = system ?? {}
  // Codes that may be written in several ways cannot be compared.
  if (!system || caseSensitive === false || (content !== 'complete' && content !== 'fragment'))
    return undefined
  let found = known.get(system)
  if (!found) {
    found = readConcepts(system)
    known.set(system, found)
  }
  return found
}

function readConcepts(system: CodeSystem): KnownConcepts {
  const complete = system.content === 'complete'
  const parentProperties = new Set(['parent', 'subsumedBy', ...propertiesFor(system, 'parent')])
  const childProperties = new Set(['child', ...propertiesFor(system, 'child')])
  const concepts: KnownConcept[] = []
  const parentsOf = new Map<string, string[]>()
  const addParent = (code: string, parent: string) => {
    parentsOf.set(code, [...(parentsOf.get(code) ?? []), parent])
  }
  // Hierarchies can be deeper than the stack.
  const waiting: Concept[] = [...(system.concept ?? [])].reverse()
  for (let it = waiting.pop(); it; it = waiting.pop()) {
    const { code, display, concept: below = [] } = it
    const properties = (it.property ?? []).flatMap(propertyOf)
    for (const { code: name, value } of properties) {
      if (parentProperties.has(name)) addParent(code, value)
      if (childProperties.has(name)) addParent(value, code)
    }
    for (const inner of below) addParent(inner.code, code)
    waiting.push(...[...below].reverse())
    concepts.push({ code, display, parents: [], properties })
  }
  const linked = concepts.map((it) => ({ ...it, parents: parentsOf.get(it.code) ?? [] }))
  const hierarchy = { parentsOf, isKnown: (system.hierarchyMeaning ?? 'is-a') === 'is-a' && complete }
  const declared = new Set([
    ...(system.property ?? []).map(({ code }) => code),
    ...linked.flatMap(({ properties }) => properties.map(({ code }) => code)),
  ])
  return {
    complete,
    concepts: linked,
    passes: (filter, concept) => passes(filter, concept, { ...hierarchy, declared }),
  }
}

function propertiesFor({ property = [] }: CodeSystem, name: string): readonly string[] {
  const uri = `http://hl7.org/fhir/concept-properties#${name}`
  return property.filter((it) => it.uri === uri).map(({ code }) => code)
}

function propertyOf(it: {
  readonly code: string
}): readonly { readonly code: string; readonly value: string }[] {
  for (const [name, value] of Object.entries(it))
    if (name.startsWith('value')) {
      const text: unknown =
        typeof value === 'object' && value !== null ? (value as { readonly code?: unknown }).code : value
      return [{ code: it.code, value: String(text) }]
    }
  return []
}

interface FilterContext {
  readonly parentsOf: ReadonlyMap<string, readonly string[]>
  /** Whether the hierarchy says what is a kind of what. */
  readonly isKnown: boolean
  /** Properties that the code system has. */
  readonly declared: ReadonlySet<string>
}

function passes(
  { property, op, value }: ConceptFilter,
  concept: KnownConcept,
  context: FilterContext,
): Certainty {
  const { code } = concept
  switch (op) {
    case 'is-a':
      return certain(isBelow(code, value, context), context.isKnown)
    case 'descendent-of':
      return certain(code !== value && isBelow(code, value, context), context.isKnown)
    case 'is-not-a':
      return certain(!isBelow(code, value, context), context.isKnown)
    case 'generalizes':
      return certain(isBelow(value, code, context), context.isKnown)
  }
  const values = valuesOf(property, concept, context)
  if (values === undefined) return 'unknown'
  switch (op) {
    case '=':
      // A property that is not there may have a default.
      return values.length === 0 && value === 'false' ? 'unknown' : certain(values.includes(value))
    case 'in':
      return certain(listed(value).some((it) => values.includes(it)))
    case 'not-in':
      return certain(!listed(value).some((it) => values.includes(it)))
    case 'exists':
      return certain(values.length > 0 === (value === 'true'))
    case 'regex': {
      const pattern = patternOf(value)
      return pattern ? certain(values.some((it) => pattern.test(it))) : 'unknown'
    }
    default:
      return 'unknown'
  }
}

function certain(is: boolean, isKnown = true): Certainty {
  return isKnown ? (is ? 'yes' : 'no') : 'unknown'
}

function isBelow(code: string, ancestor: string, { parentsOf }: FilterContext): boolean {
  const seen = new Set([code])
  // It grows while it is gone through.
  for (const it of seen) {
    if (it === ancestor) return true
    for (const parent of parentsOf.get(it) ?? []) seen.add(parent)
  }
  return false
}

function valuesOf(
  property: string,
  { code, display, parents, properties }: KnownConcept,
  { declared }: FilterContext,
): readonly string[] | undefined {
  if (property === 'concept' || property === 'code') return [code]
  if (property === 'display') return display === undefined ? [] : [display]
  if (property === 'parent') return parents
  return declared.has(property)
    ? properties.filter((it) => it.code === property).map(({ value }) => value)
    : undefined
}

function listed(value: string): readonly string[] {
  return value.split(',').map((it) => it.trim())
}

function patternOf(value: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${value})$`)
  } catch {
    // It is in another dialect.
    return undefined
  }
}

/** Whether a code system says that a concept is not in use any more. */
export function isInactive({ properties }: KnownConcept): boolean {
  return properties.some(
    ({ code, value }) =>
      (code === 'inactive' && value === 'true') || (code === 'status' && /^(retired|inactive)$/.test(value)),
  )
}
