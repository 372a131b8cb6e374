import type { Exchange } from '../../../model/http/exchange.ts'
import { isSuccess } from '../../../model/http/status.ts'
import { neverArose, satisfied, undecided, violated, type Judgement } from '../../../model/judgement.ts'
import type { Evidence } from '../../../model/evidence.ts'
import { type Check, exchangeCheck } from '../../check.ts'
import { noParams } from '../../params.ts'

const tlsVersion = exchangeCheck<true>({
  name: 'tls-version',
  states:
    'Each host accepts a handshake with TLS 1.2 or 1.3, and none with an older version. A URL with the scheme http violates the check; a host that accepts no handshake at all is inconclusive.',
  params: noParams,
  judgesSilence: true,
  judge(exchange, _, { evidence }) {
    const { handshake, request, number } = exchange
    if (!handshake) return undecided('this is not a TLS handshake')
    if (!request.url.startsWith('https:'))
      return violated({
        message: `${request.url} is served without TLS.`,
        expected: 'a URL with the scheme https',
        actual: 'a URL with the scheme http',
        where: { exchange: number },
      })
    const { offers, accepted } = handshake
    const isOld = offers === 'TLS 1.0 and 1.1'
    if (isOld && accepted)
      return violated({
        message: `${request.url} accepts ${accepted.version}.`,
        expected: 'handshakes with TLS 1.2 or newer only',
        actual: `${accepted.version} with ${accepted.cipher}`,
        where: { exchange: number },
      })
    if (accepted || speaksModern(evidence, request.url)) return satisfied
    const { problem } = exchange
    return undecided({ kind: 'no-response', exchange: number, ...(problem ? { problem } : {}) })
  },
})

function speaksModern(evidence: Evidence, url: string): boolean {
  return (
    evidence.probe === 'connection' &&
    evidence.exchanges.some(
      ({ request, handshake }) =>
        request.url === url && handshake?.accepted && handshake.offers !== 'TLS 1.0 and 1.1',
    )
  )
}

const certificate = exchangeCheck<true>({
  name: 'certificate',
  states:
    'The certificate of each host is for the name in the URL and has not expired. An authority that this machine does not know is inconclusive.',
  params: noParams,
  judgesSilence: true,
  judge(exchange) {
    const { handshake, request, number } = exchange
    const shown = handshake?.accepted?.certificate
    if (!shown) return neverArose('no handshake showed a certificate')
    switch (shown.trust) {
      case 'trusted':
        return satisfied
      case 'other-name':
        return wrongCertificate(exchange, {
          message: `The certificate of ${request.url} is for another host name.`,
          expected: 'a certificate for the host name in the URL',
          actual: `a certificate for ${shown.names.slice(0, 5).join(', ') || 'no host name'}`,
        })
      case 'expired':
        return wrongCertificate(exchange, {
          message: `The certificate of ${request.url}, or one above it, has expired.`,
          expected: 'certificates that are valid',
          actual: `the certificate of the server is valid until ${shown.validUntil}`,
        })
      case 'unknown-authority':
        return undecided({
          kind: 'stated',
          text: 'this machine does not know the authority that signed the certificate; --ca names a file with its certificate',
          exchanges: [number],
        })
      default:
        return undecided({
          kind: 'stated',
          text: 'this machine could not verify the certificate',
          exchanges: [number],
        })
    }
  },
})

function wrongCertificate(
  { number }: Exchange,
  finding: { readonly message: string; readonly expected: string; readonly actual: string },
): Judgement {
  return violated({ ...finding, where: { exchange: number } })
}

const nothingOverHttp = exchangeCheck<true>({
  name: 'nothing-over-http',
  states:
    'A request over plain HTTP is not answered 2XX with JSON. A refused connection, a redirect and an error response satisfy the check.',
  params: noParams,
  judgesSilence: true,
  judge({ response, request, number }) {
    if (!response || !isSuccess(response.status)) return satisfied
    if (!/^\s*[{[]/.test(response.body ?? ''))
      return undecided({
        kind: 'stated',
        text: 'the response over plain HTTP is not JSON, so it may be any page',
        exchanges: [number],
      })
    return violated({
      message: 'The FHIR base answers requests over plain HTTP.',
      expected: 'a refused connection, a redirect to https, or an error response',
      actual: `status ${response.status} with JSON from ${request.url}`,
      where: { exchange: number },
    })
  },
})

/** Checks of the TLS of hosts. */
export const tlsChecks: readonly Check[] = [tlsVersion, certificate, nothingOverHttp]
