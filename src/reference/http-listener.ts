import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from 'node:net'
import type { Request, Response } from './http-message.ts'
import { refusal } from './operation-outcome.ts'
import type { Provider } from './provider.ts'

/** A provider that listens on a loopback port. */
export interface Listener {
  /** Its origin, without a trailing slash. */
  readonly url: string
  close(): Promise<void>
}

/** Certificates with their keys, PEM. */
export interface ListenerCertificates {
  /** For the addresses at which a listener listens. */
  readonly own: { readonly cert: string; readonly key: string }
  /** For another host name. */
  readonly foreign: { readonly cert: string; readonly key: string }
}

const bodyLimit = 64 * 1024

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i

class BodyLimitError extends Error {}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of message) {
    length += (piece as Buffer).length
    if (length > bodyLimit) throw new BodyLimitError()
    pieces.push(piece as Buffer)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function headersOf({ rawHeaders }: IncomingMessage): Request['headers'] {
  const headers: (readonly [string, string])[] = []
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? ''])
  return headers
}

async function answerTo(provider: Provider, message: IncomingMessage): Promise<Response> {
  const { method = 'GET', url = '/' } = message
  const host = message.headers.host ?? ''
  if (provider.baseUrl === undefined && !loopback.test(host))
    return refusal(421, {
      code: 'security',
      diagnostics: 'This server accepts requests to loopback addresses only.',
    })
  const scheme = 'encrypted' in message.socket ? 'https' : 'http'
  const origin =
    provider.baseUrl === undefined
      ? `${scheme}://${host}`
      : new URL(provider.baseUrl).origin.replace(/^https?/, scheme)
  if (!url.startsWith('/'))
    return refusal(400, { code: 'invalid', diagnostics: 'The request target is not a path.' })
  const body = await bodyOf(message).catch((problem: unknown) => problem)
  if (body instanceof BodyLimitError)
    return refusal(413, { code: 'invalid', diagnostics: 'The body is longer than 64 KiB.' }, [
      ['Connection', 'close'],
    ])
  if (typeof body !== 'string') return { status: 0, headers: [], silence: 'reset' }
  return provider.handle({
    method,
    url: `${origin}${url}`,
    headers: headersOf(message),
    ...(body === '' ? {} : { body }),
  })
}

async function* piecesOf(body: NonNullable<Response['body']>): AsyncIterable<Uint8Array> {
  if (typeof body === 'string') yield Buffer.from(body, 'utf8')
  else if (body instanceof Uint8Array) yield body
  else yield* body
}

async function writeResponse(response: Response, target: ServerResponse): Promise<void> {
  const { status, headers, body, cutAfter, silence } = response
  if (silence) {
    target.destroy()
    return
  }
  const raw = headers.flat()
  const whole = typeof body === 'string' ? Buffer.from(body, 'utf8') : body
  if (whole === undefined || whole instanceof Uint8Array) {
    if (target.req.method !== 'HEAD' && status !== 204) raw.push('Content-Length', String(whole?.length ?? 0))
  }
  target.writeHead(status, raw)
  let left = cutAfter ?? Number.POSITIVE_INFINITY
  for await (const piece of piecesOf(whole ?? '')) {
    const part = piece.length > left ? piece.subarray(0, left) : piece
    left -= part.length
    if (!target.write(part) && !target.destroyed) await drained(target)
    if (target.destroyed) return
    if (left <= 0) break
  }
  if (cutAfter === undefined) target.end()
  // The written bytes must be sent before the connection is cut.
  else target.write('', () => target.destroy())
}

/** Waits until more can be written, or nothing any longer. */
async function drained(target: ServerResponse): Promise<void> {
  const waiting = new AbortController()
  const { signal } = waiting
  await Promise.race([once(target, 'drain', { signal }), once(target, 'close', { signal })]).finally(() =>
    waiting.abort(),
  )
}

/**
 * Serves a provider at a loopback address; port 0 takes a free one. Without a public base a request must be addressed to a
 * loopback name (421 otherwise), so that no page in a browser can reach it by another name.
 */
export async function listen(
  provider: Provider,
  {
    port,
    host = '127.0.0.1',
    certificates,
  }: {
    readonly port: number
    readonly host?: '127.0.0.1' | '::1'
    /** Needed by a provider with TLS. */
    readonly certificates?: ListenerCertificates
  },
): Promise<Listener> {
  const respond: RequestListener = (message, target) => {
    answerTo(provider, message)
      .then((response) => writeResponse(response, target))
      .catch(() => target.destroy())
  }
  const name = host === '::1' ? '[::1]' : host
  const secure = certificates && provider.tlsVersions.length > 0
  const server = secure
    ? secureServer(provider, respond, { name: host, certificates })
    : createServer(respond)
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(port, host)
  await once(server, 'listening')
  return {
    url: `${secure ? 'https' : 'http'}://${name}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close()
      for (const it of sockets) it.destroy()
      await once(server, 'close')
    },
  }
}

/** A server with TLS whose port also takes plain HTTP, so that the provider can refuse or answer it. */
function secureServer(
  provider: Provider,
  respond: RequestListener,
  { name, certificates }: { readonly name: string; readonly certificates: ListenerCertificates },
): Server {
  const { tlsVersions } = provider
  const isOwn = provider.handshake(name, tlsVersions)?.certificateName === name
  const over = createSecureServer(
    {
      ...(isOwn ? certificates.own : certificates.foreign),
      minVersion: tlsVersions[0] ?? 'TLSv1.2',
      maxVersion: tlsVersions.at(-1) ?? 'TLSv1.3',
      // OpenSSL accepts the old versions at its lowest security level only.
      ...(tlsVersions.some((it) => it < 'TLSv1.2') ? { ciphers: 'DEFAULT:@SECLEVEL=0' } : {}),
    },
    respond,
  )
  const plain = createServer(respond)
  return createSocketServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', (first: Buffer) => {
      socket.pause()
      socket.unshift(first)
      // A handshake begins with the record type 22 (RFC 8446 section 5.1).
      ;(first[0] === 22 ? over : plain).emit('connection', socket)
      process.nextTick(() => socket.resume())
    })
  })
}
