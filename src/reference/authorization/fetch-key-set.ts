import type { Request, Response } from '../http-message.ts'

const timeoutMs = 5_000
const loopbackHosts = ['127.0.0.1', 'localhost', '[::1]']

/** Requests a JWK Set over HTTP, from this machine only. Rejects if there is no response. */
export async function fetchKeySet({ method, url, headers }: Request): Promise<Response> {
  if (!loopbackHosts.includes(new URL(url).hostname))
    throw new Error('JWK Sets are fetched from loopback addresses only.')
  const response = await fetch(url, {
    ...{ method, redirect: 'error' },
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    signal: AbortSignal.timeout(timeoutMs),
  })
  return { status: response.status, headers: [...response.headers], body: await response.text() }
}
