import type { Evidence } from '../../model/evidence.ts'
import type { ProbeKey } from '../../model/plan.ts'
import type { PreflightProblem } from '../../model/preflight.ts'
import type { Level } from '../../model/requirement.ts'
import type { ResultFile, ResultProfiles, ResultScope, RunResult, TestResult } from '../../model/result.ts'
import type { Target } from '../../model/target.ts'
import type { TestedSetting } from '../../model/tested-setting.ts'
import type { JudgeProgress } from '../../output/judge-progress.ts'
import type { ProbeEvent } from '../../probe/events.ts'
import type { RecordedFeatures } from '../features/find-features.ts'
import type { PlanProgress } from '../performing/perform-options.ts'
import type { RecordedPicks, RecordedSelection } from './recorded-parts.ts'

/** What happens during a run. Progress displays, journals and recordings read the same events. */
export type RunEvent =
  | ProbeEvent
  | ({ readonly kind: 'run' } & RunBeginning)
  | ({ readonly kind: 'probe'; readonly label: string; readonly of: number } & PlanProgress)
  /** How much of a probe's files has been judged; sent every now and then. */
  | { readonly kind: 'judged'; readonly done: JudgeProgress }
  /** What was refused at first contact. */
  | { readonly kind: 'preflight'; readonly problems: readonly PreflightProblem[] }
  /** What was found out about the server. */
  | { readonly kind: 'tested'; readonly tested: TestedSetting }
  /** Files of a probe, all of which were judged. */
  | {
      readonly kind: 'files'
      readonly files: readonly ResultFile[]
      readonly profiles?: readonly ResultProfiles[]
    }
  /** The verdict of a test, which nothing that still happens changes. */
  | { readonly kind: 'test'; readonly test: TestResult }
  | { readonly kind: 'evidence'; readonly probe: ProbeKey; readonly evidence: Evidence }
  | { readonly kind: 'picked'; readonly picked: RecordedPicks }
  /** Every test has a verdict; jobs may be left. */
  | ({ readonly kind: 'concluded' } & RunConclusion)
  | {
      readonly kind: 'closing'
      readonly jobs: number
      /** The longest that their deletion takes. */
      readonly seconds: number
    }
  /** Nothing more happens. */
  | ({ readonly kind: 'end' } & RunConclusion)

/** What is known when a run begins. */
export interface RunBeginning extends RecordedSelection {
  readonly run: string
  /** The target without credentials. */
  readonly target: Target
  readonly suites: { readonly sha256: string }
  readonly failOn: Level
  readonly scope: ResultScope
  readonly warnings: readonly string[]
  readonly startedAt: string
  readonly tested: TestedSetting
  /** Every test of the plan; those that need evidence have no verdict yet and are inconclusive. */
  readonly tests: readonly TestResult[]
  /** Folder with the output files, if they are kept. */
  readonly files?: string
  readonly hasPackages: boolean
  /** Texts of the server are shown, which may contain data of patients. */
  readonly showsDiagnostics?: true
}

/** What is known when everything is judged. */
export interface RunConclusion {
  /** The result without what events of their own have. */
  readonly result: Omit<RunResult, 'tests' | 'exchanges' | 'files'>
  readonly features?: RecordedFeatures
  /** The order of the evidence. */
  readonly order: readonly ProbeKey[]
}
