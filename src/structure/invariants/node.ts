/** A JSON object. */
export type Node = Readonly<Record<string, unknown>>

/** The resources that an element is in. */
export interface Place {
  /** The resource that has the element: `%resource`. */
  readonly resource: Node
  /** That resource, or the one in which it is contained: `%rootResource`. */
  readonly root: Node
}

/** Whether an invariant holds for an object. Of what is malformed in other ways it says true. */
export type Rule = (it: Node, at: Place) => boolean

/** Narrows to a JSON object. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether an element is there: `name.exists()`, its value or its extensions. */
export function has(it: Node, name: string): boolean {
  return it[name] !== undefined || it[`_${name}`] !== undefined
}

/** Whether a choice element is there in any of its types. */
export function hasChoice(it: Node, name: string): boolean {
  for (const key in it) {
    const at = key.charCodeAt(0) === 95 ? 1 : 0
    if (!key.startsWith(name, at)) continue
    const next = key.charCodeAt(at + name.length)
    if (next >= 65 && next <= 90) return true
  }
  return false
}

/** The objects of an element that can repeat. */
export function nodes(it: Node, name: string): readonly Node[] {
  const value = it[name]
  return Array.isArray(value) ? value.filter(isNode) : none
}

const none: readonly Node[] = []

/** An object in an element that cannot repeat, or one without anything. */
export function node(it: Node, name: string): Node {
  const value = it[name]
  return isNode(value) ? value : empty
}

const empty: Node = {}

/** How many there are of an element. */
export function count(it: Node, name: string): number {
  const value = it[name]
  if (Array.isArray(value)) return value.length
  return has(it, name) ? 1 : 0
}

/** Whether a concept has a coding of this system with one of these codes. */
export function isCoded(concept: unknown, system: string, codes: readonly string[]): boolean {
  if (!isNode(concept)) return false
  return nodes(concept, 'coding').some((it) => it.system === system && codes.includes(it.code as string))
}

/** Whether no two of these are equal; what is absent is left out. */
export function isDistinct(values: readonly unknown[]): boolean {
  const seen = new Set<unknown>()
  for (const value of values) {
    if (value === undefined || value === null) continue
    if (seen.has(value)) return false
    seen.add(value)
  }
  return true
}

/** A text that equal JSON values have in common, whatever the order of names. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical((value as Node)[name])}`).join()}}`
}
