import type { Finding } from '../../model/judgement.ts'
import type { CitedRequirement, TestResult } from '../../model/result.ts'
import { splitTestId } from '../../model/plan.ts'
import { mostFrequent } from './finding-selection.ts'
import { listedTexts } from './listed-text.ts'
import { groupBy } from '../standings.ts'

/** What a report says about one requirement: tests at several levels that found the same are one entry. */
export interface RequirementEntry {
  readonly requirement: CitedRequirement
  /** Title of the first test. */
  readonly title: string
  /** Levels of its tests, in their order. */
  readonly levels: readonly string[]
  /** Its tests, by row of a suite. */
  readonly rows: readonly EntryRow[]
  readonly findings: readonly EntryFinding[]
  /** What the known-failing file says about its tests. */
  readonly listed: readonly string[]
  /** A sentence about kinds of finding that are not listed. */
  readonly rest?: string
}

/** One row of a suite, with its tests at different levels. */
export interface EntryRow {
  /** `type/filters` */
  readonly id: string
  readonly title: string
  readonly source: TestResult['source']
  readonly tests: readonly (readonly [test: TestResult, level: string | undefined])[]
}

/** A kind of finding that some tests have in common; `times` counts all of them, and its place is the first. */
export interface EntryFinding extends Finding {
  /** Where each test found it first. */
  readonly seen: readonly { readonly test: TestResult; readonly finding: Finding }[]
}

/** The entries of some tests, one for each requirement, in the order of the tests. */
export function requirementEntries(tests: readonly TestResult[], most?: number): readonly RequirementEntry[] {
  return groupBy(tests, (it) => it.requirement.id).map((group) => entryOf(group, most))
}

function entryOf(tests: readonly [TestResult, ...TestResult[]], most: number | undefined): RequirementEntry {
  const [{ requirement, title }] = tests
  const rows = groupBy(tests, (it) => splitTestId(it.id).row).map(rowOf)
  const omitted = { kinds: 0, times: 0 }
  for (const { verdict } of tests) {
    omitted.kinds += (verdict.is === 'fail' && verdict.omitted?.kinds) || 0
    omitted.times += (verdict.is === 'fail' && verdict.omitted?.times) || 0
  }
  return {
    ...{ requirement, title, rows },
    listed: listedTexts(tests),
    levels: [...new Set(rows.flatMap((row) => row.tests.flatMap(([, level]) => level ?? [])))],
    ...mostFrequent(sharedFindings(tests), omitted, most),
  }
}

function rowOf(tests: readonly [TestResult, ...TestResult[]]): EntryRow {
  const [{ id, title, source }] = tests
  return {
    ...{ id: splitTestId(id).row, title, source },
    tests: tests.map((test) => [test, splitTestId(test.id).level]),
  }
}

function sharedFindings(tests: readonly TestResult[]): readonly EntryFinding[] {
  const found = tests.flatMap((test) =>
    test.verdict.is === 'fail' ? test.verdict.findings.map((finding) => ({ test, finding })) : [],
  )
  const kindOf = ({ message, expected, actual }: Finding) => JSON.stringify([message, expected, actual])
  return groupBy(found, ({ finding }) => kindOf(finding)).map((seen) => ({
    ...seen[0].finding,
    times: seen.reduce((total, { finding }) => total + finding.times, 0),
    seen,
  }))
}
