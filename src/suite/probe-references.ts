import type { ValuePath } from './yaml-source.ts'

/** A value that stands for another probe's: what `pick` finds in it or, without one, what it exported. */
export interface ProbeReference {
  readonly from: string
  readonly pick?: string
  readonly path: ValuePath
}

/** Whether a value is `{ from, pick }` or `{ from }`. */
function isProbeReference(value: unknown): value is { readonly from: string; readonly pick?: string } {
  if (typeof value !== 'object' || value === null) return false
  const { from, pick } = value as { from?: unknown; pick?: unknown }
  const size = Object.keys(value).length
  return (
    typeof from === 'string' &&
    ((size === 1 && pick === undefined) || (size === 2 && typeof pick === 'string'))
  )
}

/** All references inside a value, outermost first, with their paths below `path`. */
export function probeReferencesIn(value: unknown, path: ValuePath = []): readonly ProbeReference[] {
  if (typeof value !== 'object' || value === null) return []
  if (isProbeReference(value)) return [{ ...value, path }]
  return Object.entries(value).flatMap(([key, member]) =>
    probeReferencesIn(member, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

/** The same value with the probe of every reference renamed. */
export function renameProbes(value: unknown, name: (from: string) => string): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (isProbeReference(value)) return { ...value, from: name(value.from) }
  if (Array.isArray(value)) return value.map((it) => renameProbes(it, name))
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, renameProbes(member, name)]))
}
