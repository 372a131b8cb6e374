import type { RunResult } from '../model/result.ts'
import { featureSources, type FeatureSource, type TestedSetting } from '../model/tested-setting.ts'
import { leftOutText } from './cost-text.ts'
import { truncate } from './visible-text.ts'
import { patternList } from './headline.ts'
import { formatMilliseconds, formatNumber, joinList } from './standings.ts'

/** One thing that was tested, or how: `id` is for programs, name and value for people. */
export interface SettingFact {
  readonly id: string
  readonly name: string
  readonly value: string
}

/** What was tested and how, each fact with its name; texts are not escaped. */
export function settingFacts({ scope, tested = {} }: RunResult): readonly SettingFact[] {
  const { levels, selection } = scope
  const fact = (id: string, name: string, value: string | undefined): readonly SettingFact[] =>
    value === undefined || value === '' ? [] : [{ id, name, value: truncate(value, 400) }]
  return [
    ...fact('levels', 'Export levels', joinList(levels)),
    ...fact('selection', 'Selected tests', selection && patternList(selection.patterns)),
    ...fact('suites', 'Own suites', selection?.suites && patternList(selection.suites)),
    ...fact('left-out', 'Left out', selection?.leftOut && leftOutText(selection.leftOut)),
    ...fact('group', 'Group', tested.groupId),
    ...fact('software', 'Software', softwareText(tested)),
    ...fact('authorization', 'Authorization', tested.authorization && authorizations[tested.authorization]),
    ...fact('token-endpoint', 'Token endpoint, named by the server only', tested.tokenEndpoint),
    ...fact('proxy', 'Proxy', tested.isProxied && proxied),
    ...fact('clock', 'Clock of the server', clockText(tested)),
    ...featureSources.flatMap((it) => fact(`features.${it}`, featureNames[it], featureList(tested, it))),
    ...fact('packages', 'FHIR packages', tested.packages?.join(', ')),
    ...fact('known-failing', 'Known failures', tested.knownFailing),
    ...fact('baseline', 'Exports narrowed by', tested.baseline && baselineText(tested.baseline)),
    ...fact('limits', 'Changed limits', limitsText(tested)),
  ]
}

const proxied =
  'used; it resolves names, so bulkcheck could not see whether the server led to private addresses'

const authorizations: Readonly<Record<NonNullable<TestedSetting['authorization']>, string>> = {
  'backend-services': 'SMART Backend Services',
  'client-secret': 'client secret',
  bearer: 'bearer token',
  basic: 'HTTP Basic',
  none: 'none',
}

const featureNames: Readonly<Record<FeatureSource, string>> = {
  claimed: 'Features claimed in the configuration',
  mandatory: 'Features that the release requires',
  declared: 'Features declared in the CapabilityStatement',
  effect: 'Features accepted, and the data shows their effect',
  refused: 'Features not offered: the server refused them',
  ignored: 'Features not offered: the server accepted them, but the data shows no effect',
  unknown: 'Features about which nothing could be found out',
  'not-claimed': 'Features not claimed',
}

function featureList({ features = [] }: TestedSetting, learned: FeatureSource): string {
  return features
    .filter((it) => it.learned === learned)
    .map((it) => it.name)
    .join(', ')
}

function clockText({ clockAhead }: TestedSetting): string | undefined {
  if (clockAhead === undefined) return undefined
  // A Date has whole seconds.
  if (Math.abs(clockAhead) < 2) return 'agrees with that of this machine'
  const by = formatMilliseconds(Math.abs(clockAhead) * 1000)
  return `${by} ${clockAhead > 0 ? 'ahead of' : 'behind'} that of this machine`
}

function softwareText({ software }: TestedSetting): string | undefined {
  return software && [software.name, ...(software.version ? [software.version] : [])].join(' ')
}

/** `_type=Patient,Observation; _since=2026-01-01T00:00:00Z; patient (2)`. */
export function baselineText({ _type, _since, patients }: NonNullable<TestedSetting['baseline']>): string {
  return [
    ...(_type ? [`_type=${_type.join(',')}`] : []),
    ...(_since === undefined ? [] : [`_since=${_since}`]),
    ...(patients === undefined ? [] : [`patient (${patients})`]),
  ].join('; ')
}

function limitsText({ limits = {} }: TestedSetting): string {
  return Object.entries(limits)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) =>
      name.endsWith('Ms')
        ? `${name.slice(0, -2)} ${formatMilliseconds(value)}`
        : `${name} ${formatNumber(value)}`,
    )
    .join(', ')
}

/** The releases that a server was tested against, and why, if a run found that out. */
export function releaseText({ ig, igBecause, smart }: RunResult['target']): string {
  return [
    `Bulk Data ${ig}`,
    ...(smart ? [` with SMART App Launch ${smart}`] : []),
    ...(igBecause ? [` (--ig auto: ${igBecause})`] : []),
  ].join('')
}

/** What every report says that shows texts of the server; `undefined` for other reports. */
export function diagnosticsStamp({ showsDiagnostics }: RunResult): string | undefined {
  return showsDiagnostics
    ? 'This report shows texts that the server wrote about requests (--show-diagnostics). They may contain data of patients.'
    : undefined
}
