import type { ClientCredential } from '../../model/http/policy-stop.ts'
import { parseUrl } from '../../model/http/url.ts'
import type { BackendServices, ClientSecret, Target } from '../../model/target.ts'

/** Names that belong to nobody (RFC 2606): an assertion that a test makes for them is worth nothing. */
const reservedName = /(^|\.)(example|invalid)$/

/** What a token request to a URL carries that would be worth something elsewhere; `undefined` if there is nothing. */
export function credentialOf(
  by: BackendServices | ClientSecret,
  sent: { readonly target: Pick<Target, 'headers'>; readonly assertion: unknown; readonly url: string },
): ClientCredential | undefined {
  if (by.kind === 'client-secret') return 'client-secret'
  if (by.tokenBasic) return 'basic'
  if (by.tokenFields?.some((it) => it.isSecret)) return 'form-fields'
  if (sent.target.headers?.some((it) => it.atTokenEndpoint)) return 'header-fields'
  const audiences = audiencesOf(sent.assertion)
  const configured = [by.aud, by.claims?.aud].flat()
  const isHarmless = (it: unknown) => it === sent.url || (isNobody(it) && !configured.includes(it))
  const isBound = audiences.length > 0 && audiences.every(isHarmless)
  return isBound || sent.assertion === undefined ? undefined : 'assertion'
}

function isNobody(audience: unknown): boolean {
  const host = typeof audience === 'string' ? parseUrl(audience)?.hostname : undefined
  return host !== undefined && reservedName.test(host)
}

function audiencesOf(assertion: unknown): readonly unknown[] {
  if (typeof assertion !== 'string') return []
  try {
    const claims = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()) as object
    return 'aud' in claims ? [claims.aud].flat() : []
  } catch {
    // What is not a JWT has no audience.
    return []
  }
}
