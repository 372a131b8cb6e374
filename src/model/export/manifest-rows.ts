import type { ManifestRows } from '../http/exchange.ts'
import { isAbsoluteUrl } from '../http/url.ts'
import { isJsonObject } from '../json.ts'

const mostKinds = 1_000
const mostRuns = 10_000
const longestText = 1 << 10

/** The items of one list of a manifest as they come: the first item of each kind, and which kinds follow each other. */
export interface ListRows {
  readonly kinds: readonly unknown[]
  /** Kind and number of consecutive items, in turn; behind the 10,000th change items of one kind are together. */
  readonly runs: readonly number[]
  add(item: unknown): void
}

/** A list without items. */
export function openListRows(): ListRows {
  const kinds: unknown[] = []
  const known = new Map<string, number>()
  const runs: number[] = []
  /** Where in the runs each kind is counted behind the last change. */
  const rest = new Map<number, number>()
  const kindOf = (item: unknown): number => {
    const exact = kindKey(item)
    // Beyond so many kinds only the form counts.
    const key = known.has(exact) || kinds.length < mostKinds ? exact : formKey(item)
    const kind = known.get(key)
    if (kind !== undefined) return kind
    known.set(key, kinds.length)
    return kinds.push(shortened(item)) - 1
  }
  return {
    kinds,
    runs,
    add(item) {
      const kind = kindOf(item)
      const isAlike = rest.size === 0 && runs.length > 0 && runs[runs.length - 2] === kind
      let at = isAlike ? runs.length - 2 : rest.get(kind)
      if (at === undefined) {
        at = runs.push(kind, 0) - 2
        if (runs.length > 2 * mostRuns) rest.set(kind, at)
      }
      runs[at + 1] = (runs[at + 1] ?? 0) + 1
    },
  }
}

/** Everything about an item that a check can see, except which URL and which number it has. */
function kindKey(item: unknown): string {
  if (!isJsonObject(item)) return JSON.stringify(item).slice(0, longestText)
  let key = ''
  for (const name in item) key += `${name} ${memberKey(name, item[name])}\n`
  return key
}

function memberKey(name: string, value: unknown): string {
  if (name === 'url' && typeof value === 'string')
    return value === '' ? 'empty' : isAbsoluteUrl(value) ? 'absolute' : 'relative'
  if (name === 'type') return JSON.stringify(value).slice(0, longestText)
  if (name === 'count' && typeof value === 'number')
    return Number.isInteger(value) && value > 0 ? 'positive' : String(value)
  return typeOf(value)
}

function formKey(item: unknown): string {
  if (!isJsonObject(item)) return typeOf(item)
  return Object.entries(item)
    .map(([name, value]) => `${name.slice(0, 20)} ${typeOf(value)}`)
    .slice(0, 10)
    .join('\n')
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.length > longestText ? value.slice(0, longestText) : value
  const text = JSON.stringify(value)
  if (text.length <= longestText) return value
  if (!isJsonObject(value)) return Array.isArray(value) ? [] : value
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 20)
      .map(([name, it]) => [name.slice(0, longestText), isJsonObject(it) ? {} : shortened(it)]),
  )
}

/** A manifest as if it were whole: each list has all its items, and those of one kind are one object. */
export function expandRows(sample: unknown, { runs }: ManifestRows): unknown {
  if (!isJsonObject(sample)) return sample
  return Object.fromEntries(
    Object.entries(sample).map(([name, value]) => [
      name,
      Array.isArray(value) && Object.hasOwn(runs, name) ? expandList(value, runs[name] ?? []) : value,
    ]),
  )
}

function expandList(kinds: readonly unknown[], runs: readonly number[]): readonly unknown[] {
  const number = runs.reduce((sum, it, at) => (at % 2 === 1 ? sum + it : sum), 0)
  const items: unknown[] = new Array(number)
  let position = 0
  for (let at = 0; at + 1 < runs.length; at += 2) {
    const times = runs[at + 1] ?? 0
    items.fill(kinds[runs[at] ?? 0], position, position + times)
    position += times
  }
  return items
}
