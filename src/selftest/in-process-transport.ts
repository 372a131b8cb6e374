import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { header } from '../model/http/exchange.ts'
import type { TlsOffer } from '../model/http/handshake.ts'
import type {
  HandshakeOutcome,
  HandshakeRequest,
  Transport,
  WireRequest,
  WireResponse,
} from '../probe/transport/message.ts'
import type { TlsVersion } from '../reference/conduct/tls.ts'
import type { Request, Response } from '../reference/http-message.ts'
import type { Provider } from '../reference/provider.ts'
import type { Gateway } from '../reference/variations/definition.ts'

const passThrough: Gateway = (request, pass) => pass(request)

/** The reference provider as a target without a network in between. */
export function inProcessTransport(
  provider: Pick<Provider, 'handle' | 'handshake'>,
  gateway: Gateway = passThrough,
): Transport {
  const send = async (request: WireRequest) => {
    const { method, url, headers, body } = request
    const sent: Request = { method, url, headers, ...(body === undefined ? {} : { body }) }
    // A gateway is where the FHIR base is; plain HTTP does not reach it.
    const by = url.startsWith('http:') ? passThrough : gateway
    return wireResponseOf(request, await by(sent, (it) => provider.handle(it)))
  }
  return Object.assign(send, { handshake: async (it: HandshakeRequest) => handshakeWith(provider, it) })
}

const offered: Readonly<Record<TlsOffer, readonly TlsVersion[]>> = {
  'TLS 1.0 and 1.1': ['TLSv1', 'TLSv1.1'],
  'TLS 1.2': ['TLSv1.2'],
  'TLS 1.3': ['TLSv1.3'],
}

/** Certificates are not verified: requests go on whatever they say. */
function handshakeWith(
  provider: Pick<Provider, 'handshake'>,
  { url, offers }: HandshakeRequest,
): HandshakeOutcome {
  const { hostname } = new URL(url)
  const made = provider.handshake(hostname, offered[offers])
  if (!made)
    return {
      handshake: { offers, alert: 'protocol version' },
      failure: {
        networkError: 'tls',
        problem: 'the server ended the handshake with the alert protocol version',
      },
    }
  const { version, certificateName } = made
  return {
    handshake: {
      offers,
      accepted: {
        version: version.replace(/^TLSv1$/, 'TLS 1.0').replace('TLSv', 'TLS '),
        cipher: 'TLS_AES_256_GCM_SHA384',
        certificate: {
          names: [certificateName],
          validUntil: '2126-01-01T00:00:00.000Z',
          trust: certificateName === hostname ? 'trusted' : 'other-name',
        },
      },
    },
  }
}

async function wireResponseOf(request: WireRequest, response: Response): Promise<WireResponse> {
  if (response.silence) return { networkError: 'reset', problem: 'the connection was reset' }
  const raw = await collect(response.body)
  if (response.cutAfter !== undefined && response.cutAfter < raw.byteLength)
    return { networkError: 'cut', problem: 'the connection was cut before the end of the body' }
  const encoding = header(response.headers, 'content-encoding')?.toLowerCase()
  if (encoding !== undefined && encoding !== 'gzip')
    return {
      networkError: 'undecodable',
      problem: 'the body has a content encoding that the request does not accept',
    }
  const bytes = encoding === 'gzip' ? gunzipped(raw) : raw
  if (!bytes) return { networkError: 'undecodable', problem: 'the body is not complete gzip data' }
  if (bytes.byteLength > request.maxBytes)
    return { networkError: 'too-large', problem: 'the body is too large' }
  const { sink } = request
  sink?.write(bytes)
  return {
    status: response.status,
    headers: response.headers,
    framing: 'length',
    bytes: bytes.byteLength,
    ...(sink
      ? { body: new Uint8Array() }
      : { body: bytes, digest: createHash('sha256').update(bytes).digest('hex') }),
  }
}

function gunzipped(raw: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(raw)
  } catch {
    // Damaged on purpose.
    return undefined
  }
}

async function collect(body: Response['body']): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array()
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}
