/** Whether a value is a FHIR id: 1 to 64 letters, digits, hyphens and dots. */
export function isId(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length > 0 && value.length <= 64 && endOfId(value, 0) === value.length
  )
}

/** Index of the first character from `at` that cannot be in an id. */
export function endOfId(text: string, at: number): number {
  // Every line has ids, and a loop takes half the time of a regular expression.
  let i = at
  for (; i < text.length; i += 1) {
    const c = text.charCodeAt(i)
    const lower = c | 32
    if ((c < 48 || c > 57) && (lower < 97 || lower > 122) && c !== 45 && c !== 46) break
  }
  return i
}
