import type { HeaderList } from '../../model/http/exchange.ts'
import { secretsInJson } from './json.ts'

/** Whether the name of a header field says that its value is secret. */
export function isSecretHeader(name: string): boolean {
  return /^(?:cookie|set-cookie2?)$|-key$|token|secret|password|credential|signature|assertion/i.test(name)
}

const signed = /[?&](?:[\w-]*(?:signature|token|credential|secret)|sig|jwt)=([^&#\s"'<>\\]{12,})/gi
/** A manifest may list a hundred thousand signed URLs. A digest stands for each; of these the signatures are looked for elsewhere. */
const mostSigned = 200

/** What a response issues that is secret: tokens, cookies, signatures of URLs. */
export function issuedSecrets(headers: HeaderList, body: string): readonly string[] {
  const found = [...secretsInJson(body)]
  for (const [name, value] of headers)
    if (/^set-cookie$/i.test(name)) found.push(/=([^;]{8,})/.exec(value)?.[1] ?? '')
    else if (isSecretHeader(name)) found.push(value)
  for (const text of [headers.map(([, value]) => value).join('\n'), body])
    for (const [, signature = ''] of text.matchAll(signed)) {
      found.push(signature)
      if (found.length > mostSigned) return found
    }
  return found
}
