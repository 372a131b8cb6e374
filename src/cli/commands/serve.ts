import { join, resolve, sep } from 'node:path'
import { parseChoice } from '../../config/choices.ts'
import { defaultRelease } from '../../config/defaults.ts'
import { UsageError } from '../../config/error.ts'
import { fileErrorReason } from '../../storage/file-error.ts'
import { packageRoot } from '../../config/harness-package.ts'
import { parseHttpUrl } from '../../model/http/url.ts'
import { supportedReleases } from '../../model/requirement.ts'
import type { ProviderConfiguration } from '../../reference/conduct/configurations.ts'
import { honestConfigurations } from '../../reference/conduct/honest-configurations.ts'
import { modernTls } from '../../reference/conduct/tls.ts'
import { fetchKeySet } from '../../reference/authorization/fetch-key-set.ts'
import { listen } from '../../reference/http-listener.ts'
import type { Population } from '../../reference/population/model.ts'
import { otherOrigin, type Variation } from '../../reference/variations/definition.ts'
import { createProvider, type Provider } from '../../reference/provider.ts'
import { didYouMean, joinNames } from '../../model/spelling.ts'
import type { Args, Command } from '../command.ts'
import { bulkBytesFrom } from '../options/bulk-size.ts'
import { deviationConflicts, faultIdsFrom, listFaults, releaseShowing } from '../options/faults.ts'
import { listVariations, portProblems, variationsFrom } from '../options/variations.ts'
import { gatewayExample } from '../gateway-example.ts'
import { displayPath } from '../output-folder.ts'
import type { Io } from '../terminal/io.ts'
import { testAuthorityFiles, testCertificates, testKeyFiles, testKeys, testSecret } from '../test-keys.ts'
import { loadPopulation } from '../../reference/population/folder-loader.ts'

const tokenLifetime = 10
const defaultPort = 4000

/** `bulkcheck serve`: the reference provider, honest or broken on purpose. */
export const serveCommand: Command = {
  usage: 'serve',
  describe: 'Serve the reference provider on this machine, conformant or with faults',
  options: {
    port: {
      type: 'string',
      requiresArg: true,
      describe: `Port to listen on; 0 selects a free port (default: ${defaultPort})`,
    },
    release: {
      type: 'string',
      requiresArg: true,
      describe: `Release of the Bulk Data Access IG: ${supportedReleases.join(', ')} (default: ${defaultRelease}, or the release that shows the faults and variations)`,
    },
    fault: {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'Fault of the provider (repeatable); --list-faults lists all',
    },
    'list-faults': {
      type: 'boolean',
      describe: 'List all faults, each with the requirement that it breaks and its level',
    },
    variation: {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'Variation that conforms (repeatable); --list-variations lists all',
    },
    'list-variations': { type: 'boolean', describe: 'List all variations, each with what it does' },
    configuration: {
      type: 'string',
      requiresArg: true,
      describe: `Configuration of the provider: ${honestConfigurations.map((it) => it.name).join(', ')}`,
    },
    tls: { type: 'boolean', describe: 'Serve over TLS, with a certificate of a test authority' },
    'no-auth': { type: 'boolean', describe: 'Require no authorization' },
    data: {
      type: 'string',
      requiresArg: true,
      describe: 'Folder with *.ndjson files to serve instead of synthetic patients',
    },
    bulk: {
      type: 'string',
      requiresArg: true,
      describe:
        'Size of exports, e.g. 10GB (kB, MB, GB), filled with copies of the patients; files are not compressed',
    },
    'base-url': {
      type: 'string',
      requiresArg: true,
      describe: 'Base URL of the FHIR API as clients see it, e.g. behind a proxy',
    },
  },
  examples: [
    ['$0 serve', `Serve a conformant provider at http://127.0.0.1:${defaultPort}/fhir`],
    ['$0 serve --fault no-content-location', 'Serve a provider that breaks one requirement'],
    ['$0 serve --no-auth --bulk 10GB', 'Serve exports of 10 GB'],
  ],
  async perform(args, io) {
    if (args.flag('list-faults')) return listFaults(io)
    if (args.flag('list-variations')) return listVariations(io)
    const asked = serveSettingsFrom(args)
    const folder = args.text('data')
    const population =
      folder === undefined ? undefined : await populationIn(resolve(io.cwd, folder), folder, io)
    const baseUrl = args.text('base-url')
    const provider = await createProvider({
      release: asked.release,
      faults: asked.faults,
      variations: asked.variations.map((it) => it.id),
      authorization: asked.authorization,
      keys: testKeys(),
      configuration: asked.configuration,
      ...(population ? { population } : {}),
      ...(asked.bulk === undefined ? {} : { exportBytes: asked.bulk }),
      ...(baseUrl === undefined ? {} : { baseUrl: baseUrl.replace(/\/+$/, '') }),
      fetchKeySet,
    })
    const secure = provider.tlsVersions.length > 0
    const certificates = secure ? { certificates: testCertificates() } : {}
    const listening = await listen(provider, { port: asked.port, ...certificates }).catch(
      (error: NodeJS.ErrnoException) => {
        const why =
          error.code === 'EADDRINUSE'
            ? 'another program uses it; choose another port with --port'
            : fileErrorReason(error)
        throw new UsageError(`cannot listen on port ${asked.port}: ${why}`)
      },
    )
    io.out(startMessage({ provider, asked, url: baseUrl ?? new URL('/fhir', listening.url).href }, io))
    const code = await untilSignal(io)
    await listening.close()
    io.err('stopped\n')
    return code
  },
}

