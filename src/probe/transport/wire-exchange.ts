import type { Dispatcher } from 'undici'
import { type HeaderList, headerValues } from '../../model/http/exchange.ts'
import type { Connection } from './connection.ts'
import type { WireRequest } from './message.ts'
import { type NetworkFailure, networkFailure } from './network-failure.ts'
import type { Spool } from './spool.ts'

const mostInterim = 10
const idleMs = 60_000

/** A response without its body. */
export interface ResponseHead {
  readonly status: number
  readonly headers: HeaderList
  readonly framing: 'length' | 'chunked' | 'none'
  /** Content encodings without `identity`. */
  readonly encodings: readonly string[]
}

/** Where the bytes of a body go: an encoded body must be complete before it is decoded. */
export interface BodyBuffers {
  readonly encoded: Spool
  readonly decoded: DecodedBody
}

/** Decoded bytes, counted, and digested unless they go elsewhere. */
export interface DecodedBody {
  readonly bytes: number
  /** False once there are too many. */
  append(chunk: Uint8Array): boolean
  body(): Uint8Array
  digest(): string | undefined
}

/** One request on a connection, and what has arrived so far. */
interface WireExchange {
  readonly connection: Connection
  readonly request: WireRequest
  readonly url: URL
  readonly body: BodyBuffers
  readonly resolve: (result: ResponseHead | NetworkFailure) => void
  /** Deadline of the whole exchange. */
  deadline?: NodeJS.Timeout
  /** Ends it if no bytes arrive in the middle of a body. */
  idleTimer?: NodeJS.Timeout
  onAbort?: () => void
  head?: ResponseHead
  interimResponses: number
  /** The last piece of the body. */
  lastChunk?: Uint8Array
  isSettled: boolean
  abort?: (reason: Error) => void
}

/** Sends a request on a connection; the body goes to the buffers. Never rejects. */
export function exchangeOn(
  connection: Connection,
  { request, url, body }: Pick<WireExchange, 'request' | 'url' | 'body'>,
): Promise<ResponseHead | NetworkFailure> {
  return new Promise((resolve) => {
    const exchange: WireExchange = {
      ...{ connection, request, url, body, resolve },
      interimResponses: 0,
      isSettled: false,
    }
    if (!startTimers(exchange)) return
    try {
      connection.client.dispatch(
        {
          path: url.pathname + url.search,
          method: request.method as Dispatcher.HttpMethod,
          headers: request.headers.flat(),
          ...(request.body === undefined ? {} : { body: request.body }),
          reset: request.keepAlive !== true,
        },
        dispatchHandler(exchange),
      )
    } catch (error) {
      settle(exchange, networkFailure(error, url))
    }
  })
}

/** Starts what can end an exchange early; false if the run was aborted before. */
function startTimers(exchange: WireExchange): boolean {
  const { signal, timeoutMs } = exchange.request
  const limit = Math.min(timeoutMs, 2 ** 31 - 1)
  const late = { networkError: 'timeout', problem: `no complete response within ${limit / 1000} s` } as const
  exchange.deadline = setTimeout(() => settle(exchange, late), limit)
  const onAbort = () => settle(exchange, { networkError: 'reset', problem: 'the run was interrupted' })
  exchange.onAbort = onAbort
  signal?.addEventListener('abort', onAbort, { once: true })
  if (!signal?.aborted) return true
  onAbort()
  return false
}

function settle(exchange: WireExchange, result: ResponseHead | NetworkFailure): void {
  const { request, body, connection, onAbort } = exchange
  clearTimeout(exchange.deadline)
  clearTimeout(exchange.idleTimer)
  if (onAbort) request.signal?.removeEventListener('abort', onAbort)
  body.encoded.end()
  connection.inBody = false
  exchange.isSettled = true
  exchange.resolve(result)
  if ('networkError' in result) exchange.abort?.(new Error('given up'))
}

