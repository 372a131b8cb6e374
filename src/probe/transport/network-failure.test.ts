import { expect, test } from 'vitest'
import { networkFailure } from './network-failure.ts'

const url = new URL('https://fhir.example:8443/base')

test.each([
  ['CERT_HAS_EXPIRED', /has expired: the server has to renew it, unless the clock/],
  ['CERT_NOT_YET_VALID', /not valid yet: check the clock of this machine/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /for another host name: the URL names the wrong host, or the server/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /self-signed: .* --ca/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /private authority: --ca/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /does not send the intermediate certificate: the server has to/],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /does not know: --ca/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS .* http:\/\//],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', /requires a certificate of its clients/],
  ['CERT_CHAIN_TOO_LONG', /chain .* cannot be verified/],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', /could not establish a connection .* with TLS 1.2 or newer/],
])('%s names the flaw and whose it is', (code, problem) => {
  const failure = networkFailure(Object.assign(new Error('secret'), { code }), url)
  expect(failure).toMatchObject({ networkError: 'tls', problem: expect.stringMatching(problem) })
  expect(failure.problem).toContain('fhir.example:8443')
  expect(failure.problem).not.toContain('secret')
})
