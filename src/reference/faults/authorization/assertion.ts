import { honestConduct } from '../../conduct/conduct.ts'
import type { Fault } from '../definition.ts'
import { signedByKey, signedWithPublicKey } from './loose-signatures.ts'

const lacking = (claim: string) => ({ requiresClaim: (name: string) => name !== claim })

/** Faults of how the token endpoint verifies a client assertion. */
export const assertionFaults: readonly Fault[] = [
  {
    id: 'signature-not-verified',
    breaks: 'auth.token.jwt.signature',
    conduct: { signatureVerifies: async () => true },
  },
  {
    id: 'alg-none-accepted',
    breaks: 'auth.token.jwt.alg-none',
    conduct: {
      allowsAlgorithm: (alg) => alg === 'none' || honestConduct.allowsAlgorithm(alg),
      keyFits: (key, alg) => alg === 'none' || honestConduct.keyFits(key, alg),
      signatureVerifies: async (text, key, alg) =>
        alg === 'none' || honestConduct.signatureVerifies(text, key, alg),
    },
  },
  {
    id: 'hs256-with-public-key-accepted',
    breaks: 'auth.token.jwt.alg-confusion',
    conduct: {
      allowsAlgorithm: (alg) => alg === 'HS256' || honestConduct.allowsAlgorithm(alg),
      keyFits: (key, alg) => alg === 'HS256' || honestConduct.keyFits(key, alg),
      signatureVerifies: async (text, key, alg) =>
        alg === 'HS256' ? signedWithPublicKey(text, key) : honestConduct.signatureVerifies(text, key, alg),
    },
  },
  {
    id: 'unknown-kid-accepted',
    breaks: 'auth.token.jwt.unknown-kid',
    conduct: {
      keysOnMismatch: (doubt, keys, release) =>
        doubt === 'unknown-kid' ? keys : honestConduct.keysOnMismatch(doubt, keys, release),
    },
  },
  {
    id: 'missing-kid-accepted',
    breaks: 'auth.token.jwt.missing-kid',
    conduct: {
      keysOnMismatch: (doubt, keys, release) =>
        doubt === 'no-kid' ? keys : honestConduct.keysOnMismatch(doubt, keys, release),
    },
  },
  {
    id: 'kid-of-another-type-accepted',
    breaks: 'auth.token.jwt.kty-mismatch',
    conduct: {
      keyFits: (_key, alg) => honestConduct.allowsAlgorithm(alg),
      signatureVerifies: async (assertion, key, alg) =>
        honestConduct.keyFits(key, alg)
          ? honestConduct.signatureVerifies(assertion, key, alg)
          : signedByKey(assertion, key),
    },
  },
  {
    id: 'unknown-issuer-accepted',
    breaks: 'auth.token.jwt.iss-unknown',
    conduct: {
      clientOf: (claims, clients) =>
        honestConduct.clientOf(claims, clients) ?? (claims.iss === undefined ? undefined : clients.own),
    },
  },
  { id: 'subject-not-compared', breaks: 'auth.token.jwt.sub-mismatch', conduct: { subjectFits: () => true } },
  {
    id: 'missing-issuer-accepted',
    breaks: 'auth.token.jwt.missing-iss',
    conduct: {
      ...lacking('iss'),
      clientOf: ({ iss, sub }, clients) => honestConduct.clientOf({ iss: iss ?? sub }, clients),
    },
  },
  { id: 'missing-subject-accepted', breaks: 'auth.token.jwt.missing-sub', conduct: lacking('sub') },
  { id: 'missing-audience-accepted', breaks: 'auth.token.jwt.missing-aud', conduct: lacking('aud') },
  { id: 'missing-expiry-accepted', breaks: 'auth.token.jwt.missing-exp', conduct: lacking('exp') },
  { id: 'missing-jti-accepted', breaks: 'auth.token.jwt.missing-jti', conduct: lacking('jti') },
  { id: 'any-audience', breaks: 'auth.token.jwt.aud-wrong', conduct: { audienceFits: () => true } },
  {
    id: 'audience-only-as-text',
    breaks: 'auth.token.jwt.aud-array',
    conduct: {
      audienceFits: (audience, tokenUrl) =>
        typeof audience === 'string' && honestConduct.audienceFits(audience, tokenUrl),
    },
  },
  {
    id: 'any-audience-in-a-list',
    breaks: 'auth.token.jwt.aud-wrong',
    conduct: {
      audienceFits: (audience, tokenUrl) =>
        Array.isArray(audience) || honestConduct.audienceFits(audience, tokenUrl),
    },
  },
  {
    id: 'expired-assertion-accepted',
    breaks: 'auth.token.jwt.expired',
    conduct: { expiryFits: (exp) => typeof exp === 'number' },
  },
  {
    id: 'assertion-of-the-future-accepted',
    breaks: 'auth.token.jwt.nbf-future',
    conduct: { notBeforeFits: () => true },
  },
  {
    id: 'long-assertion-accepted',
    breaks: 'auth.token.jwt.exp-too-far',
    conduct: { expiryIsNear: () => true },
  },
  { id: 'assertion-replayed', breaks: 'auth.token.jwt.jti-replay', conduct: { jtiFits: () => true } },
  {
    id: 'client-id-not-compared',
    breaks: 'auth.token.jwt.client-known',
    conduct: { clientIdFits: () => true },
  },
  { id: 'any-jku', breaks: 'auth.token.jwt.jku-not-registered', conduct: { jkuFits: () => true } },
]
