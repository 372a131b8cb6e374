import { isDeepStrictEqual } from 'node:util'
import { parseHttpUrl } from '../../model/http/url.ts'
import type { PartialField, PartialSettings, SecretSource } from '../partial-settings.ts'
import { durationText } from '../duration.ts'

/** A place where settings can be made, such as the command line. */
export interface SettingsPlace {
  readonly settings: PartialSettings
  /** How a setting that none of the parts makes is attributed. */
  readonly name: string
  /** Each flag, variable or key of the place, and the settings that it makes alone. */
  readonly parts?: readonly SettingsPart[]
}

/** A flag, a variable or a key, and the settings that it makes. */
export interface SettingsPart {
  readonly name: string
  readonly settings: PartialSettings
}

/** One setting as a user reads it. */
export interface SettingRow {
  /** As in the configuration file: `target.limits.pollFloor`. */
  readonly key: string
  /** A secret is not shown; the value says where it is. */
  readonly value: string
  readonly from: string
}

/** Every setting that has a value, in alphabetical order, and the place that made it: of several places the last one. */
export function settingRows(
  settings: PartialSettings,
  places: readonly SettingsPlace[],
): readonly SettingRow[] {
  const rows = leavesOf(settings).map(({ path, value }) => {
    const place = places.findLast((it) => isDeepStrictEqual(valueAt(it.settings, path), value))
    return {
      key: keyOf(path),
      value: valueText(path, value),
      from: place ? originOf(place, path) : 'implied by the credentials',
    }
  })
  return rows.sort((a, b) => (a.key < b.key ? -1 : 1))
}

type Path = readonly string[]

interface Leaf {
  readonly path: Path
  readonly value: unknown
}

function leavesOf(value: object, path: Path = []): readonly Leaf[] {
  return Object.entries(value).flatMap(([name, it]): readonly Leaf[] => {
    const at = [...path, name]
    if (it === undefined) return []
    return isGroup(it, name) ? leavesOf(it, at) : [{ path: at, value: it }]
  })
}

function isGroup(value: unknown, name: string): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !isSecret(value) &&
    name !== 'claims'
  )
}

function isSecret(value: unknown): value is SecretSource {
  return typeof value === 'object' && value !== null && 'from' in value
}

function valueAt(value: unknown, [name, ...rest]: Path): unknown {
  if (name === undefined) return value
  return typeof value === 'object' && value !== null
    ? valueAt((value as Readonly<Record<string, unknown>>)[name], rest)
    : undefined
}

/** The parts that make a setting; where several make a piece of it each, what their names have in common. */
function originOf({ name, parts = [], settings }: SettingsPlace, path: Path): string {
  const making = parts.filter((it) => valueAt(it.settings, path) !== undefined)
  const whole = making.filter((it) => isDeepStrictEqual(valueAt(it.settings, path), valueAt(settings, path)))
  const [first, ...others] = (whole.length > 0 ? whole : making).map((it) => it.name)
  if (first === undefined) return name
  if (others.length === 0) return first
  const steps = first.split('.')
  const shared = steps.filter((_, at) =>
    others.every(
      (it) =>
        it
          .split('.')
          .slice(0, at + 1)
          .join('.') === steps.slice(0, at + 1).join('.'),
    ),
  )
  return shared.join('.') || [first, ...others].join(', ')
}

const keys: Readonly<Record<string, string>> = {
  url: 'target.fhirUrl',
  client: 'target.authorization',
  packages: 'igPackages',
  maxTimeMs: 'maxTime',
  ca: 'tls.ca',
  cert: 'tls.cert',
  certKey: 'tls.key',
  passphrase: 'tls.passphrase',
  insecure: 'tls.insecure',
}

const outsideOfTarget = ['suites', 'output', 'reports', 'failOn', 'concurrency', 'maxExports', 'knownFailing']

function keyOf([first = '', ...rest]: Path): string {
  const key = keys[first] ?? (outsideOfTarget.includes(first) ? first : `target.${first}`)
  return [key, ...rest.map((it) => it.replace(/Ms$/, ''))].join('.')
}

function valueText(path: Path, value: unknown): string {
  const name = path.at(-1) ?? ''
  if (isSecret(value)) return `secret, from ${value.from}`
  if (name === 'claims') return `names: ${Object.keys(value as object).join(', ')}`
  if (name === 'patient') return `${(value as readonly unknown[]).length} patients`
  if (name === 'headers' || name === 'tokenFields')
    return `names: ${(value as readonly PartialField[]).map((it) => it.name).join(', ')}`
  if (typeof value === 'number' && name.endsWith('Ms')) return durationText(value)
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(plainText).join(', ')
  return plainText(value)
}

/** Users put secrets into URLs. */
function plainText(value: unknown): string {
  const url = typeof value === 'string' ? parseHttpUrl(value) : undefined
  if (!url) return String(value)
  if (url.username || url.password) return 'a URL with a user name or password, which is not shown'
  return url.search ? `${url.origin}${url.pathname} with a query, which is not shown` : String(value)
}