function dispatchHandler(exchange: WireExchange): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller) {
      exchange.abort = (reason) => controller.abort(reason)
    },
    onResponseStart: (controller, status) => startResponse(exchange, status, controller.rawHeaders),
    onResponseData: (_controller, chunk) => takeChunk(exchange, chunk),
    onResponseEnd: () => endResponse(exchange),
    onResponseError: (_controller, error) => settle(exchange, failureOf(exchange, error)),
  }
}

function startResponse(exchange: WireExchange, status: number, rawHeaders: unknown): void {
  if (status < 200) {
    exchange.interimResponses += 1
    if (exchange.interimResponses > mostInterim)
      settle(exchange, {
        networkError: 'malformed',
        problem: `the server sent more than ${mostInterim} interim responses`,
      })
    return
  }
  exchange.head = responseHead(status, headerList(rawHeaders))
  exchange.connection.inBody = true
  const problem = `the server sent nothing for ${idleMs / 1000} s in the middle of a body`
  exchange.idleTimer = setTimeout(() => settle(exchange, { networkError: 'timeout', problem }), idleMs)
}

function takeChunk(exchange: WireExchange, chunk: Uint8Array): void {
  const { body, head, request } = exchange
  exchange.idleTimer?.refresh()
  if (exchange.isSettled) return
  exchange.lastChunk = chunk
  const isEncoded = head !== undefined && head.encodings.length > 0
  if (isEncoded) body.encoded.write(chunk)
  if (isEncoded ? body.encoded.bytes > request.maxBytes : !body.decoded.append(chunk))
    settle(exchange, tooLarge(request.maxBytes))
}

function endResponse(exchange: WireExchange): void {
  const { head, connection, lastChunk } = exchange
  // Without a length the end of the connection is the end of the body, unless it broke.
  if (!head || (head.framing === 'none' && connection.broken))
    settle(exchange, failureOf(exchange, undefined))
  else if (head.framing === 'length' && hasTrailingBytes(lastChunk, connection.lastRead))
    settle(exchange, {
      networkError: 'malformed',
      problem: 'the server sent more bytes than the Content-Length says',
    })
  else settle(exchange, head)
}

/** The failure of an exchange; a connection that is lost after the head of a response cuts its body. */
function failureOf({ head, url }: WireExchange, error: unknown): NetworkFailure {
  const failure = networkFailure(error, url)
  return head && failure.networkError === 'reset' ? { ...failure, networkError: 'cut' } : failure
}

/** Whether bytes follow the end of a body; line ends do not count. */
function hasTrailingBytes(body: Uint8Array | undefined, read: Uint8Array | undefined): boolean {
  if (!body || !read || body.buffer !== read.buffer) return false
  const rest = read.subarray(body.byteOffset + body.length - read.byteOffset)
  return rest.some((byte) => byte !== 10 && byte !== 13)
}

function responseHead(status: number, headers: HeaderList): ResponseHead {
  const chunked = headerValues(headers, 'transfer-encoding').length > 0
  const bodiless = status === 204 || status === 304
  const length = bodiless || headerValues(headers, 'content-length').length > 0
  const encodings = headerValues(headers, 'content-encoding')
    .flatMap((it) => it.split(','))
    .map((it) => it.trim().toLowerCase())
    .filter((it) => it !== '' && it !== 'identity')
  return { status, headers, framing: chunked ? 'chunked' : length ? 'length' : 'none', encodings }
}

function headerList(raw: unknown): HeaderList {
  const list = Array.isArray(raw)
    ? raw.map((it) => (Buffer.isBuffer(it) ? it.toString('latin1') : String(it)))
    : []
  const pairs: (readonly [string, string])[] = []
  for (let at = 0; at + 1 < list.length; at += 2) pairs.push([list[at] ?? '', list[at + 1] ?? ''])
  return pairs
}

/** The failure of an exchange whose body has more bytes than are read. */
export function tooLarge(limit: number): NetworkFailure {
  return { networkError: 'too-large', problem: `the body has more than ${limit} bytes` }
}
