/** The patterns of a known-failing file: one a line, `*` for anything, comments after `#`, which give the reason. */
export function parseKnownFailing(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
}

/** Whether a test id meets one of the patterns. */
export function isKnownFailing(id: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesPattern(id, pattern))
}

// In a pattern `*` stands for any text.
function matchesPattern(id: string, pattern: string): boolean {
  const escaped = pattern.split('*').map((it) => it.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`).test(id)
}

/** Patterns that meet no test: a mistake in the file. */
export function unmatchedPatterns(patterns: readonly string[], ids: readonly string[]): readonly string[] {
  return patterns.filter((pattern) => !ids.some((id) => matchesPattern(id, pattern)))
}