interface ServeSettings {
  readonly port: number
  readonly release: (typeof supportedReleases)[number]
  /** Ids of the faults and variations that need this release; empty if the command line names the release. */
  readonly releaseBecause: readonly string[]
  readonly faults: readonly string[]
  readonly variations: readonly Variation[]
  readonly authorization: boolean
  readonly configuration: Partial<ProviderConfiguration>
  /** In bytes. */
  readonly bulk?: number
}

function serveSettingsFrom(args: Args): ServeSettings {
  const problems: string[] = []
  const port = Number(args.text('port') ?? defaultPort)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    problems.push('--port must be a number from 0 to 65535')
  const shown = { faults: faultIdsFrom(args, problems), variations: variationsFrom(args, problems) }
  problems.push(...deviationConflicts(shown))
  const asked = parseChoice(args.text('release'), supportedReleases, { name: '--release', problems })
  const { release, because } = releaseShowing(shown, asked, problems)
  const chosen = configurationNamed(args.text('configuration'), release, problems)
  const bulk = bulkBytesFrom(args.text('bulk'), problems)
  const base = args.text('base-url')
  if (base !== undefined && !parseHttpUrl(base)) problems.push('--base-url must be an http or https URL')
  else
    problems.push(
      ...portProblems(shown.variations, {
        ...{ port, baseUrl: base },
        scheme: args.flag('tls') ? 'https' : 'http',
      }),
    )
  if (problems.length > 0) throw new UsageError(problems.join('\n'))
  return {
    port,
    release,
    releaseBecause: because,
    ...shown,
    authorization:
      [chosen, ...shown.variations].every((it) => it?.authorization !== false) && !args.flag('no-auth'),
    configuration: {
      tokenLifetime,
      ...chosen?.configuration,
      ...(args.flag('tls') ? { tls: modernTls } : {}),
      ...(bulk === undefined ? {} : { gzip: false }),
    },
    ...(bulk === undefined ? {} : { bulk }),
  }
}

function configurationNamed(name: string | undefined, release: string, problems: string[]) {
  if (name === undefined) return undefined
  const names = honestConfigurations.map((it) => it.name)
  const found = honestConfigurations.find((it) => it.name === name)
  if (!found)
    problems.push(
      `unknown configuration \`${name}\`${didYouMean(name, names) || `; the configurations are ${joinNames(names, 'and')}`}`,
    )
  else if (found.releases && !(found.releases as readonly string[]).includes(release))
    problems.push(`the configuration \`${name}\` needs --release ${joinNames(found.releases, 'or')}`)
  return found
}

async function populationIn(path: string, folder: string, io: Io): Promise<Population> {
  const { leftOut, ...population } = await loadPopulation(path).catch((error: unknown) => {
    throw new UsageError(`cannot read the NDJSON files in ${folder}: ${fileErrorReason(error)}`)
  })
  if (population.resources.length === 0)
    throw new UsageError(`${folder} has no *.ndjson files with FHIR resources`)
  if (leftOut > 0)
    io.err(
      `warning: skipped ${leftOut} lines in ${folder}: they are not FHIR resources or repeat a resource\n`,
    )
  return population
}

function startMessage(
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
  const words = [`${invocation(io)} run`, `--url ${url}`, `--ig ${asked.release}`]
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
  if (claims.supports.length > 0) words.push(`--supports ${claims.supports.join(',')}`)
  return words.join(' ')
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

function untilSignal(io: Io): Promise<number> {
  return new Promise((done) => {
    const end = io.onSignal(() => {
      end()
      done(0)
    })
  })
}
