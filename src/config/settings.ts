import { readFileSync } from 'node:fs'
import { parseHttpUrl } from '../model/http/url.ts'
import type { Level } from '../model/requirement.ts'
import { type Authorization, type Target, findableFeatures } from '../model/target.ts'
import { checkedBaseline, featuresOfBaseline } from './baseline/check.ts'
import { authorizationOf, keySetAddress } from './credentials.ts'
import { ConfigError } from './error.ts'
import { fileErrorReason } from '../storage/file-error.ts'
import type { ReportName } from '../report/format-files.ts'
import { defaultSettings } from './origins/default-settings.ts'
import { headersOf } from './gateway-fields.ts'
import { type Diagnostics, readSecretSource } from './secret-source.ts'
import { isMediaType, mediaTypeText } from './schema/media-type.ts'
import type { PartialSettings } from './partial-settings.ts'

/** TLS settings of connections; certificates and key are PEM text. */
interface Tls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
  readonly insecure: boolean
}

/** All settings of a run: complete and checked, with files read. */
export interface Settings {
  readonly target: Target
  /** The release of the target is only the default: a run is to find it. */
  readonly findsRelease?: true
  /** Absolute; `undefined` stands for the bundled suites. */
  readonly suites?: readonly string[]
  /** Absolute paths of FHIR packages; resources are validated against their profiles. */
  readonly packages: readonly string[]
  /** Absolute. */
  readonly output?: string
  readonly reports: readonly ReportName[]
  readonly failOn: Level
  /** How many exports may run at the same time. */
  readonly concurrency: number
  /** How many exports may be taken to completion; absent: no limit. */
  readonly maxExports?: number
  /** How long a run may take; absent: no limit. */
  readonly maxTimeMs?: number
  /** Absolute. */
  readonly knownFailing?: string
  readonly tls: Tls
  /** Where the JWK Set of the client is served. */
  readonly keySetAddress?: { readonly host: string; readonly port: number }
  /** For the user; not for reports. */
  readonly warnings: readonly string[]
}

/** Completes and checks settings. Throws ConfigError with every problem. */
export function resolveSettings(
  wishes: PartialSettings,
  before: Diagnostics = { problems: [], warnings: [] },
): Settings {
  const notes: Diagnostics = { problems: [...before.problems], warnings: [...before.warnings] }
  const defaults = defaultSettings(wishes)
  const target = targetOf(wishes, notes)
  const tls = tlsOf(wishes, notes)
  if (notes.problems.length > 0 || !target) throw new ConfigError(notes.problems)
  return {
    target,
    ...(wishes.ig === 'auto' ? { findsRelease: true } : {}),
    ...(wishes.suites ? { suites: wishes.suites } : {}),
    packages: wishes.packages ?? [],
    ...(wishes.output ? { output: wishes.output } : {}),
    reports: wishes.reports ?? defaults.reports,
    failOn: wishes.failOn ?? defaults.failOn,
    concurrency: wishes.concurrency ?? defaults.concurrency,
    ...(wishes.maxExports === undefined ? {} : { maxExports: wishes.maxExports }),
    ...(wishes.maxTimeMs === undefined ? {} : { maxTimeMs: wishes.maxTimeMs }),
    ...(wishes.knownFailing ? { knownFailing: wishes.knownFailing } : {}),
    tls,
    ...servedKeySet(wishes),
    warnings: notes.warnings,
  }
}

function servedKeySet({ client }: PartialSettings): Pick<Settings, 'keySetAddress'> {
  const address = client?.serveJwks === undefined ? undefined : keySetAddress(client.serveJwks)
  return address ? { keySetAddress: address } : {}
}

function targetOf(wishes: PartialSettings, notes: Diagnostics): Target | undefined {
  const fhirUrl = baseUrl(wishes.url, notes)
  const { groupId, emptyGroupId } = wishes
  const { deniedGroupId, otherGroupId, otherFormat } = wishes.facts ?? {}
  const defaults = defaultSettings(wishes)
  const levels = wishes.levels ?? defaults.levels
  if (levels.length === 0)
    notes.problems.push(
      'no export level is given: use --level system, --level patient, or --group-id ID for Group exports',
    )
  if (levels.includes('group') && groupId === undefined)
    notes.problems.push(
      'the level `group` needs the id of a Group: set --group-id, BULKCHECK_GROUP_ID or `groupId` in the configuration',
    )
  for (const id of [groupId, emptyGroupId, deniedGroupId, otherGroupId]) {
    const groupProblem = id === undefined ? undefined : groupIdProblem(id)
    if (groupProblem) notes.problems.push(groupProblem)
  }
  if (otherFormat !== undefined && !isMediaType(otherFormat))
    notes.problems.push(
      `the format besides NDJSON must be ${mediaTypeText} (--other-format, BULKCHECK_OTHER_FORMAT, \`otherFormat\`)`,
    )
  checkTokenUrls(wishes, fhirUrl, notes)
  const authorization = authorizationOf(wishes.client ?? {}, 'the harness', notes)
  const other = wishes.otherClient
    ? authorizationOf(wishes.otherClient, 'the other client', notes)
    : undefined
  if (wishes.otherClient?.serveJwks !== undefined)
    notes.problems.push('`otherClient` has `serveJwks`, but bulkcheck serves the JWK Set of one client only')
  if (wishes.client?.serveJwks !== undefined && authorization && authorization.kind !== 'backend-services')
    notes.problems.push(
      'a JWK Set is served only for a client with backend-services authorization (--serve-jwks, `serveJwks`)',
    )
  const headers = headersOf(wishes.headers ?? [], notes)
  const ig = wishes.ig === undefined || wishes.ig === 'auto' ? defaults.ig : wishes.ig
  const baseline = checkedBaseline(wishes.baseline ?? {}, { ig, levels }, notes)
  const narrowing = featuresOfBaseline(baseline)
  if (fhirUrl === undefined || authorization === undefined) return undefined
  return {
    name: wishes.name ?? new URL(fhirUrl).host,
    fhirUrl,
    ig,
    ...(wishes.smart ? { smart: wishes.smart } : {}),
    authorization,
    ...(isClient(other) ? { otherClient: other } : {}),
    levels,
    ...(groupId === undefined ? {} : { groupId }),
    ...(emptyGroupId === undefined ? {} : { emptyGroupId }),
    supports: [...new Set([...(wishes.supports ?? []), ...narrowing])],
    ...(saysWhatIsOffered(wishes.supports) ? {} : { findsFeatures: true }),
    ...(wishes.facts && Object.keys(wishes.facts).length > 0 ? { facts: wishes.facts } : {}),
    ...(wishes.allowWrites ? { allowsWrites: true as const } : {}),
    ...(narrowing.length > 0 ? { baseline } : {}),
    ...(headers.length > 0 ? { headers } : {}),
    tokenOrigins: (wishes.tokenOrigins ?? []).flatMap((it) =>
      originOf(it, 'an origin for the access token', notes),
    ),
    ...(wishes.allowedOrigins
      ? { allowedOrigins: wishes.allowedOrigins.flatMap((it) => originOf(it, 'an allowed origin', notes)) }
      : {}),
    limits: { ...defaults.limits, ...wishes.limits },
  }
}

