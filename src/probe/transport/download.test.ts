import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, type ServerResponse, createServer as createHttp } from 'node:http'
import { type ServerOptions, createServer as createHttps } from 'node:https'
import { type AddressInfo, type Server, connect } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConnectOptions } from './connection.ts'
import { httpTransport } from './http.ts'
import type { Transport, WireResponse } from './message.ts'

const pem = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../fixtures/tls', `${name}.pem`), 'utf8')
const ca = pem('authority')
const certified: ServerOptions = { cert: pem('server'), key: pem('server.test-only.private') }
const client = { cert: pem('client'), key: pem('client.test-only.private') }

/** More than is read at a time, and of no length that anything is a multiple of. */
const body = Buffer.alloc(9_999_991)
for (let at = 0; at < body.length; at += 1) body[at] = (at * 31 + (at >>> 8) * 17 + (at >>> 16)) & 0xff
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/length': (it) => void it.writeHead(200, { 'Content-Length': body.length }).end(body),
  '/chunks': (it) => {
    for (let at = 0; at < body.length; at += 70_001) it.write(body.subarray(at, at + 70_001))
    it.end()
  },
  '/gzip': (it) => void it.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(body, { level: 1 })),
  '/slow': (it) => {
    it.writeHead(200, { 'Content-Length': body.length })
    const send = (at: number) => {
      const part = body.subarray(at, at + 1_500_000)
      if (part.length === 0) it.end()
      else it.write(part, () => setTimeout(send, 2, at + part.length))
    }
    send(0)
  },
  '/small': (it) => void it.end('{}\n'),
}

const servers: Server[] = []
async function listening(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const answer = (request: IncomingMessage, response: ServerResponse) => answers[request.url ?? '']?.(response)

let plain = ''
let secure = ''
let mutual = ''
let proxy = ''
beforeAll(async () => {
  plain = `http://127.0.0.1:${await listening(createHttp(answer))}`
  secure = `https://127.0.0.1:${await listening(createHttps(certified, answer))}`
  const asking = { ...certified, ca, requestCert: true, rejectUnauthorized: true }
  mutual = `https://127.0.0.1:${await listening(createHttps(asking, answer))}`
  const tunnels = createHttp().on('connect', (request, socket) => {
    const to = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      to.pipe(socket).pipe(to)
    })
    for (const it of [to, socket]) it.on('error', () => undefined)
  })
  proxy = `http://127.0.0.1:${await listening(tunnels)}`
})
afterAll(() => {
  for (const it of servers) it.close()
})

const open: { close(): Promise<void> }[] = []
afterAll(async () => {
  for (const it of open) await it.close()
})

function transportWith(options: ConnectOptions): Transport {
  const transport = httpTransport(options)
  open.push(transport)
  return transport
}

/** Downloads as an output file is, and tells what came to the sink, as it was when it came. */
async function downloaded(transport: Transport, url: string): Promise<[WireResponse, string]> {
  const hash = createHash('sha256')
  const came = await transport({
    method: 'GET',
    url,
    headers: [['Accept-Encoding', 'gzip']],
    timeoutMs: 20_000,
    maxBytes: 1 << 26,
    keepAlive: true,
    sink: { write: (chunk) => void hash.update(chunk) },
  })
  return [came, hash.digest('hex')]
}

describe('a large file comes byte for byte', () => {
  const kinds = ['plain', 'over TLS', 'over TLS, with a certificate of our own', 'over TLS through a proxy']
  test.each(kinds)('%s', async (kind) => {
    const origin = kind === 'plain' ? plain : kind.includes('our own') ? mutual : secure
    const transport = transportWith({
      ca,
      ...(kind.includes('our own') ? client : {}),
      ...(kind.includes('proxy') ? { proxy: () => proxy } : {}),
    })
    // All on one connection, small ones in between.
    for (const path of ['/length', '/small', '/chunks', '/gzip', '/small', '/slow', '/length']) {
      const [came, sha256] = await downloaded(transport, origin + path)
      const expected = path === '/small' ? Buffer.from('{}\n') : body
      expect(came, path).toMatchObject({ status: 200, bytes: expected.length })
      expect(sha256, path).toBe(digest(expected))
    }
  })
})

describe('certificates', () => {
  const asked = (url: string, options: ConnectOptions) =>
    transportWith(options)({ method: 'GET', url, headers: [], timeoutMs: 5_000, maxBytes: 100 })

  test('of an unknown authority are refused unless nothing is verified', async () => {
    expect(await asked(`${secure}/small`, {})).toMatchObject({ networkError: 'tls' })
    expect(await asked(`${secure}/small`, { insecure: true })).toMatchObject({ status: 200 })
    expect(await asked(`${secure}/small`, { ca })).toMatchObject({ status: 200 })
  })

  test('for another host are refused', async () => {
    const other = secure.replace('127.0.0.1', '127.0.0.2')
    expect(await asked(`${other}/small`, { ca })).toHaveProperty('networkError')
  })

  test('of the client are shown where they are asked for', async () => {
    expect(await asked(`${mutual}/small`, { ca })).toHaveProperty('networkError')
    expect(await asked(`${mutual}/small`, { ca, ...client })).toMatchObject({ status: 200 })
  })
})
