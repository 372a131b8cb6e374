import { createHash } from 'node:crypto'
import { type ConnectOptions, type Connection, openConnection } from './connection.ts'
import { gunzip } from './gunzip.ts'
import { tlsHandshake } from './handshake.ts'
import type { HandshakeRequest, Transport, WireRequest, WireResponse } from './message.ts'
import type { NetworkFailure } from './network-failure.ts'
import { openSpoolStore } from './spool-store.ts'
import {
  type BodyBuffers,
  type DecodedBody,
  type ResponseHead,
  exchangeOn,
  tooLarge,
} from './wire-exchange.ts'

const mostIdle = 8

/** A transport over sockets. Control requests get a connection each; downloads share a few that are kept alive. */
export function httpTransport(options: ConnectOptions): Transport & { close(): Promise<void> } {
  const idle = new Map<string, Connection[]>()
  const spools = openSpoolStore()
  const discard = (connection: Connection) => void connection.client.destroy().catch(() => undefined)

  const borrow = (url: URL): Connection => idle.get(url.origin)?.pop() ?? openConnection(url, options, true)
  const giveBack = (url: URL, connection: Connection) => {
    const list = idle.get(url.origin) ?? []
    if (connection.broken || list.length >= mostIdle) return discard(connection)
    idle.set(url.origin, [...list, connection])
  }

  const send: Transport = async (request) => {
    const url = new URL(request.url)
    const body: BodyBuffers = { encoded: spools.create(), decoded: openDecodedBody(request) }
    try {
      const received = await attempt(request, url, body)
      return 'networkError' in received ? received : await decodedResponse(received, request, body)
    } finally {
      body.encoded.drop()
    }
  }

  const attempt = async (
    request: WireRequest,
    url: URL,
    body: BodyBuffers,
  ): Promise<ResponseHead | NetworkFailure> => {
    const connection = request.keepAlive ? borrow(url) : openConnection(url, options, false)
    const reused = connection.used > 0
    connection.used += 1
    const received = await exchangeOn(connection, { request, url, body })
    if ('networkError' in received || !request.keepAlive) discard(connection)
    else giveBack(url, connection)
    // A server may close an idle connection at any time, so the request is sent again.
    const raced =
      'networkError' in received &&
      received.networkError === 'reset' &&
      reused &&
      body.encoded.bytes + body.decoded.bytes === 0
    return raced && !request.signal?.aborted ? attempt(request, url, body) : received
  }

  return Object.assign(send, {
    handshake: (request: HandshakeRequest) => tlsHandshake(request, options),
    async close() {
      await Promise.all([...idle.values()].flat().map((it) => it.client.destroy().catch(() => undefined)))
      idle.clear()
      spools.close()
    },
  })
}

function openDecodedBody(request: WireRequest): DecodedBody {
  const hash = request.sink ? undefined : createHash('sha256')
  const chunks: Uint8Array[] = []
  let bytes = 0
  return {
    get bytes() {
      return bytes
    },
    append(chunk) {
      if (bytes + chunk.length > request.maxBytes) return false
      bytes += chunk.length
      hash?.update(chunk)
      if (request.sink) request.sink.write(chunk)
      else chunks.push(Uint8Array.from(chunk))
      return true
    },
    body: () => Buffer.concat(chunks),
    digest: () => hash?.digest('hex'),
  }
}

async function decodedResponse(
  received: ResponseHead,
  request: WireRequest,
  { encoded, decoded }: BodyBuffers,
): Promise<WireResponse> {
  const { encodings, ...head } = received
  const accepted = request.headers.filter(([name]) => name.toLowerCase() === 'accept-encoding')
  // A request without the header accepts any encoding (RFC 9110 section 12.5.3).
  const offered = accepted.length === 0 || accepted.some(([, value]) => value.includes('gzip'))
  const gzip = encodings.length === 1 && (encodings[0] === 'gzip' || encodings[0] === 'x-gzip') && offered
  if (encodings.length > 0 && !gzip)
    return {
      networkError: 'undecodable',
      problem: 'the body has a content encoding that the request does not accept',
    }
  if (encoded.bytes > 0) {
    const problem = await gunzip(encoded.read(), (chunk) => decoded.append(chunk))
    if (problem === 'too-large') return tooLarge(request.maxBytes)
    if (problem === 'undecodable')
      return { networkError: problem, problem: 'the body is not complete gzip data' }
    if (problem) return { networkError: problem, problem: 'bytes follow the gzip data of the body' }
  }
  const digest = decoded.digest()
  return { ...head, body: decoded.body(), bytes: decoded.bytes, ...(digest === undefined ? {} : { digest }) }
}