/** A list that names only what cannot be found out leaves the rest open; an empty list says that nothing is offered. */
function saysWhatIsOffered(supports: PartialSettings['supports']): boolean {
  return (
    supports !== undefined && (supports.length === 0 || supports.some((it) => findableFeatures.includes(it)))
  )
}

/** Why a group id cannot be a segment of a path. That it is a FHIR id is for the server to see to, and tested. */
function groupIdProblem(id: string): string | undefined {
  if (id.startsWith('Group/')) return 'the group id starts with `Group/`; give only the id after it'
  // `%2E` is a dot to whoever parses URLs.
  if (id === '.' || id === '..') return 'the group id consists of dots only, and cannot be part of a URL'
  return /\p{Surrogate}/u.test(id) ? 'the group id is not valid Unicode' : undefined
}

function isClient(it: Authorization | undefined): it is Exclude<Authorization, { kind: 'none' }> {
  return it !== undefined && it.kind !== 'none'
}

function baseUrl(text: string | undefined, notes: Diagnostics): string | undefined {
  if (text === undefined) {
    notes.problems.push(
      'no server is given: set --url, BULKCHECK_URL or `target.fhirUrl` in harness.config.ts, or test the bundled provider with --reference',
    )
    return undefined
  }
  const url = httpUrl(text, 'the URL of the server', notes)
  if (!url) return undefined
  if (url.search || url.hash)
    notes.problems.push('the URL of the server has a query or a fragment; give the base of its FHIR API')
  return url.href.replace(/\/+$/, '')
}

function checkTokenUrls(
  { client, otherClient }: PartialSettings,
  fhirUrl: string | undefined,
  notes: Diagnostics,
): void {
  for (const it of [client, otherClient]) {
    const url = it?.tokenUrl === undefined ? undefined : httpUrl(it.tokenUrl, 'the token URL', notes)
    if (url?.protocol === 'http:' && fhirUrl?.startsWith('https:'))
      notes.problems.push(
        'the token URL begins with http, but the URL of the server with https; bulkcheck sends no credentials unencrypted then',
      )
  }
}

/** The value is not shown where it may hold a password. */
function httpUrl(text: string, what: string, notes: Diagnostics): URL | undefined {
  const url = parseHttpUrl(text)
  if (!url) notes.problems.push(`${what} is not an absolute http or https URL`)
  else if (url.username || url.password)
    notes.problems.push(
      `${what} contains a user name or password; leave them out, see the README for credentials`,
    )
  else return url
  return undefined
}

function originOf(text: string, what: string, notes: Diagnostics): readonly string[] {
  const url = httpUrl(text, what, notes)
  if (url && url.href !== `${url.origin}/`)
    notes.problems.push(`${what} consists of a scheme, a host and a port only: use ${url.origin}`)
  return url ? [url.origin] : []
}

function tlsOf(wishes: PartialSettings, notes: Diagnostics): Tls {
  const pem = (file: string | undefined, label: string) => {
    if (file === undefined) return undefined
    const text = textOf(file, notes)
    if (text !== undefined && !text.includes(label))
      notes.problems.push(`${file} is not in PEM format: it has no ${label}`)
    return text
  }
  if ((wishes.cert === undefined) !== (wishes.certKey === undefined))
    notes.problems.push('a client certificate needs both --cert and --cert-key')
  const ca = pem(wishes.ca, 'BEGIN CERTIFICATE')
  const cert = pem(wishes.cert, 'BEGIN CERTIFICATE')
  const key = wishes.certKey
    ? readSecretSource({ file: wishes.certKey, from: wishes.certKey }, notes)
    : undefined
  if (key !== undefined && !key.includes('PRIVATE KEY'))
    notes.problems.push(`${wishes.certKey} contains no PEM private key`)
  const passphrase = wishes.passphrase ? readSecretSource(wishes.passphrase, notes)?.trim() : undefined
  return {
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(passphrase ? { passphrase } : {}),
    insecure: wishes.insecure ?? false,
  }
}

function textOf(file: string, notes: Diagnostics): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    notes.problems.push(`${file} cannot be read: ${fileErrorReason(error)}`)
    return undefined
  }
}
