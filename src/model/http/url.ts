// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const forgiven = /[\u0000-\u0020\u007f\\]/

/**
 * Resolves a URL from a response against the URL of that response; `undefined` if the text is not a URL.
 * Backslashes, control characters and spaces are not allowed in a URL (RFC 3986 section 2), although browsers accept them.
 */
export function resolveUrl(raw: string, base: string): string | undefined {
  if (raw === '' || forgiven.test(raw)) return undefined
  try {
    return new URL(raw, base).href
  } catch {
    return undefined
  }
}

/** The URL that a text is, whatever its scheme. */
export function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/** The origin of a URL; empty if the text is not a URL. */
export function originOf(url: string): string {
  return parseUrl(url)?.origin ?? ''
}

/** The URL that a text is, if its scheme is http or https. */
export function parseHttpUrl(text: string): URL | undefined {
  const url = parseUrl(text)
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? url : undefined
}

/** Whether a value is the text of an http or https URL with a host, without anything around it and without what only browsers accept. */
export function isAbsoluteUrl(value: unknown): value is string {
  if (typeof value !== 'string' || !/^https?:\/\/[^/?#\s]/i.test(value)) return false
  if (/\s/.test(value) || forgiven.test(value)) return false
  return URL.canParse(value)
}

/** Whether a text begins as an http or https URL does, whatever follows. */
export function hasHttpScheme(text: string): boolean {
  return /^https?:\/\//i.test(text)
}

/** The URL if a browser may follow it: http or https, without credentials. */
export function webUrl(text: string): string | undefined {
  const url = hasHttpScheme(text) ? parseHttpUrl(text) : undefined
  return url?.username === '' && url.password === '' ? url.href : undefined
}
