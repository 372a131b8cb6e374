import type { Exchange, FileKind } from './http/exchange.ts'
import type { FlakyAnswer } from './http/flaky.ts'
import type { JobCounts } from './jobs.ts'
import type { Finding } from './judgement.ts'
import type { ProfileCoverage } from './fhir/profile-coverage.ts'
import type { LeftOut } from './plan.ts'
import type { PreflightProblem } from './preflight.ts'
import type { Reason } from './reason.ts'
import type { IgRelease, Level, Requirement, SmartRelease } from './requirement.ts'
import type { ExportLevel } from './target.ts'
import type { TestedSetting } from './tested-setting.ts'

/**
 * The conclusion of a test.
 *
 * - `pass`            the evidence meets the requirement
 * - `fail`            the evidence breaks it; the requirement's level shows how serious that is
 * - `inconclusive`    it applies, but the evidence does not decide it. Never green.
 * - `not-applicable`  another release, an unclaimed feature, or a condition that did not occur
 * - `error`           the harness itself failed
 */
export type Verdict =
  | { readonly is: 'pass' }
  /** `omitted` counts kinds of finding beyond the 10,000 most frequent. */
  | {
      readonly is: 'fail'
      readonly findings: readonly [Finding, ...Finding[]]
      readonly omitted?: { readonly kinds: number; readonly times: number }
    }
  /** `cause` names what several tests have in common: a probe that did not succeed. */
  | { readonly is: 'inconclusive'; readonly reason: Reason; readonly cause?: Reason }
  | { readonly is: 'not-applicable'; readonly reason: Reason }
  | { readonly is: 'error'; readonly error: { readonly message: string; readonly stack?: string } }

/** The requirement of a test, with the link into the release under test. */
export type CitedRequirement = Omit<
  Requirement,
  'at' | 'since' | 'until' | 'smart' | 'untested' | 'inferno'
> & {
  readonly url: string
}

/** What an entry of a known-failing file says about its tests. */
export interface ListedFailure {
  readonly reason?: string
  readonly owner?: string
  /** The last day on which the entry excuses its tests, in UTC: `2026-12-31`. */
  readonly until?: string
  /** That day was over when the run began: the tests count again. */
  readonly expired?: true
}

/** One test and its verdict. */
export interface TestResult {
  /** `kick-off/content-location@patient`; without a level, `token/issued`. */
  readonly id: string
  readonly title: string
  readonly requirement: CitedRequirement
  readonly verdict: Verdict
  /** Excused by an entry of the target's known-failing file. */
  readonly knownFailing: boolean
  /** What its entry in that file says; absent if the test has no entry, or one that is only a pattern. */
  readonly listed?: ListedFailure
  /** Numbers of the exchanges that the verdict rests on. */
  readonly exchanges: readonly number[]
  readonly source: { readonly file: string; readonly line: number }
  readonly suite: { readonly id: string; readonly title: string }
}

/** A judged file and its contents. */
export interface ResultFile {
  /** Number of the exchange that downloaded it, by which findings name it; for a local file its position in the list, from 1. */
  readonly exchange: number
  /** Path of a local file, as given. */
  readonly name?: string
  readonly kind: FileKind
  /** As the manifest gives it. */
  readonly type?: string
  /** After decompression. */
  readonly bytes: number
  /** Number of lines that are not blank. */
  readonly lines: number
  /** Number of resources by R4 resource type. */
  readonly resources: Readonly<Record<string, number>>
}

/** Profiles of FHIR packages in one export. */
export interface ResultProfiles extends ProfileCoverage {
  /** Label of the export's probe. */
  readonly of: string
}

/** Codes of one export that cannot be checked without a terminology server. */
export interface ResultUncheckedCodes {
  /** Label of the export's probe. */
  readonly of: string
  /** How many, by system: systems that R4 names. */
  readonly systems: Readonly<Record<string, number>>
  /** How many of other systems. */
  readonly others: number
}

