import type { Authorization, Baseline, ClaimedFeature, Limits } from './target.ts'

/**
 * Where a run learned whether a server offers an optional feature.
 *
 * - `claimed`     `supports` of the configuration names it
 * - `not-claimed` `supports` of the configuration does not name it
 * - `mandatory`   the release under test requires it
 * - `declared`    the CapabilityStatement declares it
 * - `effect`      the server accepted it, with an effect in the data
 * - `refused`     the server refused it
 * - `ignored`     the server accepted it, without an effect in the data
 * - `unknown`     the run could not find out
 */
export const featureSources = [
  'claimed',
  'mandatory',
  'declared',
  'effect',
  'refused',
  'ignored',
  'unknown',
  'not-claimed',
] as const

/** Where a run learned whether a server offers a feature. */
export type FeatureSource = (typeof featureSources)[number]

/** An optional feature, and where a run learned whether the server offers it. */
export interface TestedFeature {
  readonly name: ClaimedFeature
  readonly learned: FeatureSource
}

/** What was tested besides levels and tests, and how. Members that do not apply are absent. */
export interface TestedSetting {
  readonly groupId?: string
  readonly authorization?: Authorization['kind']
  readonly features?: readonly TestedFeature[]
  /** Name and version of each FHIR package. */
  readonly packages?: readonly string[]
  /** The known-failing file, as given. */
  readonly knownFailing?: string
  /** What narrowed the exports; of patients only their number. */
  readonly baseline?: Omit<Baseline, 'patient'> & { readonly patients?: number }
  /** Limits that differ from the defaults. */
  readonly limits?: Partial<Limits>
  /** How many seconds the clock of the server is ahead of ours; absent if no response has a Date. */
  readonly clockAhead?: number
  /** A proxy resolved names, so nobody could see whether the server led to private addresses. */
  readonly isProxied?: true
  /** The token endpoint, if only the server named it and its origin is not that of the FHIR base. */
  readonly tokenEndpoint?: string
  /** As the CapabilityStatement names it; at most 100 characters each. */
  readonly software?: { readonly name: string; readonly version?: string }
}
