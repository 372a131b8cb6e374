import type { Picker } from '../checks/check.ts'
import type { ResourceIndex } from '../model/fhir/resource-index.ts'
import type { Reason } from '../model/reason.ts'

/** A value, or why there is none. */
export type ResolvedValue<T> = { readonly value: T } | { readonly reason: Reason }

/** Where references are looked up. */
export interface ValueSource {
  pick(from: string, pick: string): ResolvedValue<string | readonly string[]>
  index(from: string): ResolvedValue<ResourceIndex>
}

/** The same value with every `{ from, pick }` replaced by what it picks and every `{ from }` by that export's index. */
export function resolveReferences(value: unknown, source: ValueSource): ResolvedValue<unknown> {
  if (Array.isArray(value)) return resolveList(value, source)
  if (typeof value !== 'object' || value === null) return { value }
  const entries = Object.entries(value)
  const { from, pick } = value as { from?: unknown; pick?: unknown }
  if (typeof from === 'string' && typeof pick === 'string' && entries.length === 2)
    return source.pick(from, pick)
  if (typeof from === 'string' && entries.length === 1) return source.index(from)
  const resolved: Record<string, unknown> = {}
  for (const [key, member] of entries) {
    const it = resolveReferences(member, source)
    if ('reason' in it) return it
    resolved[key] = it.value
  }
  return { value: resolved }
}

function resolveList(list: readonly unknown[], source: ValueSource): ResolvedValue<unknown> {
  const resolved: unknown[] = []
  for (const member of list) {
    const it = resolveReferences(member, source)
    if ('reason' in it) return it
    // A pick of several values inside a list stands for those values.
    if (Array.isArray(it.value) && !Array.isArray(member)) resolved.push(...it.value)
    else resolved.push(it.value)
  }
  return { value: resolved }
}

/** The pick of a name; an unknown name is a bug, because loading checked it. */
export function pickerNamed(pickers: readonly Picker[], name: string): Picker {
  const picker = pickers.find((it) => it.name === name)
  if (!picker) throw new Error(`no pick ${name}`)
  return picker
}
