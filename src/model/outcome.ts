import type { LeftOut } from './plan.ts'
import { atLeast } from './requirement.ts'
import type { RunResult } from './result.ts'
import type { ExportLevel } from './target.ts'

/** What a result says as a whole. Exit code (`exit-code.ts`) and headline follow from it. */
export type Outcome =
  /** A requirement at or above the bar is broken, or a test that is listed as known failing passes. */
  | { readonly kind: 'broken' }
  | { readonly kind: 'harness-error' }
  /** Nothing was broken until then. */
  | { readonly kind: 'interrupted' }
  /** A refusal at first contact counts, then what is inconclusive, then that no test passed, then warnings. */
  | {
      readonly kind: 'not-everything-shown'
      readonly by: 'preflight' | 'inconclusive-tests' | 'no-pass' | 'warnings'
    }
  /** Only some tests were asked for, and nothing that they show is broken: no statement about conformance. */
  | {
      readonly kind: 'selection'
      readonly tests: number
      readonly of: number
      readonly patterns: readonly string[]
      readonly suites?: readonly string[]
      readonly leftOut?: LeftOut
    }
  /** At the levels that were tested. */
  | { readonly kind: 'conformant'; readonly levels: readonly ExportLevel[] }
  /** Of files that were judged without their server. */
  | { readonly kind: 'files-conform' }

/** What a result says as a whole. */
export function outcomeOf(result: RunResult): Outcome {
  const { tests, scope } = result
  if (hasBrokenRequirement(result)) return { kind: 'broken' }
  if (tests.some((test) => test.verdict.is === 'error')) return { kind: 'harness-error' }
  if (!result.complete) return { kind: 'interrupted' }
  if (result.preflight?.length) return { kind: 'not-everything-shown', by: 'preflight' }
  if (countInconclusive(result) > 0) return { kind: 'not-everything-shown', by: 'inconclusive-tests' }
  if (!tests.some((test) => test.verdict.is === 'pass'))
    return { kind: 'not-everything-shown', by: 'no-pass' }
  if (result.warnings.length > 0) return { kind: 'not-everything-shown', by: 'warnings' }
  if (scope.selection) return { kind: 'selection', tests: tests.length, ...scope.selection }
  return scope.kind === 'files' ? { kind: 'files-conform' } : { kind: 'conformant', levels: scope.levels }
}

/** Number of inconclusive tests at or above the bar that are not known to fail. */
export function countInconclusive({ tests, failOn }: RunResult): number {
  return tests.filter(
    ({ verdict, requirement, knownFailing }) =>
      verdict.is === 'inconclusive' && !knownFailing && atLeast(requirement.level, failOn),
  ).length
}

/** What a result does not count against the server: tests that are listed as known failing, and inconclusive tests below the bar. */
export interface ExcusedTests {
  readonly failures: number
  readonly inconclusive: number
  readonly weaker: number
}

/** Numbers of tests that failed or were inconclusive without changing the outcome. */
export function countExcused({ tests, failOn }: RunResult): ExcusedTests {
  const known = tests.filter((it) => it.knownFailing)
  const count = (list: RunResult['tests'], is: RunResult['tests'][number]['verdict']['is']) =>
    list.filter((it) => it.verdict.is === is).length
  return {
    failures: count(known, 'fail'),
    inconclusive: count(known, 'inconclusive'),
    weaker: tests.filter(
      (it) => it.verdict.is === 'inconclusive' && !it.knownFailing && !atLeast(it.requirement.level, failOn),
    ).length,
  }
}

function hasBrokenRequirement(result: RunResult): boolean {
  return result.tests.some((test) =>
    test.knownFailing
      ? test.verdict.is === 'pass'
      : test.verdict.is === 'fail' && atLeast(test.requirement.level, result.failOn),
  )
}
