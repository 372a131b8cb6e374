import { manifestOptionsOf } from '../model/export/manifest.ts'
import { openControlBody } from './control-body.ts'
import type { Evidence } from '../model/evidence.ts'
import type { Exchange } from '../model/http/exchange.ts'
import { tlsOffers } from '../model/http/handshake.ts'
import { parseUrl } from '../model/http/url.ts'
import { type Reason, stated } from '../model/reason.ts'
import type { ProbeContext } from './context.ts'
import { isPrivateHost } from './transport/private-address.ts'

/** A connection whose references have been resolved. */
export interface ResolvedConnection {
  /** `base`, `token-endpoint`, or URLs. */
  readonly to: string | readonly string[]
  readonly plain?: true
}

const mostHosts = 8
const timeoutMs = 15_000
const mostPlainBytes = 1 << 20

/** Makes the TLS handshakes with the hosts in question. */
export async function performConnection(context: ProbeContext, spec: ResolvedConnection): Promise<Evidence> {
  const urls = await urlsOf(context, spec.to)
  if ('reason' in urls) return { probe: 'none', reason: urls.reason }
  const { target } = context
  const base = new URL(target.fhirUrl)
  const hosts = [...new Map(urls.flatMap((it) => hostOf(it) ?? [])).values()].slice(0, mostHosts)
  const expected = hosts.filter(
    (it) => it.protocol === 'https:' || base.protocol === 'https:' || !isInternalHost(it.hostname),
  )
  if (expected.length === 0)
    return {
      probe: 'connection',
      exchanges: [],
      withoutTls: stated('the server is tested over HTTP on this machine or in a private network'),
    }
  const exchanges: Exchange[] = []
  for (const it of expected) exchanges.push(...(await handshakesWith(context, it)))
  if (exchanges.length === 0) return { probe: 'none', reason: noHandshakes }
  const plain = spec.plain ? await requestPlain(context, base) : undefined
  return { probe: 'connection', exchanges, ...(plain ? { plain } : {}) }
}

const noHandshakes = stated('bulkcheck could not make TLS handshakes with the server')

async function urlsOf(
  { target, tokens }: ProbeContext,
  to: ResolvedConnection['to'],
): Promise<readonly string[] | { readonly reason: Reason }> {
  if (typeof to === 'object') return to
  if (to === 'base') return [target.fhirUrl]
  if (to !== 'token-endpoint') return [to]
  const endpoint = await tokens.endpoint()
  return 'reason' in endpoint ? endpoint : [endpoint.url]
}

function hostOf(text: string): readonly [string, URL][] | undefined {
  const url = parseUrl(text)
  return url && (url.protocol === 'http:' || url.protocol === 'https:') ? [[url.origin, url]] : undefined
}

/** Whether a host is only known where the run takes place: a private address, or a name without a public domain. */
function isInternalHost(hostname: string): boolean {
  if (isPrivateHost(hostname)) return true
  const name = hostname.replace(/\.$/, '')
  return !/[.:]/.test(name) || /\.(local|localdomain|internal|lan|intranet|home\.arpa|test)$/.test(name)
}

function handshakesWith(context: ProbeContext, url: URL): Promise<readonly Exchange[]> {
  const { handshakes } = context
  const known = handshakes.get(url.origin) ?? makeHandshakes(context, url)
  handshakes.set(url.origin, known)
  return known
}

async function makeHandshakes(context: ProbeContext, url: URL): Promise<readonly Exchange[]> {
  const { target, transport, recorder, clock, signal } = context
  const { handshake } = transport
  if (!handshake) return []
  const to = `${url.origin}/`
  if (url.protocol === 'http:')
    return [
      recorder.recordHandshake(
        { url: to, startedAt: clock.now() },
        {
          handshake: { offers: 'TLS 1.3' },
          failure: { networkError: 'tls', problem: `${url.origin} is without TLS` },
        },
      ),
    ]
  const exchanges: Exchange[] = []
  for (const offers of tlsOffers) {
    if (signal?.aborted) break
    const startedAt = clock.now()
    const outcome = await handshake({
      ...{ url: to, offers, signal },
      timeoutMs: Math.min(timeoutMs, target.limits.requestTimeoutMs),
    })
    exchanges.push(recorder.recordHandshake({ url: to, startedAt }, outcome))
  }
  return exchanges
}

/** Requests what is public anyway, without credentials: the answer must not matter, whoever reads it. */
async function requestPlain({ target, transport, recorder, clock, signal }: ProbeContext, base: URL) {
  if (base.protocol !== 'https:') return undefined
  const url = `${target.fhirUrl.replace(/^https:/i, 'http:')}/metadata`
  const request = { method: 'GET', url, headers: [['Accept', 'application/fhir+json']] as const }
  const startedAt = clock.now()
  const sink = openControlBody(url, manifestOptionsOf(target))
  const response = await transport({
    ...{ ...request, sink },
    ...{ timeoutMs: Math.min(timeoutMs, target.limits.requestTimeoutMs), maxBytes: mostPlainBytes },
    ...(signal ? { signal } : {}),
  })
  return recorder.record({ request, startedAt }, response, sink.end())
}
