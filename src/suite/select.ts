/** Whether a test is among those asked for: by its id, with or without level, by its suite or by its requirement. */
export function selects(
  patterns: readonly string[] | undefined,
  test: { readonly id: string; readonly suite: string; readonly requirement: string },
): boolean {
  if (!patterns) return true
  const names = [test.id, test.id.replace(/@.*$/, ''), test.suite, test.requirement]
  return patterns.some((pattern) => names.some((name) => meets(name, pattern)))
}

function meets(name: string, pattern: string): boolean {
  const literal = pattern.split('*').map((it) => it.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${literal.join('.*')}$`).test(name)
}
