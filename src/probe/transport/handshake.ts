import type { Socket } from 'node:net'
import { isIP } from 'node:net'
import {
  type ConnectionOptions,
  type PeerCertificate,
  checkServerIdentity,
  connect,
  rootCertificates,
  type TLSSocket,
} from 'node:tls'
import type { CertificateTrust, Handshake, TlsOffer } from '../../model/http/handshake.ts'
import { privateAddressError } from './address-guard.ts'
import { type ConnectOptions, tunnel } from './connection.ts'
import type { HandshakeRequest, HandshakeOutcome } from './message.ts'
import { type NetworkFailure, networkFailure } from './network-failure.ts'

const offered: Readonly<Record<TlsOffer, Pick<ConnectionOptions, 'minVersion' | 'maxVersion' | 'ciphers'>>> =
  {
    // OpenSSL offers the old versions at its lowest security level only.
    'TLS 1.0 and 1.1': { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' },
    'TLS 1.2': { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' },
    'TLS 1.3': { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' },
  }

/** Makes a TLS handshake and ends the connection. Certificates are judged, not required. Never rejects. */
export async function tlsHandshake(
  { url, offers, timeoutMs, signal }: HandshakeRequest,
  options: ConnectOptions,
): Promise<HandshakeOutcome> {
  const to = new URL(url)
  try {
    const reached = await reachedBy(to, options)
    return {
      handshake: { offers, accepted: await accepted(to, { offers, timeoutMs, signal, ...reached }, options) },
    }
  } catch (error) {
    const alert = alertOf(error)
    return {
      handshake: { offers, ...(alert === undefined ? {} : { alert }) },
      failure: alert === undefined ? handshakeFailure(error, to) : endedWith(alert, to),
    }
  }
}

/** A connection through a proxy, or the address to connect to. */
async function reachedBy(
  to: URL,
  { proxy, guard }: ConnectOptions,
): Promise<Pick<Attempt, 'under' | 'address'>> {
  const by = proxy?.(to)
  if (by === undefined) return { under: undefined, address: (await guard?.admit(to))?.[0]?.address }
  if (guard?.admitsByName(to) === false) throw privateAddressError()
  return { under: await tunnel(new URL(by), to), address: undefined }
}

function endedWith(alert: string, { host }: URL): NetworkFailure {
  return { networkError: 'tls', problem: `${host} ended the handshake with the alert ${alert}` }
}

function handshakeFailure(error: unknown, to: URL): NetworkFailure {
  const failure = networkFailure(error, to)
  return failure.networkError === 'tls'
    ? { networkError: 'tls', problem: `${to.host} did not accept the handshake` }
    : failure
}

interface Attempt {
  readonly offers: TlsOffer
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  /** A connection through a proxy. */
  readonly under: Socket | undefined
  /** Where the host was found. */
  readonly address: string | undefined
}

function accepted(
  to: URL,
  { offers, timeoutMs, signal, under, address }: Attempt,
  { ca, cert, key, passphrase }: ConnectOptions,
): Promise<NonNullable<Handshake['accepted']>> {
  const host = to.hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...(under ? { socket: under } : { host: address ?? host, port: Number(to.port || 443) }),
      ...(isIP(host) ? {} : { servername: host }),
      ...{ ...offered[offers], rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] },
      ...(ca ? { ca: [...rootCertificates, ca] } : {}),
      ...(cert && key ? { cert, key, ...(passphrase ? { passphrase } : {}) } : {}),
    })
    const late = setTimeout(() => socket.destroy(timedOut()), timeoutMs)
    const stop = () => socket.destroy(timedOut())
    signal?.addEventListener('abort', stop, { once: true })
    socket.on('close', () => {
      clearTimeout(late)
      signal?.removeEventListener('abort', stop)
      reject(new Error('the connection was closed'))
    })
    socket.on('error', reject)
    socket.on('secureConnect', () => {
      resolve(factsOf(socket, host))
      socket.destroy()
    })
  })
}

function timedOut(): Error {
  return Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })
}

function factsOf(socket: TLSSocket, host: string): NonNullable<Handshake['accepted']> {
  const certificate = socket.getPeerCertificate()
  const version = (socket.getProtocol() ?? 'unknown').replace(/^TLSv1$/, 'TLS 1.0').replace(/^TLSv/, 'TLS ')
  return {
    version,
    cipher: socket.getCipher().name,
    certificate: {
      names: namesOf(certificate),
      validUntil: instantText(certificate.valid_to),
      trust: trustOf(socket, certificate, host),
    },
  }
}

function namesOf({ subjectaltname = '' }: PeerCertificate): readonly string[] {
  return [...subjectaltname.matchAll(/(?:^|, )(?:DNS|IP Address):([^,"\s]+)/g)].map(([, it = '']) => it)
}

function instantText(text: string): string {
  const time = Date.parse(text)
  return Number.isNaN(time) ? '' : new Date(time).toISOString()
}

/** The name is compared only where the chain is known, so an unknown authority may hide another name. */
function trustOf(socket: TLSSocket, certificate: PeerCertificate, host: string): CertificateTrust {
  const error = socket.authorizationError as unknown as { code?: string } | string | null
  const code = typeof error === 'string' ? error : (error?.code ?? '')
  if (socket.authorized) return checkName(host, certificate)
  if (code === 'CERT_HAS_EXPIRED') return 'expired'
  if (code === 'CERT_NOT_YET_VALID') return 'not-yet-valid'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') return 'other-name'
  return /SELF_SIGNED|UNABLE_TO/.test(code) ? 'unknown-authority' : 'other-flaw'
}

function checkName(host: string, certificate: PeerCertificate): CertificateTrust {
  return checkServerIdentity(host, certificate) === undefined ? 'trusted' : 'other-name'
}

/** The alert that a server sent, in the words of RFC 8446 section 6. */
function alertOf(error: unknown): string | undefined {
  const { code } = error as { code?: unknown }
  const [, name] =
    /^ERR_SSL_(?:TLSV1|SSLV3|TLSV13)_ALERT_(.+)$/.exec(typeof code === 'string' ? code : '') ?? []
  return name?.toLowerCase().replaceAll('_', ' ')
}
