import { createHash } from 'node:crypto'
import type { AttachmentContent } from '../model/fhir/attachment.ts'
import { header, mediaType } from '../model/http/exchange.ts'
import { isJsonObject } from '../model/json.ts'
import type { HttpResponse } from './http-client.ts'

/** The content of an attachment in a response: its body, or what a Binary resource in it contains. */
export async function attachmentContent({
  headers = [],
  spool,
}: Pick<HttpResponse, 'headers' | 'spool'>): Promise<AttachmentContent | undefined> {
  if (!spool) return undefined
  const chunks: Uint8Array[] = []
  for await (const chunk of spool.read()) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const type = mediaType(header(headers, 'content-type'))
  const binary = type?.includes('json') ? binaryIn(body) : undefined
  const { bytes, mediaType: named } = binary ?? { bytes: body, mediaType: type }
  return {
    bytes: bytes.length,
    sha1: createHash('sha1').update(bytes).digest('base64'),
    ...(named === undefined ? {} : { mediaType: named }),
  }
}

function binaryIn(
  body: Buffer,
): { readonly bytes: Buffer; readonly mediaType: string | undefined } | undefined {
  const value = parsed(body)
  if (!isJsonObject(value) || value.resourceType !== 'Binary') return undefined
  const { data, contentType } = value
  return {
    bytes: Buffer.from(typeof data === 'string' ? data : '', 'base64'),
    mediaType: typeof contentType === 'string' ? mediaType(contentType) : undefined,
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    // Then the body is the content itself.
    return undefined
  }
}
