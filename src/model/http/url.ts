/**
 * Resolves a URL from a response against the URL of that response; `undefined` if the text is not a URL.
 * Backslashes, control characters and spaces are not allowed in a URL (RFC 3986 section 2), although browsers accept them.
 */
export function resolveUrl(raw: string, base: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (raw === '' || /[\u0000-\u0020\u007f\\]/.test(raw)) return undefined
  try {
    return new URL(raw, base).href
  } catch {
    return undefined
  }
}

/** Whether a value parses as an http or https URL with a host as it stands. */
export function isAbsoluteUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !/^https?:\/\/[^/?#\s]/i.test(value) || /\s/.test(value)) return false
  return URL.canParse(value)
}
