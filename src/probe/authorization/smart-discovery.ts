import type { Reason } from '../../model/reason.ts'
import type { Target } from '../../model/target.ts'
import { isAbsoluteUrl, resolveUrl } from '../../model/http/url.ts'
import type { HttpClient } from '../http-client.ts'
import type { Resending } from '../resending.ts'
import { isTransient } from './token-response.ts'

const oauthUris = 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris'

/** The token endpoint that a server names: in its SMART configuration, otherwise in its CapabilityStatement. `from` is the URL of that document. */
export async function findTokenUrl(
  target: Target,
  { client, resending }: { readonly client: HttpClient; readonly resending: Resending },
): Promise<{ url: string; from: string } | { reason: Reason; transient: boolean }> {
  const seen: number[] = []
  let transient = false
  const get = async (path: string, accept: string) => {
    const url = `${target.fhirUrl}/${path}`
    const response = await resending.perform({ purpose: 'discovery', url }, () =>
      client.sendFollowingRedirects({
        ...{ method: 'GET', url, headers: [['Accept', accept]], token: 'never' },
        timeoutMs: target.limits.requestTimeoutMs,
        maxBytes: target.limits.manifestBytes,
      }),
    )
    seen.push(response.exchange.number)
    transient ||= isTransient(response)
    return { value: response.status === 200 ? parse(response.body) : undefined, base: response.url }
  }
  const smart = await get('.well-known/smart-configuration', 'application/json')
  const named = usable((smart.value as { token_endpoint?: unknown } | undefined)?.token_endpoint, smart.base)
  if (named) return { url: named, from: smart.base }
  const metadata = await get('metadata', 'application/fhir+json')
  const stated = usable(tokenUri(metadata.value), metadata.base)
  if (stated) return { url: stated, from: metadata.base }
  return { reason: { kind: 'no-token-endpoint', exchanges: seen }, transient }
}

function usable(url: unknown, base: string): string | undefined {
  if (typeof url !== 'string') return undefined
  const resolved = resolveUrl(url, base)
  // An absolute URL stays as it is: servers compare the audience of an assertion with it character by character.
  return resolved !== undefined && isAbsoluteUrl(url) ? url : resolved
}

interface Extension {
  readonly url?: unknown
  readonly valueUri?: unknown
  readonly extension?: unknown
}

function tokenUri(statement: unknown): unknown {
  const rest = list((statement as { rest?: unknown } | undefined)?.rest) as {
    security?: { extension?: unknown }
  }[]
  const extensions = rest.flatMap((it) => list(it?.security?.extension) as Extension[])
  const uris = list(extensions.find((it) => it?.url === oauthUris)?.extension) as Extension[]
  return uris.find((it) => it?.url === 'token')?.valueUri
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function parse(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '')
  } catch {
    // Then it names no token endpoint.
    return undefined
  }
}
