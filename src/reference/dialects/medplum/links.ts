import { createHash } from 'node:crypto'

const linkLifetime = 3600

const signatureOf = (path: string, expires: string) =>
  createHash('sha256').update(`${path} ${expires}`).digest('base64')

/** A file's URL, signed for an hour from now. */
export function signed(url: string, now: number): string {
  const expires = String(Math.floor(now / 1000) + linkLifetime)
  const signature = signatureOf(new URL(url).pathname, expires)
  return `${url}?Expires=${expires}&Signature=${encodeURIComponent(signature)}`
}

/** Why a signed URL is refused: `undefined` if it is valid. */
export function linkProblem(url: string, now: number): 'unsigned' | 'other' | 'expired' | undefined {
  const { pathname, searchParams } = new URL(url)
  const [expires, signature] = [searchParams.get('Expires'), searchParams.get('Signature')]
  if (expires === null || signature === null) return 'unsigned'
  if (signature !== signatureOf(pathname, expires)) return 'other'
  return Number(expires) * 1000 > now ? undefined : 'expired'
}
