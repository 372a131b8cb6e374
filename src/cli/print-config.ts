import { isAbsolute } from 'node:path'
import { defaultSettings } from '../config/origins/default-settings.ts'
import { type Environment, takeEnvironment } from '../config/environment.ts'
import { ConfigError } from '../config/error.ts'
import { settingsFromFile } from '../config/file-settings.ts'
import type { LoadedConfig } from '../config/load.ts'
import { mergeSettings, type PartialSettings } from '../config/partial-settings.ts'
import { presetSettings, withPreset } from '../config/presets/registry.ts'
import type { Config } from '../config/public.ts'
import { type SettingsPart, type SettingsPlace, settingRows } from '../config/origins/setting-origins.ts'
import { isJsonObject } from '../model/json.ts'
import { visible } from '../report/visible-text.ts'
import type { Args } from './command.ts'
import { gatherSettings, type GatheredSettings, referenceOptions, withoutTarget } from './load-settings.ts'
import { partialSettingsFrom, runOptions, targetOptions } from './options/target-and-run.ts'
import { defaultOutputFolder, displayPath } from './output-folder.ts'
import type { Io } from './terminal/io.ts'

/**
 * Prints each setting of a run with its value and where it comes from. Reads no key, runs no command and sends nothing. Throws ConfigError
 * for what cannot be understood.
 */
export async function printConfig(args: Args, io: Io): Promise<void> {
  // Reading the environment removes its secrets.
  const variables = { ...io.env }
  const gathered = await gatherSettings(args, io)
  const { loaded, notes } = gathered
  if (notes.problems.length > 0) throw new ConfigError(notes.problems)
  for (const it of notes.warnings) io.err(`warning: ${visible(it)}\n`)
  const { settings, places } = await withServerSettings(gathered, {
    file: {
      ...{ settings: gathered.file, name: loaded?.file ?? '' },
      ...(loaded ? { parts: fileParts(loaded, variables) } : {}),
    },
    environment: {
      ...{ settings: gathered.environment, name: 'environment' },
      parts: variableParts(variables, io.cwd),
    },
    flags: { settings: gathered.flags, name: 'command line', parts: flagParts(args, io.cwd) },
  })
  const defaults = { ...defaultSettings(settings), output: defaultOutputFolder(io.cwd) }
  const rows = settingRows(mergeSettings([defaults, settings]), [
    { settings: defaults, name: 'default' },
    ...places,
  ]).map(({ key, value, from }) => [
    key,
    visible(isAbsolute(value) ? displayPath(value, io.cwd) : value),
    visible(from),
  ])
  const widest = (at: number) => Math.max(...rows.map((it) => it[at]?.length ?? 0))
  const widths = [widest(0), Math.min(40, widest(1)), 0]
  for (const row of rows) io.out(`${row.map((it, at) => it.padEnd(widths[at] ?? 0)).join('  ')}\n`)
}

/** The settings of all places together, with those of a preset or of the reference provider. */
async function withServerSettings(
  { file, environment, flags, wantsReference }: GatheredSettings,
  given: Readonly<Record<'file' | 'environment' | 'flags', SettingsPlace>>,
): Promise<{ readonly settings: PartialSettings; readonly places: readonly SettingsPlace[] }> {
  if (wantsReference) {
    const { embeddedProviderSettings } = await import('./embedded-provider.ts')
    const claims = await embeddedProviderSettings(referenceOptions(flags))
    const places = [
      { ...given.file, settings: withoutTarget(file) },
      { ...given.environment, settings: withoutTarget(environment) },
      { settings: claims, name: 'reference provider' },
      given.flags,
    ]
    return { settings: mergeSettings(places.map((it) => it.settings)), places }
  }
  const together = mergeSettings([file, environment, flags])
  const preset = { settings: presetSettings(together), name: `preset ${together.preset}` }
  return {
    settings: withPreset({}, together),
    places: [preset, given.file, given.environment, given.flags],
  }
}

function flagParts(args: Args, cwd: string): readonly SettingsPart[] {
  return Object.keys({ ...targetOptions, ...runOptions }).map((name) => {
    const alone: Args = {
      text: (it) => (it === name ? args.text(it) : undefined),
      texts: (it) => (it === name ? args.texts(it) : []),
      flag: (it) => it === name && args.flag(it),
    }
    return { name: `--${name}`, settings: partialSettingsFrom(alone, cwd, []) }
  })
}

function variableParts(variables: Environment, cwd: string): readonly SettingsPart[] {
  return Object.entries(variables).flatMap(([name, value]) =>
    name.startsWith('BULKCHECK_')
      ? [{ name, settings: takeEnvironment({ [name]: value }, cwd).settings }]
      : [],
  )
}

function fileParts(loaded: LoadedConfig, variables: Environment): readonly SettingsPart[] {
  return configsOfOneKey(loaded.config).map(({ key, config }) => ({
    name: `${loaded.file}: ${key}`,
    settings: settingsFromFile({ ...loaded, config }, { ...variables }).wishes,
  }))
}

/** For each value of a configuration one that has nothing else. */
function configsOfOneKey(value: object): readonly { readonly key: string; readonly config: Config }[] {
  return Object.entries(value).flatMap(([name, it]: readonly [string, unknown]) =>
    isJsonObject(it)
      ? configsOfOneKey(it).map(({ key, config }) => ({
          key: `${name}.${key}`,
          config: { [name]: config },
        }))
      : [{ key: name, config: { [name]: it } }],
  )
}
