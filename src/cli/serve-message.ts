import { join, sep } from 'node:path'
import { packageRoot } from '../config/harness-package.ts'
import type { SupportedRelease } from '../model/requirement.ts'
import { joinNames } from '../model/spelling.ts'
import type { ProviderConfiguration } from '../reference/conduct/configurations.ts'
import type { Dialect } from '../reference/dialects/definition.ts'
import type { Provider } from '../reference/provider.ts'
import { otherOrigin, type Variation } from '../reference/variations/definition.ts'
import { gatewayExample } from './gateway-example.ts'
import { displayPath } from './output-folder.ts'
import type { Io } from './terminal/io.ts'
import { testAuthorityFiles, testKeyFiles, testSecret } from './test-keys.ts'

/** How a provider is served. */
export interface ServeSettings {
  readonly port: number
  readonly dialect?: Dialect
  readonly release: SupportedRelease
  /** Ids of the faults and variations that need this release; empty if the command line names the release. */
  readonly releaseBecause: readonly string[]
  readonly faults: readonly string[]
  readonly variations: readonly Variation[]
  readonly authorization: boolean
  readonly configuration: Partial<ProviderConfiguration>
  /** In bytes. */
  readonly bulk?: number
}

/** What `serve` says of its provider once it listens: where it is, who its clients are, and how to test it. */
export function serveMessage(
  it: { readonly provider: Provider; readonly asked: ServeSettings; readonly url: string },
  io: Io,
): string {
  const { provider, asked, url } = it
  const { description: claims, clients } = provider
  const authorized = asked.authorization
    ? [
        `  client        ${clients.own.clientId}, key ${displayPath(testKeyFiles.own, io.cwd)}`,
        `  other client  ${clients.other.clientId}, key ${displayPath(testKeyFiles.other, io.cwd)}`,
        `  with secret   ${clients.secret.clientId}, secret ${testSecret}`,
        `  scope         ${clients.own.scope}; access tokens are valid for ${asked.configuration.tokenLifetime} seconds`,
      ]
    : ['  no authorization']
  const groups = claims.levels.includes('group') ? [`  group         ${claims.groupId}`] : []
  const only = asked.releaseBecause
  const older =
    only.length > 0
      ? [`  release       ${asked.release}, because only it shows ${joinNames(only, 'and')}`]
      : []
  const wrong = asked.faults.length > 0 ? [`  faults        ${asked.faults.join(', ')}`] : []
  const varied =
    asked.variations.length > 0 ? [`  variations    ${asked.variations.map((it) => it.id).join(', ')}`] : []
  const lines = [
    `Bulk Data ${asked.release} at ${url}`,
    ...(asked.dialect ? [`  behaves like  ${asked.dialect.system}`] : []),
    ...older,
    ...authorized,
    ...groups,
    ...wrong,
    ...varied,
    '',
    ...(claims.gateway ? gatewayExample(claims.gateway) : []),
    'Test it from another terminal:',
    `  ${exampleCommand(it, io)}`,
    '',
  ]
  return `${lines.join('\n')}\n`
}

/** A command line that needs no configuration file. */
function exampleCommand(
  {
    provider,
    asked,
    url,
  }: { readonly provider: Provider; readonly asked: ServeSettings; readonly url: string },
  io: Io,
): string {
  const { description: claims, clients } = provider
  const words = [
    `${invocation(io)} run`,
    ...(asked.dialect ? [`--preset ${asked.dialect.id}`] : []),
    ...[`--url ${url}`, `--ig ${asked.release}`],
  ]
  if (asked.authorization && !claims.gateway?.basic)
    words.push(
      `--client-id ${clients.own.clientId}`,
      `--scope '${clients.own.scope}'`,
      `--key ${displayPath(testKeyFiles.own, io.cwd)}`,
      ...(clients.own.jwksUrl === undefined ? [] : [`--serve-jwks ${new URL(clients.own.jwksUrl).port}`]),
    )
  else if (!asked.authorization) words.push('--auth none')
  if (claims.tokensElsewhere) words.push(`--token-origin ${otherOrigin(url)}`)
  words.push(`--level ${claims.levels.join(',')}`)
  if (claims.levels.includes('group')) words.push(`--group-id ${claims.groupId}`)
  if (provider.tlsVersions.length > 0) words.push(...trustWords(provider, url, io))
  if (claims.groupWrites) words.push('--allow-writes')
  for (const [name, value] of Object.entries(claims.facts)) words.push(`--${optionOf(name)} '${value}'`)
  // The preset says what a run cannot find out of a named system.
  if (claims.supports.length > 0 && !asked.dialect) words.push(`--supports ${claims.supports.join(',')}`)
  return words.join(' ')
}

/** `deniedScope` is `denied-scope`. */
function optionOf(name: string): string {
  return name.replace(/[A-Z]/g, (it) => `-${it.toLowerCase()}`)
}

/** What makes a client trust the certificate; one for another name it cannot trust. */
function trustWords(provider: Provider, url: string, io: Io): readonly string[] {
  const { hostname } = new URL(url)
  const isOwn = provider.handshake(hostname, provider.tlsVersions)?.certificateName === hostname
  const ca = `--ca ${displayPath(testAuthorityFiles[isOwn ? 'own' : 'foreign'], io.cwd)}`
  return isOwn ? [ca] : [ca, '--insecure']
}

/** How bulkcheck is started where it stands: installed, or from a clone. */
function invocation(io: Io): string {
  if (packageRoot.split(sep).includes('node_modules')) return 'npx bulkcheck'
  return `node ${displayPath(join(packageRoot, 'dist/cli/main.js'), io.cwd)}`
}
