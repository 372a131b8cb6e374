import type { ExportIntent } from './export/export.ts'
import type { Reason } from './reason.ts'
import type { Level, Requirement } from './requirement.ts'
import type { ConnectionProbe, ExportProbe, RequestProbe, TokenProbe } from './suite.ts'
import type { ClaimedFeature, ExportLevel } from './target.ts'

/** Name of a probe, derived from its content: equal probes have equal keys, whatever their names in suites. */
export type ProbeKey = string

/** A probe that runs once. References in `spec` name probes by key (`from`). */
export type PlannedProbe = {
  readonly key: ProbeKey
  /** Shown to people: `export everything@patient`. */
  readonly label: string
  /** Probes that run before it. */
  readonly after: readonly ProbeKey[]
  /** The same probe without the deviation; if it fails, tests on this probe are inconclusive. */
  readonly control?: ProbeKey
  /** It performs a control once more, after refusals that are compared with it. */
  readonly repeats?: true
} & (
  | {
      readonly kind: 'request'
      readonly spec: RequestProbe
      /** The body is stored as an output file because a test reads its lines. */
      readonly spooled: boolean
      /** The export during which the request is sent; that export sends it. */
      readonly during?: ProbeKey
    }
  | { readonly kind: 'token'; readonly spec: TokenProbe }
  | { readonly kind: 'connection'; readonly spec: ConnectionProbe }
  | {
      readonly kind: 'export'
      readonly spec: ExportProbe & { readonly level: ExportLevel }
      readonly intent: ExportIntent
      /** Requests that are sent while the export runs. */
      readonly during: readonly ProbeKey[]
    }
)

/** A claim that names probes by key, in `expect` too. */
export interface PlannedClaim {
  readonly probe: ProbeKey
  readonly part: string
  readonly expect: Readonly<Record<string, unknown>>
}

/** One test at one level. */
export interface PlannedTest {
  /** `kick-off/content-location@patient` */
  readonly id: string
  readonly title: string
  readonly suite: { readonly id: string; readonly title: string }
  readonly requirement: Requirement
  readonly level?: ExportLevel
  readonly claim: PlannedClaim
  readonly given: readonly PlannedClaim[]
  readonly source: { readonly file: string; readonly line: number }
  /** Features that decide whether it applies, and that the run has yet to find out about. */
  readonly awaits?: {
    readonly requires: readonly ClaimedFeature[]
    readonly unless: readonly ClaimedFeature[]
  }
  /** Why it does not apply; its probes are not performed for it. */
  readonly notApplicable?: Reason
  /** Why nobody can tell whether it applies, or whether its claim holds; its probes are not performed for it. */
  readonly undecided?: Reason
}

/** Whether the probes of a test are performed for it. */
export function needsProbes({ notApplicable, undecided }: PlannedTest): boolean {
  return notApplicable === undefined && undecided === undefined
}

/** What shows whether a server offers a feature: one of the probes that its tests read anyway. */
export interface FeatureProbe {
  readonly feature: ClaimedFeature
  readonly probe: ProbeKey
  /**
   * - `effect`   the export differs from the plain one, `plain`
   * - `refusal`  performed if the former could not be sent; only a refusal says something
   * - `values`   of several, the server accepts some and refuses others
   * - `accepted` an accepted request is enough
   * - `applied`  the response says that a preference was honored
   * - `manifest` the manifests of the export have what only the feature brings
   */
  readonly shows: 'effect' | 'refusal' | 'values' | 'accepted' | 'applied' | 'manifest'
  /** The plain export at the same level: where that is refused, other refusals say nothing. */
  readonly plain?: ProbeKey
}

/** A test that a plan has no place for. */
interface LeftOutTest {
  readonly id: string
  readonly title: string
  readonly level: Level
  /** Exports to completion that it needs beyond those of the plan. */
  readonly exports: number
}

/** What a plan has no place for because it makes only so many exports to completion. */
export interface LeftOut {
  readonly maxExports: number
  readonly tests: readonly LeftOutTest[]
  /** Exports that all of these tests need beyond those of the plan. */
  readonly exports: number
}

/** The work of a run: probes, each after those that it needs, and the tests that read them. */
export interface Plan {
  readonly probes: readonly PlannedProbe[]
  readonly tests: readonly PlannedTest[]
  /** How the run finds out about features; absent if there is nothing to find out. */
  readonly featureProbes?: readonly FeatureProbe[]
  /** Absent unless the number of exports was limited and too small. */
  readonly leftOut?: LeftOut
}

/** What the probes of a plan cost a server. Where features are yet to be found out, a run needs no more than that. */
export interface PlanCost {
  /** Exports that are waited for until they are complete. */
  readonly exports: number
  /** Further kick-off requests: nobody waits for their exports. */
  readonly kickoffs: number
  /** Waits for an access token to expire. */
  readonly waits: number
}

/** What probes cost a server. */
export function costOf(probes: readonly PlannedProbe[]): PlanCost {
  const exports = probes.filter(isExportToCompletion).length
  return {
    exports,
    kickoffs: probes.filter(kicksOff).length - exports,
    // One token serves every probe that needs an expired one.
    waits: probes.some(usesExpiredToken) ? 1 : 0,
  }
}

/** The exports of some probes that are at the level of one of them; none if that is no export. */
export function exportsAtLevelOf(
  of: ProbeKey,
  probes: ReadonlyMap<ProbeKey, PlannedProbe>,
): readonly (PlannedProbe & { readonly kind: 'export' })[] {
  const own = probes.get(of)
  if (own?.kind !== 'export') return []
  return [...probes.values()].flatMap((it) =>
    it.kind === 'export' && it.spec.level === own.spec.level ? [it] : [],
  )
}

/** Whether a probe is an export that is waited for until it is complete. */
export function isExportToCompletion(probe: PlannedProbe): boolean {
  if (probe.kind !== 'export') return false
  const { upTo, delete: deletion } = probe.intent
  return upTo !== 'kickoff' && deletion !== 'running' && deletion !== 'twice'
}

/** Whether a probe waits for an access token to expire. */
export function usesExpiredToken({ spec }: { readonly spec: object }): boolean {
  return 'authorization' in spec && spec.authorization === 'expired'
}

function kicksOff(probe: PlannedProbe): boolean {
  if (probe.kind !== 'request') return probe.kind === 'export'
  const { get, post } = probe.spec
  return [get, post].some((it) => typeof it === 'string' && /\$export(?![\w-])/.test(it))
}

/** The row of a suite that a test comes from, and its export level: `type/filters@patient` is `type/filters` at `patient`. */
export function splitTestId(id: string): { readonly row: string; readonly level?: string } {
  const at = id.lastIndexOf('@')
  return at === -1 ? { row: id } : { row: id.slice(0, at), level: id.slice(at + 1) }
}
