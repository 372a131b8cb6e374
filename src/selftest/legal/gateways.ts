import { bodyBytes, headerOf, type Response } from '../../reference/message.ts'
import type { Gateway } from '../in-process.ts'
import { baseUrl } from '../matrix.ts'
import { page } from './variation.ts'

const { origin } = new URL(baseUrl)
const polling = /\/bulk\/status\/[^/?]+$/

/** Polling locations at other URLs than the provider's: `outside` spells a job's, `inside` reads the job from one. */
export function pollingAt(
  outside: (id: string) => string,
  inside: (url: URL) => string | undefined,
): Gateway {
  return async (request, pass) => {
    const id = inside(new URL(request.url))
    const response = await pass(
      id === undefined ? request : { ...request, url: `${baseUrl}/bulk/status/${id}` },
    )
    return {
      ...response,
      headers: response.headers.map(([name, value]) =>
        name === 'Content-Location'
          ? [name, outside(value.replace(`${baseUrl}/bulk/status/`, ''))]
          : [name, value],
      ),
    }
  }
}

/** Requests to one path are redirected to another, which serves them. */
export function moved(options: {
  readonly from: string
  readonly to: string
  readonly status: number
}): Gateway {
  const { from, to, status } = options
  return (request, pass) => {
    const { pathname } = new URL(request.url)
    if (pathname === from) return { status, headers: [['Location', `${origin}${to}`]] }
    return pass(pathname === to ? { ...request, url: `${origin}${from}` } : request)
  }
}

/** Files are redirected to signed URLs of a storage service at an origin, which, if it is another, refuses requests with a token. */
export function storage(at: string): Gateway {
  const stored = new Map<string, Response>()
  return async (request, pass) => {
    const url = new URL(request.url)
    if (url.pathname.startsWith('/storage/')) {
      const found = stored.get(url.href)
      if (at !== origin && headerOf(request, 'authorization') !== undefined) return page(400)
      return found ?? page(403)
    }
    const response = await pass(request)
    if (response.status !== 200 || !url.pathname.includes('/bulk/files/')) return response
    const location = `${at}/storage/${stored.size}?Signature=${stored.size}&Expires=1772445600`
    stored.set(location, { ...response, body: await bodyBytes(response) })
    return { status: 307, headers: [['Location', location]] }
  }
}

/** File requests with a token are refused: the URL is signed, and of two mechanisms only one may be used. */
export const signedUrls: Gateway = (request, pass) =>
  new URL(request.url).pathname.includes('/bulk/files/') && headerOf(request, 'authorization') !== undefined
    ? page(400)
    : pass(request)

/** One status request of every job, the first or the second, is answered by somebody in front of the provider. */
export function interruptedPolling(which: 1 | 2, answer: Response): Gateway {
  const seen = new Map<string, number>()
  return (request, pass) => {
    if (request.method !== 'GET' || !polling.test(request.url)) return pass(request)
    const times = (seen.get(request.url) ?? 0) + 1
    seen.set(request.url, times)
    return times === which ? answer : pass(request)
  }
}

/** Equal kick-off requests of a client get the same job until it is deleted. */
export function reusedJobs(): Gateway {
  const accepted = new Map<string, Response>()
  return async (request, pass) => {
    if (request.method === 'DELETE')
      for (const [key, response] of accepted)
        if (headerOf(response, 'content-location') === request.url) accepted.delete(key)
    if (!new URL(request.url).pathname.endsWith('$export')) return pass(request)
    const names = ['authorization', 'prefer', 'accept'].map((it) => headerOf(request, it))
    const key = JSON.stringify([request.method, request.url, request.body, names])
    const response = accepted.get(key) ?? (await pass(request))
    if (response.status === 202) accepted.set(key, response)
    return response
  }
}

/** A deleted job is still reported as running once: it is cancelled in the background. */
export function slowCancellation(): Gateway {
  const deleted = new Set<string>()
  return async (request, pass) => {
    if (request.method === 'GET' && deleted.delete(request.url)) return { status: 202, headers: [] }
    const response = await pass(request)
    if (request.method === 'DELETE' && response.status === 202) deleted.add(request.url)
    return response
  }
}

/** The same server at the default port, which it writes into all of its URLs. */
export const atDefaultPort: Gateway = async (request, pass) => {
  const { pathname, search } = new URL(request.url)
  const response = await pass({ ...request, url: `${origin}${pathname}${search}` })
  const ported = (text: string) => text.replaceAll(origin, 'http://127.0.0.1:80')
  return {
    ...response,
    headers: response.headers.map(([name, value]) => [name, ported(value)]),
    ...(typeof response.body === 'string' ? { body: ported(response.body) } : {}),
  }
}

/** POST is unknown at `$export`: a router answers it before the provider. */
export function withoutPost(status: number): Gateway {
  return (request, pass) =>
    request.method === 'POST' && new URL(request.url).pathname.endsWith('$export')
      ? {
          status,
          headers: [['Content-Type', 'application/fhir+json']],
          body: JSON.stringify({
            resourceType: 'OperationOutcome',
            issue: [{ severity: 'error', code: 'not-supported', diagnostics: 'There is no such operation.' }],
          }),
        }
      : pass(request)
}

/** No resource can be read or searched: the server is for export alone. */
export const exportOnly: Gateway = (request, pass) => {
  const path = new URL(request.url).pathname.slice('/fhir/'.length)
  return /^[A-Z][A-Za-z]+(\/[^/$]+)?$/.test(path) ? page(403) : pass(request)
}
