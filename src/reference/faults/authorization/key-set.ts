import { clientJwksUrl } from '../../conduct/configurations.ts'
import { honestConduct } from '../../conduct/conduct.ts'
import { jsonResponse } from '../../http-message.ts'
import { type Fault, onAnswer } from '../definition.ts'

const configuration = { jwksUrl: clientJwksUrl }

/** Faults of how the keys behind a registered URL are retrieved, kept and chosen, and of clients and their algorithms. */
export const keySetFaults: readonly Fault[] = [
  {
    id: 'key-set-url-ignored',
    breaks: 'auth.token.jwks.url-registration',
    // The keys that are only at the URL are unknown, and so is what else is there.
    also: [
      'auth.discovery.signing-algs.honoured',
      'auth.token.jwt.duplicate-kid.fails',
      'auth.token.jwks.cache-limit',
      'auth.token.alg.additional',
    ],
    configuration,
    conduct: { usesKeySetUrl: () => false },
  },
  {
    id: 'key-set-url-ignored-1',
    breaks: 'auth.token.jwks.either',
    also: ['auth.token.jwks.cache-limit', 'auth.token.alg.additional'],
    release: '1.0.1',
    configuration,
    conduct: { usesKeySetUrl: () => false },
  },
  {
    id: 'no-further-algorithm',
    breaks: 'auth.token.alg.additional',
    configuration,
    conduct: { allowsAlgorithm: (alg) => alg !== 'ES256' && honestConduct.allowsAlgorithm(alg) },
  },
  {
    id: 'key-set-not-as-json',
    breaks: 'auth.token.jwks.fetch',
    configuration,
    conduct: {
      keySetRequest: (url) => ({ ...honestConduct.keySetRequest(url), headers: [['Accept', 'text/html']] }),
    },
  },
  {
    id: 'key-set-kept-too-long',
    breaks: 'auth.token.jwks.cache-limit',
    configuration,
    conduct: { keySetLifetime: (it) => (honestConduct.keySetLifetime(it) > 0 ? 3600 : 0) },
  },
  {
    id: 'key-set-never-kept',
    breaks: 'auth.token.jwks.cache-use',
    configuration,
    conduct: { keySetLifetime: () => 0 },
  },
  {
    id: 'same-kid-tried',
    breaks: 'auth.token.jwt.duplicate-kid.fails',
    configuration,
    conduct: {
      keysOnMismatch: (doubt, keys, release) =>
        doubt === 'several' ? keys : honestConduct.keysOnMismatch(doubt, keys, release),
    },
  },
  {
    id: 'same-kid-refused',
    breaks: 'auth.token.jwt.duplicate-kid.try-each',
    release: '1.0.1',
    configuration,
    conduct: {
      keysOnMismatch: (doubt, keys, release) =>
        doubt === 'several' ? [] : honestConduct.keysOnMismatch(doubt, keys, release),
    },
  },
  {
    id: 'registered-jku-refused',
    breaks: 'auth.token.jwt.jku-registered',
    configuration,
    conduct: { jkuFits: () => false },
  },
  {
    id: 'unreachable-key-set-is-server-error',
    breaks: 'auth.token.error.invalid-client',
    configuration,
    conduct: onAnswer('token.refused', (response) =>
      typeof response.body === 'string' && response.body.includes('cannot be retrieved')
        ? jsonResponse(500, { error: 'server_error' })
        : response,
    ),
  },
  {
    id: 'rs384-refused',
    breaks: 'auth.discovery.signing-algs.honoured',
    configuration,
    conduct: { allowsAlgorithm: (alg) => alg !== 'RS384' && honestConduct.allowsAlgorithm(alg) },
  },
  {
    id: 'es384-refused',
    breaks: 'auth.discovery.signing-algs.honoured',
    configuration: { ...configuration, clientKey: 'RS384' },
    conduct: { allowsAlgorithm: (alg) => alg !== 'ES384' && honestConduct.allowsAlgorithm(alg) },
  },
  {
    id: 'jti-of-another-client-refused',
    breaks: 'auth.token.jwt.jti-other-client',
    conduct: { issuerOfJti: () => '' },
  },
]
