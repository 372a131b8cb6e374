import type { ExportIntent } from './export/export.ts'
import type { Reason } from './reason.ts'
import type { Requirement } from './requirement.ts'
import type { ExportProbe, RequestProbe, TokenProbe } from './suite.ts'
import type { ExportLevel } from './target.ts'

/** Content-derived name of a probe: equal probes have equal keys, whatever suites call them. */
export type ProbeKey = string

/** A probe to be performed once. References inside `spec` name probes by key (`from`). */
export type PlannedProbe = {
  readonly key: ProbeKey
  /** For people: `export everything@patient`. */
  readonly label: string
  /** Performed before it. */
  readonly after: readonly ProbeKey[]
  /** Undeviated twin that must have succeeded for a test on this probe to mean anything. */
  readonly control?: ProbeKey
} & (
  | {
      readonly kind: 'request'
      readonly spec: RequestProbe
      /** The body is spooled as an output file because a test reads its lines. */
      readonly spooled: boolean
      /** The export while which it is performed; it is then performed by that export. */
      readonly during?: ProbeKey
    }
  | { readonly kind: 'token'; readonly spec: TokenProbe }
  | {
      readonly kind: 'export'
      readonly spec: ExportProbe & { readonly level: ExportLevel }
      readonly intent: ExportIntent
      /** Requests performed while it runs. */
      readonly during: readonly ProbeKey[]
    }
)

/** A claim whose probe is named by key; references in `expect` too. */
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
  /** Why it does not apply; its probes are not performed for it. */
  readonly notApplicable?: Reason
}

/** What a run will do: probes in an order in which each comes after what it needs, and the tests that read them. */
export interface Plan {
  readonly probes: readonly PlannedProbe[]
  readonly tests: readonly PlannedTest[]
}
