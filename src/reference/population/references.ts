/** Values at a path of element names below a value, arrays flattened, in document order. */
export function valuesAtPath(value: unknown, path: readonly string[]): unknown[] {
  let found: unknown[] = [value]
  for (const name of path) {
    found = found.flatMap((at) => {
      if (typeof at !== 'object' || at === null) return []
      const child: unknown = (at as Record<string, unknown>)[name]
      return child === undefined || child === null ? [] : child
    })
  }
  return found
}

/** Type and id that a relative or absolute literal reference names; undefined for fragments, URNs and versions of nothing. */
export function referenceTarget(
  reference: unknown,
): { readonly type: string; readonly id: string } | undefined {
  if (typeof reference !== 'string') return undefined
  const [, type, id] =
    /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(
      reference,
    ) ?? []
  return type === undefined || id === undefined ? undefined : { type, id }
}
