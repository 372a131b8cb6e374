import { type ClientRequest, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction, Socket } from 'node:net'
import { rootCertificates } from 'node:tls'
import { Client, buildConnector } from 'undici'
import { type AddressGuard, privateAddressError } from './address-guard.ts'

/** How connections are made. `proxy` names the HTTP proxy for a URL, if one is to be used. */
export interface ConnectOptions {
  /** PEM; trusted besides the authorities that Node knows. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
  /** Certificates are not verified. */
  readonly insecure?: boolean
  readonly proxy?: (url: URL) => string | undefined
  readonly guard?: AddressGuard
}

/** One connection to one origin. */
export interface Connection {
  readonly client: Client
  /** Requests that it has carried. */
  used: number
  /** Whether the socket failed; the parser reports this end of the connection as the end of a body. */
  broken: boolean
  /** The bytes read from the socket last; they may contain more than the body. */
  lastRead?: Uint8Array
  /** A body is being read: its consumer must copy what it keeps. */
  inBody: boolean
}

const connectTimeoutMs = 10_000
/** A download is read into the same memory again and again: a buffer for each read would be collected, and nothing takes longer. */
const readBytes = 1 << 20

/** Prepares a connection to the origin of a URL; it is made with the first request. */
export function openConnection(url: URL, options: ConnectOptions, reuse: boolean): Connection {
  const reads = openReadQueue()
  const { guard } = options
  const found: ResolvedHost = { addresses: [] }
  const connector = buildConnector({
    ...(guard ? { lookup: lookupIn(found) } : {}),
    ...(reuse ? { onread: { buffer: Buffer.allocUnsafeSlow(readBytes), callback: reads.push } } : {}),
    timeout: connectTimeoutMs,
    // Explicit, since NODE_TLS_REJECT_UNAUTHORIZED would turn verification off.
    rejectUnauthorized: options.insecure !== true,
    minVersion: 'TLSv1.2',
    allowH2: false,
    ...(options.ca ? { ca: [...rootCertificates, options.ca] } : {}),
    ...(options.cert ? { cert: options.cert } : {}),
    ...(options.key ? { key: options.key } : {}),
    ...(options.passphrase ? { passphrase: options.passphrase } : {}),
  })
  const proxy = options.proxy?.(url)
  const connect: buildConnector.connector = (to, callback) => {
    const done: buildConnector.Callback = (...args) => {
      const [error, socket] = args
      if (!error && socket) watchSocket(socket, connection, reads)
      callback(...args)
    }
    if (proxy === undefined) {
      if (!guard) return connector(to, done)
      guard.admit(url).then(
        (addresses) => {
          found.addresses = addresses
          connector(to, done)
        },
        (error: Error) => done(error, null),
      )
      return
    }
    if (guard?.admitsByName(url) === false) return done(privateAddressError(), null)
    tunnel(new URL(proxy), url).then(
      (socket) =>
        to.protocol === 'https:' ? connector({ ...to, httpSocket: socket }, done) : done(null, socket),
      (error: Error) => done(error, null),
    )
  }
  const client = new Client(url.origin, {
    connect,
    pipelining: reuse ? 1 : 0,
    // Deadlines are the transport's own.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 64 << 10,
    strictContentLength: true,
  })
  const connection: Connection = { client, used: 0, broken: false, inBody: false }
  return connection
}

/** The addresses that a connection may have: the name is resolved once, so that those that were judged are connected to. */
interface ResolvedHost {
  addresses: Awaited<ReturnType<AddressGuard['admit']>>
}

function lookupIn(found: ResolvedHost): LookupFunction {
  return (hostname, { all }, callback) => {
    const [first] = found.addresses
    if (!first) callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND', hostname }), '')
    else if (all) callback(null, [...found.addresses])
    else callback(null, first.address, first.family)
  }
}

/** What was read into memory of our own, which the socket does not hold itself. */
interface ReadQueue {
  push(length: number, memory: Uint8Array): boolean
  /** `kept`: the consumer may read it again later. */
  shift(kept: boolean): Uint8Array | undefined
  /** Called when bytes arrive. */
  onPush: () => void
}

function openReadQueue(): ReadQueue {
  const waiting: Uint8Array[] = []
  const reads: ReadQueue = {
    push(length, memory) {
      const chunk = Buffer.from(memory.buffer, memory.byteOffset, length)
      waiting.push(chunk)
      reads.onPush()
      // The memory is overwritten by the next read.
      if (waiting.at(-1) === chunk) waiting[waiting.length - 1] = Buffer.from(chunk)
      return true
    },
    // The parser keeps parts of the head until it is whole.
    shift: (kept) => {
      const chunk = waiting.shift()
      return chunk && kept ? Buffer.from(chunk) : chunk
    },
    onPush: () => undefined,
  }
  return reads
}

function watchSocket(socket: Socket, connection: Connection, reads: ReadQueue): void {
  socket.on('error', () => {
    connection.broken = true
  })
  // The parser stops after Content-Length bytes and silently drops the rest. It is never paused, so nothing is left for later.
  const read = socket.read.bind(socket)
  socket.read = (size?: number) => {
    const chunk: unknown = (size === 0 ? undefined : reads.shift(!connection.inBody)) ?? read(size)
    if (chunk instanceof Uint8Array) connection.lastRead = chunk
    return chunk
  }
  reads.onPush = () => socket.emit('readable')
}

/** Requests a connection to an origin from an HTTP proxy (RFC 9110 section 9.3.6). */
export function tunnel(proxy: URL, to: URL): Promise<Socket> {
  const authority = `${to.hostname}:${to.port || (to.protocol === 'https:' ? 443 : 80)}`
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  const headers = {
    host: authority,
    ...(user === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` }),
  }
  const { hostname, protocol } = proxy
  const port = proxy.port || (protocol === 'https:' ? 443 : 80)
  const send = protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const request: ClientRequest = send({
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      method: 'CONNECT',
      path: authority,
      headers,
      agent: false,
      timeout: connectTimeoutMs,
    })
    const failed = () => reject(Object.assign(new Error('no tunnel'), { code: 'ERR_PROXY' }))
    request.on('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve(socket as Socket)
      socket.destroy()
      failed()
    })
    request.on('timeout', () => request.destroy())
    request.on('response', failed)
    request.on('error', failed)
    request.end()
  })
}
