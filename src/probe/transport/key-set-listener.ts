import { once } from 'node:events'
import { createServer } from 'node:http'
import type { KeySetHost } from '../key-set-host.ts'

/** Where a JWK Set is served. */
export interface KeySetAddress {
  readonly port: number
  readonly host: string
}

/** Serves what a host answers, over HTTP at an address; rejects if that is taken. */
export async function listenForKeySetRequests(
  host: KeySetHost,
  { port, host: at }: KeySetAddress,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer((message, target) => {
    const { method = 'GET', url = '/', rawHeaders } = message
    message.resume()
    const headers = Array.from({ length: rawHeaders.length / 2 }, (_, index): [string, string] => [
      rawHeaders[index * 2] ?? '',
      rawHeaders[index * 2 + 1] ?? '',
    ])
    const answer = host.respond({ method, url, headers })
    if (answer === 'unreachable') return void target.destroy()
    target.writeHead(answer.status, answer.headers.flat())
    target.end(method === 'HEAD' ? '' : answer.body)
  })
  server.listen(port, at)
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
