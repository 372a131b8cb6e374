/**
 * The absolute form of a URL that a server gave, resolved against the URL of the response that held it; `undefined` if it is none.
 * Backslashes, control characters and spaces around it are no part of a URL (RFC 3986 section 2), however browsers read them.
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
