import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { readPrivateKey } from './private-key.ts'

const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const shortRsa = generateKeyPairSync('rsa', { modulusLength: 1024 })
const ed = generateKeyPairSync('ed25519')

const jwk = p384.privateKey.export({ format: 'jwk' })
const publicJwk = p384.publicKey.export({ format: 'jwk' })
const rsaJwk = rsa.privateKey.export({ format: 'jwk' })
const pem = (key: typeof p384.privateKey) => key.export({ format: 'pem', type: 'pkcs8' }).toString()
const set = (...keys: object[]) => JSON.stringify({ keys })

test.each<[string, string, string | undefined, object]>([
  ['a JWK', JSON.stringify(jwk), undefined, jwk],
  [
    'a JWK that says what it is for',
    JSON.stringify({ ...jwk, alg: 'ES384', use: 'sig', key_ops: ['sign'] }),
    undefined,
    jwk,
  ],
  ['an RSA JWK', JSON.stringify(rsaJwk), undefined, rsaJwk],
  ['PKCS#8, EC', pem(p384.privateKey), undefined, jwk],
  ['PKCS#8, RSA', pem(rsa.privateKey), undefined, rsaJwk],
  ['PKCS#8 after other text', `a comment\n${pem(p384.privateKey)}`, undefined, jwk],
  ['PEM with a separate kid', pem(p384.privateKey), 'k', { ...jwk, kid: 'k' }],
  [
    'a set: the first key that can sign',
    set(publicJwk, p256.privateKey.export({ format: 'jwk' }), { ...jwk, kid: 'b' }),
    undefined,
    { ...jwk, kid: 'b' },
  ],
  [
    'a set: the key with the kid',
    set({ ...rsaJwk, kid: 'a' }, { ...jwk, kid: 'b' }),
    'b',
    { ...jwk, kid: 'b' },
  ],
])('reads %s', (_what, text, kid, key) => {
  expect(readPrivateKey(text, 'key.json', kid)).toMatchObject({ key })
})

test.each<[string, string, string | undefined, RegExp]>([
  ['nothing', ' \n', undefined, /is empty/],
  ['a text', 'hello', undefined, /is not a JWK, a JWK Set or PEM/],
  ['broken JSON', '{"kty":"EC","d":"hush', undefined, /is not JSON/],
  ['an object', '{"a":1}', undefined, /has no `kty`/],
  ['an empty set', set(), undefined, /without keys/],
  ['the public half', JSON.stringify(publicJwk), undefined, /public key/],
  [
    'a public PEM',
    p384.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    undefined,
    /public key/,
  ],
  ['a certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', undefined, /certificate/],
  [
    'an encrypted PEM',
    p384.privateKey
      .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString(),
    undefined,
    /encrypted; decrypt/,
  ],
  ['a PEM that is cut', pem(p384.privateKey).slice(0, 90), undefined, /not a readable PEM private key/],
  ['P-256', JSON.stringify(p256.privateKey.export({ format: 'jwk' })), undefined, /P-256.*ES384/],
  ['P-256 in PEM', pem(p256.privateKey), undefined, /P-256.*ES384/],
  ['short RSA', pem(shortRsa.privateKey), undefined, /1024 bits/],
  ['Ed25519', pem(ed.privateKey), undefined, /ed25519/],
  ['a shared secret', '{"kty":"oct","k":"c2VjcmV0"}', undefined, /type oct/],
  ['another algorithm', JSON.stringify({ ...rsaJwk, alg: 'RS256' }), undefined, /`alg` RS256/],
  ['a key to encrypt with', JSON.stringify({ ...rsaJwk, use: 'enc' }), undefined, /`use` enc/],
  ['a key that only verifies', JSON.stringify({ ...jwk, key_ops: ['verify'] }), undefined, /key_ops/],
  ['numbers that are no key', JSON.stringify({ ...jwk, x: 'AAAA' }), undefined, /not a valid EC key/],
  ['a set without the kid', set({ ...jwk, kid: 'a' }), 'z', /no key with the kid `z`; it has `a`/],
  ['another kid', JSON.stringify({ ...jwk, kid: 'a' }), 'z', /has the kid `a`, not `z`/],
])('refuses %s and shows no key', (_what, text, kid, problem) => {
  const read = readPrivateKey(text, 'key.json', kid)
  expect(read).toHaveProperty('problem', expect.stringMatching(problem))
  const said = JSON.stringify(read)
  expect(said).toContain('key.json')
  for (const secret of [jwk.d, rsaJwk.d, 'hush', 'c2VjcmV0', pem(p384.privateKey).slice(40, 80)])
    expect(said).not.toContain(secret)
})
