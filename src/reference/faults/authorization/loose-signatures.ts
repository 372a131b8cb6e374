import { createHmac, createPublicKey, verify } from 'node:crypto'
import type { JWK } from 'jose'

/** Whether an HS256 signature was made with a public key's text as its secret. */
export function signedWithPublicKey(assertion: string, key: JWK): boolean {
  const pem = createPublicKey({ key: key as Record<string, unknown>, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString()
  const [header, claims, signature] = assertion.split('.')
  return [pem, pem.trim(), JSON.stringify(key)].some(
    (secret) => createHmac('sha256', secret).update(`${header}.${claims}`).digest('base64url') === signature,
  )
}

/** Whether a signature verifies with the key's own algorithm, whatever the header says. */
export function signedByKey(assertion: string, key: JWK): boolean {
  const [header, claims, signature = ''] = assertion.split('.')
  const publicKey = createPublicKey({ key: key as Record<string, unknown>, format: 'jwk' })
  const signed = Buffer.from(`${header}.${claims}`)
  return verify(
    'sha384',
    signed,
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
}