/** What a result is of. */
export interface ResultScope {
  /** `files`: files were judged without their server. */
  readonly kind: 'run' | 'files'
  /** Export levels at which tests apply; none if the level at which files were exported is unknown. */
  readonly levels: readonly ExportLevel[]
  /** Absent where every test of the bundled suites was asked for. */
  readonly selection?: {
    /** Empty where own suites were not narrowed further. */
    readonly patterns: readonly string[]
    /** Number of tests before the selection. */
    readonly of: number
    /** Names of your own suites, which replace the bundled ones. */
    readonly suites?: readonly string[]
    /** Tests for which there were too few exports; absent if there are none. */
    readonly leftOut?: LeftOut
  }
  /** Files that were not judged completely; `exchange` is the place in the list, as in `files`. */
  readonly unread?: readonly { readonly exchange: number; readonly name: string }[]
}

/** The product of a run. Every report is a pure function of this value. */
export interface RunResult {
  readonly version: 2
  /** Random id of the run. */
  readonly run: string
  /** `bulkcheck 0.1.0, node v20.20.2`. */
  readonly harness: string
  readonly scope: ResultScope
  /** False after an interruption: such a run never exits 0. */
  readonly complete: boolean
  readonly jobs: JobCounts
  /** Responses that were not judged, because the repeated request was answered otherwise; absent if there are none. */
  readonly flaky?: readonly FlakyAnswer[]
  readonly suites: { readonly sha256: string }
  /** `fhirUrl` is empty if files were judged without their server. */
  readonly target: {
    readonly name: string
    readonly fhirUrl: string
    readonly ig: IgRelease
    /** Why a run took it to be this release; absent if the release was given. */
    readonly igBecause?: string
    /** Release of SMART App Launch; absent if it was not given. */
    readonly smart?: SmartRelease
  }
  /** Absent in results of older versions. */
  readonly tested?: TestedSetting
  readonly failOn: Level
  /** Sentences that limit what the result shows, e.g. that TLS was not verified. */
  readonly warnings: readonly string[]
  /** Exchanges show what the server wrote about requests, which may contain data of patients. */
  readonly showsDiagnostics?: true
  /** Refusals at first contact that a wrong setting can cause; absent if there was none. */
  readonly preflight?: readonly PreflightProblem[]
  readonly startedAt: string
  readonly durationMs: number
  readonly tests: readonly TestResult[]
  /** In the order of their numbers. */
  readonly exchanges: readonly Exchange[]
  /** Profiles of FHIR packages, by export; absent if no package was given. */
  readonly profiles?: readonly ResultProfiles[]
  /** Codes that were not checked, by export; absent if there are none. */
  readonly uncheckedCodes?: readonly ResultUncheckedCodes[]
  /** Files whose lines were judged, in the order of reading; absent if no test reads files. */
  readonly files?: readonly ResultFile[]
  /** What is only counted, so that a result has a limited size; absent if nothing is. */
  readonly omitted?: OmittedFromResult
}

/** Numbers of what is not in the lists of a result. */
export interface OmittedFromResult {
  readonly exchanges?: number
  readonly files?: Pick<ResultFile, 'bytes' | 'lines' | 'resources'> & { readonly number: number }
  readonly flaky?: number
}

/** Options of a report. */
export interface ReportOptions {
  /** Maximum number of kinds of finding listed for each requirement, in a JUnit report for each test. */
  readonly findings?: number
  /** The page shows every exchange that a verdict rests on, not only those of requirements that are not met. */
  readonly allExchanges?: boolean
}

/** A report format. Pure: same result, same text. */
export type Reporter = (result: RunResult, options?: ReportOptions) => string

/** Number of tests by verdict. */
export function verdictCounts(tests: readonly TestResult[]): Record<Verdict['is'], number> {
  const counts = { pass: 0, fail: 0, inconclusive: 0, 'not-applicable': 0, error: 0 }
  for (const test of tests) counts[test.verdict.is] += 1
  return counts
}
