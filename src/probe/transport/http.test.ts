import { type Server, type Socket, createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { httpTransport } from './http.ts'
import type { WireRequest, WireResponse } from './message.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** A server that answers every request on a socket by hand; the count is that of requests on the connection. */
async function serve(answer: (socket: Socket, count: number, request: string) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    let count = 0
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      count += 1
      answer(socket, count, data.toString('latin1'))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

async function ask(url: string, more: Partial<WireRequest> = {}): Promise<WireResponse> {
  const transport = httpTransport({})
  open.push(() => transport.close())
  return transport({ method: 'GET', url, headers: [], timeoutMs: 5_000, maxBytes: 1 << 20, ...more })
}

function text(came: WireResponse): string {
  return 'networkError' in came ? came.networkError : Buffer.from(came.body).toString()
}

const gzip: Partial<WireRequest> = { headers: [['Accept-Encoding', 'gzip']] }
const zipped = gzipSync('{"resourceType":"Patient"}\n'.repeat(50))
const lead = (data: Buffer) =>
  `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${data.length}\r\n\r\n`

describe('what comes is taken whole', () => {
  test.each<[string, string, string]>([
    ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc', 'length'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n', 'chunked'],
    ['the end of the connection', 'HTTP/1.0 200 OK\r\n\r\nabc', 'none'],
    [
      'an interim response before',
      'HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
      'length',
    ],
    ['identity', 'HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc', 'length'],
  ])('%s', async (_name, response, framing) => {
    const url = await serve((socket) => socket.end(response))
    const came = await ask(url)
    expect(came).toMatchObject({ status: 200, framing, bytes: 3 })
    expect(text(came)).toBe('abc')
  })

  test('header fields keep their order, duplicates and spelling, two thousand of them too', async () => {
    const many = Array.from({ length: 2_000 }, (_it, at) => `X-${at}: ${at}\r\n`).join('')
    const url = await serve((socket) =>
      socket.end(
        `HTTP/1.1 202 OK\r\nRetry-After: 5\r\nretry-after: 9\r\n${many}Content-Location: /x\r\nContent-Length: 0\r\n\r\n`,
      ),
    )
    const came = await ask(url)
    if ('networkError' in came) throw new Error(came.problem)
    expect(came.headers.slice(0, 2)).toEqual([
      ['Retry-After', '5'],
      ['retry-after', '9'],
    ])
    expect(came.headers.at(-2)).toEqual(['Content-Location', '/x'])
  })

  test('the head of a download, however it is cut', async () => {
    const head =
      'HTTP/1.1 200 OK\r\nContent-Type: application/fhir+ndjson\r\nContent-Length: 3\r\nX-Last: z\r\n\r\n'
    for (const at of [20, 29, 40, 60, 75, head.length - 2]) {
      const url = await serve((socket) => {
        socket.setNoDelay(true)
        socket.write(head.slice(0, at))
        setTimeout(() => socket.end(`${head.slice(at)}abc`), 20)
      })
      const chunks: Uint8Array[] = []
      const sink = { write: (chunk: Uint8Array) => void chunks.push(Uint8Array.from(chunk)) }
      const came = await ask(url, { keepAlive: true, sink })
      expect(came).toMatchObject({
        headers: [
          ['Content-Type', 'application/fhir+ndjson'],
          ['Content-Length', '3'],
          ['X-Last', 'z'],
        ],
        framing: 'length',
      })
      expect(Buffer.concat(chunks).toString()).toBe('abc')
    }
  })

  test('gzip, in several members and into a sink', async () => {
    const url = await serve((socket) => {
      const body = Buffer.concat([zipped, gzipSync('end')])
      socket.write(lead(body))
      socket.end(body)
    })
    const chunks: Uint8Array[] = []
    const came = await ask(url, { ...gzip, keepAlive: true, sink: { write: (chunk) => chunks.push(chunk) } })
    expect(came).toMatchObject({ status: 200, bytes: 27 * 50 + 3 })
    expect(Buffer.concat(chunks).toString().endsWith('\nend')).toBe(true)
    expect(text(came)).toBe('')
  })

  test('gzip if the request does not say which encodings it accepts', async () => {
    const url = await serve((socket) => {
      socket.write(lead(zipped))
      socket.end(zipped)
    })
    expect(await ask(url)).toMatchObject({ status: 200, bytes: 27 * 50 })
    expect(await ask(url, { headers: [['Accept-Encoding', 'identity']] })).toMatchObject({
      networkError: 'undecodable',
    })
  })

  test('an empty body that is called gzip is empty', async () => {
    const url = await serve((socket) => socket.end(lead(Buffer.alloc(0))))
    expect(await ask(url, gzip)).toMatchObject({ status: 200, bytes: 0 })
  })
})

describe('what is not whole is never short', () => {
  test.each<[string, string, string]>([
    ['a truncated chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nabc', 'cut'],
    ['no last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', 'cut'],
    [
      'a bad chunk size',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n',
      'malformed',
    ],
    ['a Content-Length that is too long', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', 'cut'],
    ['a Content-Length that is too short', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef', 'malformed'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc', 'malformed'],
    [
      'an encoding that the request does not accept',
      'HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nabc',
      'undecodable',
    ],
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n', 'malformed'],
    ['nothing', '', 'reset'],
    ['an upgrade', 'HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n', 'malformed'],
    ['twenty interim responses', 'HTTP/1.1 103 Early\r\n\r\n'.repeat(20), 'malformed'],
    [
      '100 KiB of header',
      `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100 << 10)}\r\nContent-Length: 0\r\n\r\n`,
      'too-large',
    ],
    [
      'too large a body',
      `HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n${'x'.repeat(2_000_000)}`,
      'too-large',
    ],
  ])('%s', async (_name, response, networkError) => {
    const url = await serve((socket) => socket.end(response))
    expect(await ask(url)).toMatchObject({ networkError })
  })

  test.each<[string, Buffer, string]>([
    ['truncated', zipped.subarray(0, -10), 'undecodable'],
    ['damaged', Buffer.concat([zipped.subarray(0, -6), Buffer.from('xxxxxx')]), 'undecodable'],
    ['followed by something else', Buffer.concat([zipped, Buffer.from('garbage')]), 'undecodable'],
    ['padded', Buffer.concat([zipped, Buffer.alloc(16)]), 'malformed'],
    ['no gzip at all', Buffer.from('plain'), 'undecodable'],
    ['a bomb', gzipSync(Buffer.alloc(8 << 20)), 'too-large'],
  ])('gzip that is %s', async (_name, body, networkError) => {
    const url = await serve((socket) => {
      socket.write(lead(body))
      socket.end(body)
    })
    expect(await ask(url, gzip)).toMatchObject({ networkError })
  })

  test('a body without a length on a connection that breaks', async () => {
    const url = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nabc')
      setTimeout(() => socket.resetAndDestroy(), 20)
    })
    expect(await ask(url)).toMatchObject({ networkError: 'cut' })
  })

  test('a response that never starts or never ends', async () => {
    const silent = await serve(() => undefined)
    expect(await ask(silent, { timeoutMs: 50 })).toMatchObject({ networkError: 'timeout' })
    const drip = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX')
      const timer = setInterval(() => socket.write('x'), 10)
      socket.on('close', () => clearInterval(timer))
    })
    expect(await ask(drip, { timeoutMs: 80 })).toMatchObject({ networkError: 'timeout' })
  })

  test('a server that is not there', async () => {
    const url = await serve(() => undefined)
    await open.pop()?.()
    const came = await ask(url)
    expect(came).toEqual({ networkError: 'refused', problem: `connection refused by ${new URL(url).host}` })
  })

  test('a server that speaks no TLS', async () => {
    const url = await serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    expect(await ask(url.replace('http:', 'https:'))).toMatchObject({ networkError: 'tls' })
  })

  test('a run that is interrupted', async () => {
    const abort = new AbortController()
    const url = await serve(() => abort.abort())
    expect(await ask(url, { signal: abort.signal })).toMatchObject({
      networkError: 'reset',
      problem: 'the run was interrupted',
    })
  })
})

