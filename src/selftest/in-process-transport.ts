import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { header } from '../model/http/exchange.ts'
import type { Transport, WireRequest, WireResponse } from '../probe/transport/message.ts'
import type { Request, Response } from '../reference/http-message.ts'
import type { Provider } from '../reference/provider.ts'

/** A gateway in front of a provider: it answers a request itself, or passes it on, changed or not. */
export type Gateway = (
  request: Request,
  pass: (request: Request) => Promise<Response>,
) => Response | Promise<Response>

const passThrough: Gateway = (request, pass) => pass(request)

/** The reference provider as a target without a network in between. */
export function inProcessTransport(
  provider: Pick<Provider, 'handle'>,
  gateway: Gateway = passThrough,
): Transport {
  return async (request) => {
    const { method, url, headers, body } = request
    const sent: Request = { method, url, headers, ...(body === undefined ? {} : { body }) }
    return wireResponseOf(request, await gateway(sent, (it) => provider.handle(it)))
  }
}

async function wireResponseOf(request: WireRequest, response: Response): Promise<WireResponse> {
  if (response.silence) return { networkError: 'reset', problem: 'the connection was reset' }
  const raw = await collect(response.body)
  if (response.cutAfter !== undefined && response.cutAfter < raw.byteLength)
    return { networkError: 'cut', problem: 'the connection was cut before the end of the body' }
  const encoding = header(response.headers, 'content-encoding')?.toLowerCase()
  if (encoding !== undefined && encoding !== 'gzip')
    return {
      networkError: 'undecodable',
      problem: 'the body has a content encoding that the request does not accept',
    }
  const bytes = encoding === 'gzip' ? gunzipped(raw) : raw
  if (!bytes) return { networkError: 'undecodable', problem: 'the body is not complete gzip data' }
  if (bytes.byteLength > request.maxBytes)
    return { networkError: 'too-large', problem: 'the body is too large' }
  const { sink } = request
  sink?.write(bytes)
  return {
    status: response.status,
    headers: response.headers,
    framing: 'length',
    bytes: bytes.byteLength,
    ...(sink
      ? { body: new Uint8Array() }
      : { body: bytes, digest: createHash('sha256').update(bytes).digest('hex') }),
  }
}

function gunzipped(raw: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(raw)
  } catch {
    // Damaged on purpose.
    return undefined
  }
}

async function collect(body: Response['body']): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array()
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}
