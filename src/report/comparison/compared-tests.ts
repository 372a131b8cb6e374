import { isJsonObject, type JsonObject } from '../../model/json.ts'
import { atLeast, type Level } from '../../model/requirement.ts'
import type { RunResult, Verdict } from '../../model/result.ts'
import { verdictReasonText } from '../location.ts'
import { requestMilliseconds, standing } from '../standings.ts'

/** One side of a comparison, from whichever tool. */
export interface ComparedResult {
  readonly name: string
  /** ISO 8601; absent if the file does not say. */
  readonly startedAt?: string
  readonly tests: ReadonlyMap<string, ComparedTest>
}

/** A test as far as it can be compared. */
export interface ComparedTest {
  readonly id: string
  readonly title: string
  readonly verdict: Verdict['is']
  /** Absent in results of other tools. */
  readonly level?: Level
  /** Whether the verdict decides the outcome of its run: it fails, or is not judged, at or above the bar, and is not known to fail. */
  readonly counts: boolean
  /** What was found, or why there is no verdict, a sentence each. */
  readonly evidence: readonly string[]
  /** Time that its requests took, in ms; absent in results of other tools. */
  readonly durationMs?: number
}

/** Our own result as one side of a comparison. */
export function comparedRun(result: RunResult): ComparedResult {
  const { target, startedAt, tests } = result
  return {
    name: `${target.name}, Bulk Data ${target.ig}`,
    startedAt,
    tests: new Map(
      tests.map((test) => {
        const { id, title, verdict, requirement } = test
        const its = standing(test, result.failOn)
        const durationMs = requestMilliseconds(test, result)
        return [
          id,
          {
            ...{ id, title, verdict: verdict.is, level: requirement.level, durationMs },
            counts:
              countingStandings.has(its) ||
              (its === 'inconclusive' && atLeast(requirement.level, result.failOn)),
            evidence: evidenceOf(verdict, result),
          },
        ]
      }),
    ),
  }
}

const countingStandings: ReadonlySet<string> = new Set(['broken', 'stale', 'error'])

function evidenceOf(verdict: Verdict, result: RunResult): readonly string[] {
  if (verdict.is === 'fail')
    return verdict.findings.map(
      ({ message, expected, actual }) => `${message} Expected: ${expected}. Actual: ${actual}.`,
    )
  if (verdict.is === 'error') return [verdict.error.message]
  const because = verdictReasonText(verdict, result)
  return because === undefined ? [] : [because]
}

/** How Inferno's words for results translate. */
const infernoVerdicts: Readonly<Record<string, Verdict['is']>> = {
  pass: 'pass',
  fail: 'fail',
  error: 'error',
  omit: 'not-applicable',
}

/**
 * The results of an Inferno test session as one side of a comparison: the array that its JSON API gives for
 * `/api/test_sessions/:id/results`. Results of groups are left out, and of several results of a test the last one counts.
 * `undefined` if the value is not that.
 */
export function comparedInferno(value: unknown): ComparedResult | undefined {
  if (!Array.isArray(value) || !value.every(isInfernoResult) || !value.some((it) => it.test_id))
    return undefined
  const inOrder = [...value].sort((a, b) => textOf(a.updated_at).localeCompare(textOf(b.updated_at)))
  const tests = new Map(
    inOrder.flatMap((it) => {
      if (typeof it.test_id !== 'string') return []
      const verdict = infernoVerdicts[textOf(it.result)] ?? 'inconclusive'
      const message = textOf(it.result_message)
      const test: ComparedTest = {
        ...{ id: it.test_id, title: '', verdict },
        counts: verdict === 'fail' || verdict === 'error' || verdict === 'inconclusive',
        evidence: message === '' ? [] : [message],
      }
      return [[it.test_id, test] as const]
    }),
  )
  const startedAt = textOf(inOrder[0]?.created_at)
  return { name: 'Inferno', ...(startedAt === '' ? {} : { startedAt }), tests }
}

function isInfernoResult(value: unknown): value is JsonObject {
  return isJsonObject(value) && 'test_session_id' in value && typeof value.result === 'string'
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
