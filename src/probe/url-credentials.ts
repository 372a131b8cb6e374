import { parseUrl } from '../model/http/url.ts'
import { userPassword } from './authorization/client-secrets.ts'

/** Query parameters that are a signature, whatever else the URL holds: AWS, Google, Alibaba. */
const signatures = ['x-amz-signature', 'x-goog-signature', 'x-oss-signature']

/** What stands beside `Signature` or `sig` in the URLs of storage services: AWS, Google, CloudFront, Alibaba, Azure. */
const companions = [
  ...['awsaccesskeyid', 'googleaccessid', 'key-pair-id', 'ossaccesskeyid', 'expires'],
  ...['sv', 'se', 'sp', 'sr'],
]

/** Names that many use for a signature or token, and some for something else. */
const likely = ['sig', 'signature', 'access_token']

/** Whether a URL authorizes whoever knows it: by a user name, or by a query that storage services sign. */
export function authorizesItself(url: URL): 'certain' | 'likely' | undefined {
  const names = new Set([...url.searchParams.keys()].map((it) => it.toLowerCase()))
  const has = (name: string) => names.has(name)
  if (url.username !== '' || url.password !== '' || signatures.some(has)) return 'certain'
  if (!likely.some(has)) return undefined
  return (has('sig') || has('signature')) && companions.some(has) ? 'certain' : 'likely'
}

/** A URL without its user name and password, and these as HTTP Basic (RFC 7617); `undefined` if it has none. */
export function splitUserInfo(
  text: string,
): { readonly url: string; readonly authorization: string; readonly secret: string } | undefined {
  const url = parseUrl(text)
  if (!url || (url.username === '' && url.password === '')) return undefined
  const [user, password] = [decoded(url.username), decoded(url.password)]
  url.username = ''
  url.password = ''
  const authorization = `Basic ${userPassword({ user, password })}`
  return { url: url.href, authorization, secret: `${user}:${password}` }
}

/** The password of a URL, and its user name with it, as they are written and as they are sent. */
export function secretsOfUrl(text: string): readonly string[] {
  const named = splitUserInfo(text)
  const written = parseUrl(text)?.password ?? ''
  return named ? [written, decoded(written), named.secret, named.authorization.slice('Basic '.length)] : []
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A percent sign that encodes nothing stands for itself.
    return text
  }
}
