import { resolve } from 'node:path'
import { parseChoice } from '../../config/choices.ts'
import { defaultRelease } from '../../config/defaults.ts'
import { UsageError } from '../../config/error.ts'
import { fileErrorReason } from '../../storage/file-error.ts'
import { parseHttpUrl } from '../../model/http/url.ts'
import { supportedReleases } from '../../model/requirement.ts'
import { honestConfigurations } from '../../reference/conduct/honest-configurations.ts'
import { modernTls } from '../../reference/conduct/tls.ts'
import { dialects } from '../../reference/dialects/registry.ts'
import { fetchKeySet } from '../../reference/authorization/fetch-key-set.ts'
import { listen } from '../../reference/http-listener.ts'
import type { Population } from '../../reference/population/model.ts'
import { createProvider } from '../../reference/provider.ts'
import { ownLayout } from '../../reference/url-layout.ts'
import { didYouMean, joinNames } from '../../model/spelling.ts'
import type { Args, Command } from '../command.ts'
import { bulkBytesFrom } from '../options/bulk-size.ts'
import { deviationConflicts, faultIdsFrom, listFaults, releaseShowing } from '../options/faults.ts'
import { listVariations, portProblems, variationsFrom } from '../options/variations.ts'
import { serveMessage, type ServeSettings } from '../serve-message.ts'
import type { Io } from '../terminal/io.ts'
import { testCertificates, testKeys } from '../test-keys.ts'
import { loadPopulation } from '../../reference/population/folder-loader.ts'

const tokenLifetime = 10
const defaultPort = 4000
const dialectNames = dialects.map((it) => it.id)

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
    dialect: {
      type: 'string',
      requiresArg: true,
      describe: `Behave like a named system: ${dialectNames.join(', ')}`,
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
    ['$0 serve --dialect medplum', 'Serve a provider that behaves like Medplum'],
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
      ...(asked.dialect === undefined ? {} : { dialect: asked.dialect.id }),
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
    io.out(
      serveMessage({ provider, asked, url: baseUrl ?? new URL(basePath(asked), listening.url).href }, io),
    )
    const code = await untilSignal(io)
    await listening.close()
    io.err('stopped\n')
    return code
  },
}

function basePath({ dialect }: ServeSettings): string {
  return (dialect?.configuration.urls ?? ownLayout).base
}

function serveSettingsFrom(args: Args): ServeSettings {
  const problems: string[] = []
  const port = Number(args.text('port') ?? defaultPort)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    problems.push('--port must be a number from 0 to 65535')
  const shown = { faults: faultIdsFrom(args, problems), variations: variationsFrom(args, problems) }
  problems.push(...deviationConflicts(shown))
  const dialect = parseChoice(args.text('dialect'), dialectNames, { name: '--dialect', problems })
  const spoken = dialects.find((it) => it.id === dialect)
  if (spoken && shown.variations.length > 0)
    problems.push(
      '--dialect and --variation exclude each other: a variation is one of the reference provider',
    )
  const asked =
    parseChoice(args.text('release'), supportedReleases, { name: '--release', problems }) ?? spoken?.release
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
    ...(spoken ? { dialect: spoken } : {}),
    authorization:
      !args.flag('no-auth') &&
      [chosen, spoken, ...shown.variations].every((it) => it?.authorization !== false),
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

function untilSignal(io: Io): Promise<number> {
  return new Promise((done) => {
    const end = io.onSignal(() => {
      end()
      done(0)
    })
  })
}
