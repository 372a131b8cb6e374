/** Header lines in the order in which they were sent, duplicates kept. */
export type Headers = readonly (readonly [name: string, value: string])[]

/** An HTTP request as the provider sees it. */
export interface Request {
  readonly method: string
  /** Absolute. */
  readonly url: string
  readonly headers: Headers
  readonly body?: string
}

/** An HTTP response as the provider gives it. */
export interface Response {
  readonly status: number
  readonly headers: Headers
  /** Text, bytes, or pieces of any length. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** The connection is cut after this many bytes of the body. */
  readonly cutAfter?: number
  /** No answer at all. */
  readonly silence?: 'reset'
}

/** Values of all lines of a header, in order; names are compared without case. */
export function headerLines(message: { readonly headers: Headers }, name: string): readonly string[] {
  const wanted = name.toLowerCase()
  return message.headers.filter(([each]) => each.toLowerCase() === wanted).map(([, value]) => value)
}

/** A header's lines joined as RFC 9110 section 5.3 joins them; undefined if there is none. */
export function headerOf(message: { readonly headers: Headers }, name: string): string | undefined {
  const lines = headerLines(message, name)
  return lines.length > 0 ? lines.join(', ') : undefined
}

/** The response without any line of a header. */
export function withoutHeader(response: Response, name: string): Response {
  const wanted = name.toLowerCase()
  return { ...response, headers: response.headers.filter(([each]) => each.toLowerCase() !== wanted) }
}

/** The response with one line of a header, in place of those it had. */
export function withHeader(response: Response, name: string, value: string): Response {
  return { ...response, headers: [...withoutHeader(response, name).headers, [name, value]] }
}

/** The response with a header changed from its former value; an absent header stays absent. */
export function mapHeader(response: Response, name: string, change: (value: string) => string): Response {
  const value = headerOf(response, name)
  return value === undefined ? response : withHeader(response, name, change(value))
}

/** The response with another status. */
export function withStatus(response: Response, status: number): Response {
  return { ...response, status }
}

/** The response with another body and its media type. */
export function withBody(response: Response, body: string | Uint8Array, mediaType: string): Response {
  return { ...withHeader(response, 'Content-Type', mediaType), body }
}

/** The response without a body and without a media type. */
export function withoutBody(response: Response): Response {
  const { body: _, ...rest } = withoutHeader(response, 'Content-Type')
  return rest
}

/** A JSON object, changeable. */
export type JsonRecord = Record<string, unknown>

/** The response with a JSON body made from its former one; a body that is not text stays as it is. */
export function withJson(response: Response, change: (body: JsonRecord) => unknown): Response {
  return typeof response.body === 'string'
    ? { ...response, body: JSON.stringify(change(JSON.parse(response.body) as JsonRecord)) }
    : response
}

/** A response with a JSON body. */
export function jsonResponse(status: number, body: unknown, headers: Headers = []): Response {
  return { status, headers: [['Content-Type', 'application/json'], ...headers], body: JSON.stringify(body) }
}

/** A response with a FHIR resource in JSON as its body. */
export function fhirResponse(status: number, resource: unknown, headers: Headers = []): Response {
  return {
    status,
    headers: [['Content-Type', 'application/fhir+json'], ...headers],
    body: JSON.stringify(resource),
  }
}

/** The whole body in bytes; files are read to their end. */
export async function bodyBytes(response: Response): Promise<Uint8Array> {
  const { body } = response
  if (body === undefined) return new Uint8Array()
  if (typeof body === 'string') return Buffer.from(body, 'utf8')
  if (body instanceof Uint8Array) return body
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}

interface WeightedValue {
  readonly value: string
  readonly quality: number
}

function weightedValues(header: string): readonly WeightedValue[] {
  return header.split(',').map((part) => {
    const [value = '', ...parameters] = part.split(';').map((it) => it.trim())
    const q = parameters.find((it) => /^q=/i.test(it))
    return { value: value.toLowerCase(), quality: q === undefined ? 1 : Number(q.slice(2)) || 0 }
  })
}

/** Whether an Accept header admits one of the media types (RFC 9110 section 12.5.1); without the header all are admitted. */
export function admitsMedia(accept: string | undefined, offered: readonly string[]): boolean {
  if (accept === undefined || accept.trim() === '') return true
  const ranges = weightedValues(accept)
  return offered.some((type) => {
    const candidates = [type, `${type.split('/')[0]}/*`, '*/*']
    for (const candidate of candidates) {
      const range = ranges.find(({ value }) => value === candidate)
      if (range) return range.quality > 0
    }
    return false
  })
}

/** Whether an Accept-Encoding header asks for gzip (RFC 9110 section 12.5.3). */
export function admitsGzip(acceptEncoding: string | undefined): boolean {
  if (acceptEncoding === undefined) return false
  const codings = weightedValues(acceptEncoding)
  const coding = codings.find(({ value }) => value === 'gzip') ?? codings.find(({ value }) => value === '*')
  return coding !== undefined && coding.quality > 0
}

/** The preferences of all Prefer lines: lower-case name to value, the first of each name (RFC 7240 section 2). */
export function preferencesOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const part of lines.join(',').match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []) {
    const preference = (part.split(';')[0] ?? '').trim()
    const at = preference.indexOf('=')
    const name = (at < 0 ? preference : preference.slice(0, at)).trim().toLowerCase()
    const value = at < 0 ? '' : preference.slice(at + 1).trim()
    if (name && !found.has(name)) found.set(name, value.replace(/^"(.*)"$/, '$1'))
  }
  return found
}
