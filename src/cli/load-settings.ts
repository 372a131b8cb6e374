import { resolve } from 'node:path'
import { defaultRelease } from '../config/defaults.ts'
import { takeEnvironment } from '../config/environment.ts'
import { ConfigError } from '../config/error.ts'
import { settingsFromFile } from '../config/file-settings.ts'
import { type LoadedConfig, loadConfig } from '../config/load.ts'
import { type Settings, resolveSettings } from '../config/settings.ts'
import { mergeSettings, type PartialSettings, unusedCredentials } from '../config/partial-settings.ts'
import { withPreset } from '../config/presets/registry.ts'
import { proxiesIn } from '../config/proxy.ts'
import { secretsOfUrl } from '../probe/url-credentials.ts'
import type { LoadedSuites } from '../suite/load.ts'
import type { Args } from './command.ts'
import type { EmbeddedProvider, EmbeddedProviderOptions } from './embedded-provider.ts'
import type { Io } from './terminal/io.ts'
import { defaultOutputFolder } from './output-folder.ts'
import { partialSettingsFrom } from './options/target-and-run.ts'
import { loadSuitesAt } from './options/suites.ts'

/** The settings of a command, and the provider that was started for it. */
export interface CommandSettings {
  readonly settings: Settings
  readonly embedded?: EmbeddedProvider
}

/** Whether a command starts the reference provider or only describes it. */
export type ReferenceProviderMode = 'start' | 'describe'

/** Combines preset, configuration file, environment and flags; the later wins. Throws ConfigError with every problem of the three. */
export async function loadSettings(
  args: Args,
  io: Io,
  reference: ReferenceProviderMode,
  /** What holds where nothing else is said. */
  defaults: PartialSettings = {},
): Promise<CommandSettings> {
  const { file, environment, flags, notes, wantsReference } = await gatherSettings(args, io)
  const given = mergeSettings([file, environment, flags])
  const nowhere = given.url === undefined
  if (!wantsReference && !(nowhere && reference === 'describe'))
    return { settings: resolveSettings(withPreset(defaults, given), notes) }
  if (notes.problems.length > 0) throw new ConfigError(notes.problems)
  const options = referenceOptions(flags)
  // Loaded only where it is tested: it takes time to load.
  const { embeddedProviderSettings, startEmbeddedProvider } = await import('./embedded-provider.ts')
  const embedded = reference === 'start' ? await startEmbeddedProvider(options) : undefined
  try {
    const claims = embedded?.partialSettings ?? (await embeddedProviderSettings(options))
    const settings = resolveSettings(
      mergeSettings([withoutTarget(file), withoutTarget(environment), claims, flags]),
      notes,
    )
    return { settings, ...(embedded ? { embedded } : {}) }
  } catch (error) {
    await embedded?.close()
    throw error
  }
}

/** The settings in each place, as they are given. */
export interface GatheredSettings {
  readonly loaded: LoadedConfig | undefined
  readonly file: PartialSettings
  readonly environment: PartialSettings
  readonly flags: PartialSettings
  readonly notes: { readonly problems: string[]; readonly warnings: string[] }
  /** The reference provider is tested. */
  readonly wantsReference: boolean
}

/** Reads configuration file, environment and flags. What is wrong with them is in the notes. */
export async function gatherSettings(args: Args, io: Io): Promise<GatheredSettings> {
  for (const proxy of proxiesIn(io.env)) for (const it of secretsOfUrl(proxy)) io.secrets.add(it)
  const named = args.text('config') ?? (io.env.BULKCHECK_CONFIG || undefined)
  const loaded = await loadConfig(io.cwd, named)
  const file = loaded ? settingsFromFile(loaded, io.env) : { wishes: {}, problems: [] }
  const environment = takeEnvironment(io.env, io.cwd)
  const mistakes: string[] = []
  const flags = partialSettingsFrom(args, io.cwd, mistakes)
  const wantsReference = args.flag('reference') && flags.url === undefined
  const problems = [
    ...file.problems,
    ...environment.problems,
    ...mistakes,
    // Another place may well replace the kind alone, to try the server without authorization.
    ...[environment.settings, flags].flatMap((it) => unusedCredentials(it.client ?? {})),
    ...(wantsReference && flags.preset !== undefined
      ? ['--preset is for a server at --url; the reference provider needs none']
      : []),
  ]
  return {
    ...{ loaded, flags, wantsReference },
    file: file.wishes,
    environment: environment.settings,
    notes: { problems, warnings: [...environment.warnings] },
  }
}

/** The reference provider that flags ask for. */
export function referenceOptions({ ig, client }: PartialSettings): EmbeddedProviderOptions {
  return {
    ig: ig === undefined || ig === 'auto' ? defaultRelease : ig,
    authorization: client?.auth !== 'none',
  }
}

/** The folder for reports that a configuration names; the default one if it names none. Reads no secrets. */
export async function configuredOutputFolder(args: Args, io: Io): Promise<string> {
  const named = io.env.BULKCHECK_OUTPUT
  if (named) return resolve(io.cwd, named)
  const loaded = await loadConfig(io.cwd, args.text('config') ?? (io.env.BULKCHECK_CONFIG || undefined))
  const output = loaded?.config.output
  return loaded && output !== undefined ? resolve(loaded.folder, output) : defaultOutputFolder(io.cwd)
}

/** Settings without those of the server: the reference provider describes itself. */
export function withoutTarget(wishes: PartialSettings): PartialSettings {
  const { suites, packages, output, reports, failOn, concurrency, maxExports, maxTimeMs, knownFailing } =
    wishes
  return Object.fromEntries(
    Object.entries({
      suites,
      packages,
      output,
      reports,
      failOn,
      concurrency,
      maxExports,
      maxTimeMs,
      knownFailing,
    }).filter(([, it]) => it !== undefined),
  )
}

/** The suites that settings ask for. Throws SuiteError. */
export function loadSuitesOf({ suites }: Settings): Promise<LoadedSuites> {
  return loadSuitesAt(suites)
}
