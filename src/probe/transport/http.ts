import { createHash } from 'node:crypto'
import type { Dispatcher } from 'undici'
import type { HeaderList } from '../../model/http/exchange.ts'
import { headerValues } from '../../model/http/exchange.ts'
import { type ConnectOptions, type Connection, openConnection } from './connection.ts'
import { gunzip } from './gunzip.ts'
import { type NetworkFailure, networkFailure } from './network-failure.ts'
import { type Spool, openSpoolStore } from './spool.ts'
import type { Transport, WireRequest, WireResponse } from './message.ts'

const mostInterim = 10
const idleMs = 60_000
const mostIdle = 8

/** What came, besides the body. */
interface ResponseHead {
  readonly status: number
  readonly headers: HeaderList
  readonly framing: 'length' | 'chunked' | 'none'
  /** Content encodings without `identity`. */
  readonly encodings: readonly string[]
}

/** Where the bytes of a body go: encoded ones have to be whole before they are decoded. */
interface BodyBuffers {
  readonly encoded: Spool
  readonly decoded: DecodedBody
}

/** Decoded bytes, counted, and digested unless they go elsewhere. */
interface DecodedBody {
  readonly bytes: number
  /** False once there are too many. */
  append(chunk: Uint8Array): boolean
  body(): Uint8Array
  digest(): string | undefined
}

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
      const came = await attempt(request, url, body)
      return 'networkError' in came ? came : await decodedResponse(came, request, body)
    } finally {
      body.encoded.drop()
    }
  }

  const attempt = async (
    request: WireRequest,
    url: URL,
    body: BodyBuffers,
  ): Promise<ResponseHead | NetworkFailure> => {
    const connection = request.bulk ? borrow(url) : openConnection(url, options, false)
    const reused = connection.used > 0
    connection.used += 1
    const came = await exchangeOn(connection, { request, url, body })
    if ('networkError' in came || !request.bulk) discard(connection)
    else giveBack(url, connection)
    // A server may close an idle connection at any time; that says nothing about the response.
    const raced =
      'networkError' in came &&
      came.networkError === 'reset' &&
      reused &&
      body.encoded.bytes + body.decoded.bytes === 0
    return raced && !request.signal?.aborted ? attempt(request, url, body) : came
  }

  return Object.assign(send, {
    async close() {
      await Promise.all([...idle.values()].flat().map((it) => it.client.destroy().catch(() => undefined)))
      idle.clear()
      spools.close()
    },
  })
}

function exchangeOn(
  connection: Connection,
  { request, url, body }: { request: WireRequest; url: URL; body: BodyBuffers },
): Promise<ResponseHead | NetworkFailure> {
  return new Promise((resolve) => {
    let raw: ResponseHead | undefined
    let interim = 0
    let last: Uint8Array | undefined
    let done = false
    let abort: ((reason: Error) => void) | undefined
    const settle = (came: ResponseHead | NetworkFailure) => {
      clearTimeout(total)
      clearTimeout(quiet)
      request.signal?.removeEventListener('abort', interrupted)
      body.encoded.end()
      connection.inBody = false
      done = true
      resolve(came)
      if ('networkError' in came) abort?.(new Error('given up'))
    }
    const interrupted = () => settle({ networkError: 'reset', problem: 'the run was interrupted' })
    const limit = Math.min(request.timeoutMs, 2 ** 31 - 1)
    const late = { networkError: 'timeout', problem: `no whole response within ${limit / 1000} s` } as const
    const total = setTimeout(() => settle(late), limit)
    const stalled = {
      networkError: 'timeout',
      problem: `nothing came for ${idleMs / 1000} s in the middle of a body`,
    } as const
    let quiet: NodeJS.Timeout | undefined
    request.signal?.addEventListener('abort', interrupted, { once: true })
    if (request.signal?.aborted) return interrupted()

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        abort = (reason) => controller.abort(reason)
      },
      onResponseStart(controller, status) {
        if (status < 200) {
          interim += 1
          if (interim > mostInterim)
            settle({ networkError: 'malformed', problem: `more than ${mostInterim} interim responses came` })
          return
        }
        raw = responseHead(status, headerList(controller.rawHeaders))
        connection.inBody = true
        quiet = setTimeout(() => settle(stalled), idleMs)
      },
      onResponseData(_controller, chunk) {
        quiet?.refresh()
        if (done) return
        last = chunk
        const encoded = raw !== undefined && raw.encodings.length > 0
        if (encoded) body.encoded.write(chunk)
        if (encoded ? body.encoded.bytes > request.maxBytes : !body.decoded.append(chunk))
          settle(tooLarge(request.maxBytes))
      },
      onResponseEnd() {
        // Without a length the end of the connection is the end of the body, unless it broke.
        if (!raw || (raw.framing === 'none' && connection.broken)) settle(networkFailure(undefined, url))
        else if (raw.framing === 'length' && hasTrailingBytes(last, connection.lastRead))
          settle({ networkError: 'malformed', problem: 'more came than the Content-Length says' })
        else settle(raw)
      },
      onResponseError(_controller, error) {
        settle(networkFailure(error, url))
      },
    }
    try {
      connection.client.dispatch(
        {
          path: url.pathname + url.search,
          method: request.method as Dispatcher.HttpMethod,
          headers: request.headers.flat(),
          ...(request.body === undefined ? {} : { body: request.body }),
          reset: request.bulk !== true,
        },
        handler,
      )
    } catch (error) {
      settle(networkFailure(error, url))
    }
  })
}

/** Whether a body ends before what was read with its end does; line ends are nobody's body. */
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
  raw: ResponseHead,
  request: WireRequest,
  { encoded: wire, decoded: plain }: BodyBuffers,
): Promise<WireResponse> {
  const { encodings, ...head } = raw
  const offered = request.headers.some(
    ([name, value]) => name.toLowerCase() === 'accept-encoding' && value.includes('gzip'),
  )
  const gzip = encodings.length === 1 && (encodings[0] === 'gzip' || encodings[0] === 'x-gzip') && offered
  if (encodings.length > 0 && !gzip)
    return { networkError: 'malformed', problem: 'the body has a content encoding that was not offered' }
  if (wire.bytes > 0) {
    const wrong = await gunzip(wire.read(), (chunk) => plain.append(chunk))
    if (wrong === 'too-large') return tooLarge(request.maxBytes)
    if (wrong) return { networkError: 'malformed', problem: 'the body is not whole gzip data' }
  }
  const digest = plain.digest()
  return { ...head, body: plain.body(), bytes: plain.bytes, ...(digest === undefined ? {} : { digest }) }
}

function tooLarge(limit: number): NetworkFailure {
  return { networkError: 'too-large', problem: `the body has more than ${limit} bytes` }
}