describe('connections', () => {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

  test('a control request has one of its own', async () => {
    const counts: number[] = []
    const url = await serve((socket, count) => {
      counts.push(count)
      socket.write(answer)
    })
    const transport = httpTransport({})
    open.push(() => transport.close())
    for (let at = 0; at < 3; at += 1)
      await transport({ method: 'GET', url, headers: [], timeoutMs: 5_000, maxBytes: 10 })
    expect(counts).toEqual([1, 1, 1])
  })

  test('downloads share one, and survive that it is closed in between', async () => {
    const counts: number[] = []
    const url = await serve((socket, count) => {
      counts.push(count)
      if (count === 3) socket.destroy()
      else socket.write(answer)
    })
    const transport = httpTransport({})
    open.push(() => transport.close())
    for (let at = 0; at < 4; at += 1) {
      const came = await transport({
        method: 'GET',
        url,
        headers: [],
        timeoutMs: 5_000,
        maxBytes: 10,
        keepAlive: true,
      })
      expect(text(came)).toBe('ok')
    }
    expect(counts).toEqual([1, 2, 3, 1, 2])
  })

  test('a proxy that leads nowhere is not taken for the server', async () => {
    const proxy = await serve((socket) => socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'))
    const transport = httpTransport({ proxy: () => proxy })
    open.push(() => transport.close())
    const came = await transport({
      method: 'GET',
      url: 'http://127.0.0.1:9/',
      headers: [],
      timeoutMs: 5_000,
      maxBytes: 10,
    })
    expect(came).toEqual({ networkError: 'refused', problem: 'the proxy did not connect to 127.0.0.1:9' })
  })

  test('a proxy is asked for a tunnel', async () => {
    const url = await serve((socket) => socket.end(answer))
    const asked: string[] = []
    const proxy = await serve((socket, count, request) => {
      asked.push(request.split('\r\n')[0] ?? '')
      if (count === 1) socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      else socket.write(answer)
    })
    const transport = httpTransport({ proxy: () => proxy })
    open.push(() => transport.close())
    const came = await transport({
      method: 'GET',
      url: `${url}/x`,
      headers: [],
      timeoutMs: 5_000,
      maxBytes: 10,
    })
    expect(text(came)).toBe('ok')
    expect(asked).toEqual([`CONNECT ${new URL(url).host} HTTP/1.1`, 'GET /x HTTP/1.1'])
  })
})
