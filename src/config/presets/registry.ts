import { mergeSettings, type PartialSettings } from '../partial-settings.ts'

/** What a client has to do for one named system. It excuses nothing: only settings that a user could write are in it. */
interface Preset {
  /** As `--preset` names it. */
  readonly id: string
  readonly settings: PartialSettings
}

/** Every preset. */
const presets: readonly Preset[] = [
  {
    id: 'medplum',
    settings: {
      levels: ['system', 'patient', 'group'],
      supports: ['narrow-scopes'],
      // A kick-off creates resources, and a scope without `c` is refused with 403.
      client: { scope: 'system/*.cruds' },
      // No response has Retry-After.
      limits: { pollFloorMs: 2_000 },
    },
  },
  { id: 'smile-cdr', settings: { levels: ['system', 'patient', 'group'], supports: ['narrow-scopes'] } },
  { id: 'hapi', settings: { levels: ['system', 'patient', 'group'] } },
  {
    id: 'bcda',
    settings: {
      ...{ levels: ['patient', 'group'], groupId: 'all' },
      client: { auth: 'client-secret', method: 'basic' },
      // No response has Retry-After.
      limits: { pollFloorMs: 10_000 },
    },
  },
  // Patient-level export is answered 400. No response has Retry-After.
  { id: 'aws', settings: { levels: ['system', 'group'], limits: { pollFloorMs: 10_000 } } },
  { id: 'smart', settings: { levels: ['system', 'patient', 'group'], supports: ['narrow-scopes'] } },
]

/** The names of all presets. */
export const presetNames: readonly string[] = presets.map((it) => it.id)

/** Settings with those of the preset that they name beneath them, and the defaults beneath both. */
export function withPreset(defaults: PartialSettings, given: PartialSettings): PartialSettings {
  const settings = presetSettings(given)
  const { otherClient } = given
  return {
    ...mergeSettings([defaults, settings, given]),
    ...(otherClient ? { otherClient: { ...settings.otherClient, ...otherClient } } : {}),
  }
}

/** The settings of the preset that settings name. */
export function presetSettings({ preset, otherClient }: PartialSettings): PartialSettings {
  const settings = presets.find((it) => it.id === preset)?.settings ?? {}
  // What a system asks of one client, it asks of the other.
  return { ...settings, ...(otherClient && settings.client ? { otherClient: settings.client } : {}) }
}
