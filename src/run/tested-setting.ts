import type { Evidence } from '../model/evidence.ts'
import { clockAhead } from '../model/http/clock-skew.ts'
import { type Exchange, header, mediaType } from '../model/http/exchange.ts'
import { originOf } from '../model/http/url.ts'
import { isJsonObject } from '../model/json.ts'
import { type Baseline, defaultLimits, type Limits, type Target } from '../model/target.ts'
import type { TestedSetting } from '../model/tested-setting.ts'
import { profilesOfPackages } from '../output/package-profiles.ts'
import { type FeatureSearch, testedFeatures } from './features/find-features.ts'
import { capabilityStatementOf } from './features/capability-statement.ts'

/** What is known of how tests were run besides the target. */
export interface SettingDetails {
  /** Name and version of each FHIR package. */
  readonly packageNames: readonly string[]
  readonly knownFailingFile?: string | undefined
  readonly isProxied?: true | undefined
  /** What was found out about features. */
  readonly features?: FeatureSearch | undefined
  readonly exchanges: readonly Exchange[]
}

/** What was tested, and how, against a server. */
export function testedSettingOf(
  target: Target,
  evidence: Iterable<Evidence>,
  details: SettingDetails,
): TestedSetting {
  const limits = changedLimits(target.limits)
  const software = softwareOf(evidence)
  const ahead = clockAhead(details.exchanges)
  const endpoint = foreignEndpointOf(target, details.exchanges)
  return {
    ...(target.groupId !== undefined && target.levels.includes('group') ? { groupId: target.groupId } : {}),
    authorization: target.authorization.kind,
    features: testedFeatures(target, details.features),
    ...localSettingOf(details),
    ...(target.baseline ? { baseline: testedBaseline(target.baseline) } : {}),
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
    ...(ahead === undefined ? {} : { clockAhead: ahead }),
    ...(details.isProxied ? { isProxied: true as const } : {}),
    ...(endpoint === undefined ? {} : { tokenEndpoint: endpoint }),
    ...(software ? { software } : {}),
  }
}

/** Where a token was requested elsewhere, because only the server says so. */
function foreignEndpointOf(
  { fhirUrl, authorization }: Target,
  exchanges: readonly Exchange[],
): string | undefined {
  if (!('clientId' in authorization) || authorization.tokenUrl !== undefined) return undefined
  const isForm = ({ request }: Exchange) =>
    mediaType(header(request.headers, 'content-type')) === 'application/x-www-form-urlencoded'
  return exchanges.find((it) => isForm(it) && it.response && originOf(it.request.url) !== originOf(fhirUrl))
    ?.request.url
}

/** A baseline for reports, which name no patients. */
export function testedBaseline({ patient, ...others }: Baseline): NonNullable<TestedSetting['baseline']> {
  return { ...others, ...(patient ? { patients: patient.length } : {}) }
}

/** How files were tested without their server. */
export function localSettingOf({ packageNames, knownFailingFile }: SettingDetails): TestedSetting {
  return {
    ...(packageNames.length > 0 ? { packages: packageNames } : {}),
    ...(knownFailingFile === undefined ? {} : { knownFailing: knownFailingFile }),
  }
}

/** Name and version of the FHIR packages at these paths. */
export async function packageNamesOf(paths: readonly string[] = []): Promise<readonly string[]> {
  return (await profilesOfPackages(paths))?.packages ?? []
}

function changedLimits(limits: Limits): Partial<Limits> {
  const defaults: Partial<Record<string, unknown>> = { ...defaultLimits }
  return Object.fromEntries(Object.entries(limits).filter(([name, value]) => defaults[name] !== value))
}

const longest = 100

function softwareOf(evidence: Iterable<Evidence>): TestedSetting['software'] {
  const software = capabilityStatementOf(evidence)?.software
  if (!isJsonObject(software)) return undefined
  const { name, version } = software
  if (typeof name !== 'string') return undefined
  return {
    name: name.slice(0, longest),
    ...(typeof version === 'string' ? { version: version.slice(0, longest) } : {}),
  }
}
