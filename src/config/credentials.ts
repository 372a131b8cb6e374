import { parseHttpUrl } from '../model/http/url.ts'
import type {
  Authorization,
  BackendServices,
  BearerToken,
  RegisteredKeySet,
  UserPassword,
} from '../model/target.ts'
import { defaultScope } from './defaults.ts'
import { fieldsOf } from './gateway-fields.ts'
import { readPrivateKey } from './private-key.ts'
import {
  authKindOf,
  type PartialBasic,
  type PartialClient,
  type SecretSource,
  withoutUndefined,
} from './partial-settings.ts'
import { type Diagnostics, readSecretSource } from './secret-source.ts'
import { rerunSecretCommand } from './secret-command.ts'

/** The credentials of a client; what is missing or unusable is added to the problems, and `undefined` returned. */
export function authorizationOf(
  client: PartialClient,
  whose: string,
  notes: Diagnostics,
): Authorization | undefined {
  const kind = authKindOf(client)
  const missing = (what: string) =>
    void notes.problems.push(`${whose} uses ${kind} authorization, but ${what}`)
  if (kind === 'none') return { kind }
  if (kind === 'bearer') {
    if (!client.token)
      return missing('has no access token: set BULKCHECK_BEARER_TOKEN or BULKCHECK_BEARER_TOKEN_FILE')
    const token = readSecret(client.token, notes)
    return token === undefined ? undefined : { kind, token, ...tokenRenewal(client.token) }
  }
  if (kind === 'basic') {
    const basic = userPasswordOf(client.basic ?? {}, `${whose} uses ${kind} authorization`, notes)
    return basic && { kind, ...basic }
  }
  const { clientId } = client
  if (!clientId)
    return missing(
      'has no client id: set --client-id, BULKCHECK_CLIENT_ID or `clientId` in the configuration',
    )
  const common = {
    clientId,
    scope: client.scope ?? defaultScope,
    ...(client.tokenUrl ? { tokenUrl: client.tokenUrl } : {}),
    ...(client.tokenFields ? { tokenFields: fieldsOf(client.tokenFields, notes) } : {}),
  }
  if (kind === 'client-secret') {
    if (!client.secret)
      return missing('has no secret: set BULKCHECK_CLIENT_SECRET or BULKCHECK_CLIENT_SECRET_FILE')
    const secret = readSecret(client.secret, notes)
    return secret === undefined ? undefined : { kind, ...common, secret, method: client.method ?? 'basic' }
  }
  if (!client.key)
    return missing(
      'has no private key: set --key FILE, BULKCHECK_KEY_FILE, BULKCHECK_KEY or `key` in the configuration',
    )
  const text = readSecretSource(client.key, notes)
  const { aud, claims } = client
  const tokenBasic = client.tokenBasic
    ? userPasswordOf(client.tokenBasic, `${whose} has \`tokenBasic\``, notes)
    : undefined
  if (text === undefined) return undefined
  const read = readPrivateKey(text, client.key.from, client.kid)
  if ('key' in read)
    return {
      ...{ kind, ...common, key: read.key, ...keyRenewal(client.key, client.kid) },
      ...withoutUndefined({ aud, claims, tokenBasic, keySet: keySetOf(client, whose, notes) }),
    }
  notes.problems.push(read.problem)
  return undefined
}

/** The registered JWK Set of a client. */
function keySetOf(
  { jwksUrl, serveJwks }: PartialClient,
  whose: string,
  notes: Diagnostics,
): RegisteredKeySet | undefined {
  const address = serveJwks === undefined ? undefined : keySetAddress(serveJwks)
  if (serveJwks !== undefined && !address)
    notes.problems.push(
      `${whose} serves its JWK Set at a wrong address: --serve-jwks (\`serveJwks\`) is PORT or HOST:PORT`,
    )
  const url = jwksUrl ?? (address && `http://127.0.0.1:${address.port}/jwks.json`)
  if (url !== undefined && !parseHttpUrl(url))
    notes.problems.push('the URL of the JWK Set (`jwksUrl`) is not an absolute http or https URL')
  return url === undefined ? undefined : { url, isHosted: address !== undefined }
}

/** The address in `PORT` or `HOST:PORT`; without a host it is of this machine alone. */
export function keySetAddress(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, host = '127.0.0.1', digits = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  return digits !== '' && port > 0 && port <= 65_535
    ? { host: host.replace(/^\[|\]$/g, ''), port }
    : undefined
}

function tokenRenewal(source: SecretSource): Pick<BearerToken, 'renewToken'> {
  if (!('command' in source)) return {}
  return {
    async renewToken() {
      const ran = await rerunSecretCommand(source)
      if ('problem' in ran) return { because: ran.problem }
      const problem = secretProblem(ran.text, source.from)
      return problem === undefined ? { token: ran.text } : { because: problem }
    },
  }
}

function keyRenewal(source: SecretSource, kid: string | undefined): Pick<BackendServices, 'renewKey'> {
  if (!('command' in source)) return {}
  return {
    async renewKey() {
      const ran = await rerunSecretCommand(source)
      if ('problem' in ran) return { because: ran.problem }
      const read = readPrivateKey(ran.text, source.from, kid)
      return 'key' in read ? read : { because: read.problem }
    },
  }
}

function userPasswordOf(
  { user, password }: PartialBasic,
  what: string,
  notes: Diagnostics,
): UserPassword | undefined {
  if (user === undefined)
    notes.problems.push(
      `${what}, but has no user: set \`user\` in the configuration, --basic-user or BULKCHECK_BASIC_USER`,
    )
  else if (user.includes(':'))
    notes.problems.push(`${what}, but its user has a colon, which HTTP Basic cannot send`)
  if (password === undefined)
    notes.problems.push(
      `${what}, but has no password: set \`passwordEnv\` or \`passwordFile\` in the configuration, or BULKCHECK_BASIC_PASSWORD`,
    )
  const text = password && readSecretSource(password, notes)?.replace(/\r?\n$/, '')
  if (text === '') notes.problems.push(`${password?.from} is empty`)
  return user === undefined || user.includes(':') || !text ? undefined : { user, password: text }
}

/** A secret as one line of visible ASCII, which is all that a header can carry. */
function readSecret(source: SecretSource, notes: Diagnostics): string | undefined {
  const text = readSecretSource(source, notes)?.trim()
  if (text === undefined) return undefined
  const problem = secretProblem(text, source.from)
  if (problem !== undefined) notes.problems.push(problem)
  return problem === undefined ? text : undefined
}

function secretProblem(text: string, from: string): string | undefined {
  if (/^bearer\s/i.test(text)) return `${from} starts with the word Bearer; leave it out`
  return /^[\x21-\x7e]+$/.test(text)
    ? undefined
    : `${from} is empty, or contains spaces or other characters that a header cannot carry`
}
