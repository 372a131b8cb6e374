import { readFileSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Authorization } from '../model/target.ts'
import { fileErrorReason } from '../storage/file-error.ts'
import { defaultScope } from './defaults.ts'
import { readPrivateKey } from './private-key.ts'
import { packageRoot } from './harness-package.ts'
import { type PartialClient, type SecretSource, impliedAuthKind } from './partial-settings.ts'

/** Problems and warnings that are collected. */
export interface Diagnostics {
  readonly problems: string[]
  readonly warnings: string[]
}

/** The credentials of a client; what is missing or unusable is added to the problems, and `undefined` returned. */
export function authorizationOf(
  client: PartialClient,
  whose: string,
  notes: Diagnostics,
): Authorization | undefined {
  const kind = client.auth ?? impliedAuthKind(client) ?? (client.clientId ? 'backend-services' : 'none')
  const missing = (what: string) =>
    void notes.problems.push(`${whose} uses ${kind} authorization, but ${what}`)
  if (kind === 'none') return { kind }
  if (kind === 'bearer') {
    if (!client.token)
      return missing('has no access token: set BULKCHECK_BEARER_TOKEN or BULKCHECK_BEARER_TOKEN_FILE')
    const token = readSecret(client.token, notes)
    return token === undefined ? undefined : { kind, token }
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
  if (text === undefined) return undefined
  const read = readPrivateKey(text, client.key.from, client.kid)
  if ('key' in read) return { kind, ...common, key: read.key }
  notes.problems.push(read.problem)
  return undefined
}

/** A secret as one line of visible ASCII, which is all that a header can carry. */
function readSecret(source: SecretSource, notes: Diagnostics): string | undefined {
  const text = readSecretSource(source, notes)?.trim()
  if (text === undefined) return undefined
  if (/^bearer\s/i.test(text)) notes.problems.push(`${source.from} starts with the word Bearer; leave it out`)
  else if (!/^[\x21-\x7e]+$/.test(text))
    notes.problems.push(
      `${source.from} is empty, or contains spaces or other characters that a header cannot carry`,
    )
  else return text
  return undefined
}

/** The text of a secret, wherever it is; a file that other users can read causes a warning. */
export function readSecretSource(source: SecretSource, notes: Diagnostics): string | undefined {
  if ('text' in source) return source.text
  try {
    const { mode } = statSync(source.file)
    // Test keys are published; that others can read them is what they are for.
    const committed = realpathSync(source.file).startsWith(join(realpathSync(packageRoot), 'fixtures') + sep)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0 && !committed)
      notes.warnings.push(`${source.from} can be read by other users; run \`chmod 600\` on it`)
    return readFileSync(source.file, 'utf8')
  } catch (error) {
    notes.problems.push(`${source.from} cannot be read: ${fileErrorReason(error)}`)
    return undefined
  }
}
