import { join } from 'node:path'
import { UsageError } from '../config/error.ts'
import type { Settings } from '../config/settings.ts'
import type { Plan, PlannedTest } from '../model/plan.ts'
import type { Verdict } from '../model/result.ts'
import { nearestName } from '../model/spelling.ts'
import { reportFiles } from '../report/format-files.ts'
import type { LoadedSuites } from '../suite/load.ts'
import { plan, type PlanOptions } from '../suite/planning/plan.ts'
import { testSelector, type TestIdentity } from '../suite/planning/selection.ts'
import type { Args } from './command.ts'
import { defaultOutputFolder, displayPath } from './output-folder.ts'
import { readResult } from './result-file.ts'
import type { Io } from './terminal/io.ts'

/** What of the suites is planned, but for `chosen` ids: those of the last run that failed. Throws UsageError if a pattern of the command line selects nothing. */
export function planOptionsFrom(
  args: Args,
  loaded: LoadedSuites,
  tests: readonly PlannedTest[],
  {
    maxExports,
    maxTimeMs,
    chosen,
  }: Pick<Settings, 'maxExports' | 'maxTimeMs'> & { readonly chosen?: readonly string[] | undefined },
): PlanOptions {
  const patterns = testPatternsFrom(args.texts('patterns'), loaded, tests)
  const exclude = testPatternsFrom(args.texts('exclude'), loaded, tests)
  const isWanted = testSelector(patterns)
  const only = chosen
    ? tests
        .map(identityOf)
        .filter((it) => chosen.includes(it.id) && isWanted(it))
        .map((it) => it.id)
    : patterns
  return {
    ...(only ? { only } : {}),
    ...(exclude ? { exclude } : {}),
    ...(maxExports === undefined ? {} : { maxExports }),
    ...(maxTimeMs === undefined ? {} : { mostDecisiveFirst: true }),
  }
}

function identityOf({ id, suite, requirement }: PlannedTest): TestIdentity {
  return { id, suite: suite.id, requirement: requirement.id }
}

function testPatternsFrom(
  patterns: readonly string[],
  loaded: LoadedSuites,
  tests: readonly PlannedTest[],
): readonly string[] | undefined {
  if (patterns.length === 0) return undefined
  const selectable = tests.map(identityOf)
  const problems = patterns
    .filter((it) => !selectable.some(testSelector([it])))
    .map((it) => `no test matches \`${it}\`${patternHint(it, loaded)}`)
  if (problems.length > 0) throw new UsageError(problems.join('\n'))
  return patterns
}

function patternHint(pattern: string, loaded: LoadedSuites): string {
  const suites = loaded.suites.map(({ suite }) => suite.suite)
  const tests = loaded.suites.flatMap(({ suite }) =>
    Object.keys(suite.tests).map((it) => `${suite.suite}/${it}`),
  )
  const near = nearestName(pattern, [...suites, ...tests, ...loaded.requirements.keys()])
  return near ? `; did you mean \`${near}\`?` : '; `bulkcheck list` lists all tests'
}

/** How reports name the selection; a pattern that leaves tests out begins with an exclamation mark. */
export function selectionPatterns(args: Args): readonly string[] {
  return [
    ...(args.flag('last-failed') ? ['--last-failed'] : []),
    ...args.texts('patterns'),
    ...args.texts('exclude').map((it) => `!${it}`),
  ]
}

/** Ids of the tests that failed or could not be judged in the result that the last run left. Throws UsageError if there is none. */
export async function lastFailed(settings: Settings, io: Io): Promise<readonly string[]> {
  const path = join(settings.output ?? defaultOutputFolder(io.cwd), reportFiles.json)
  const { tests } = await readResult(path, displayPath(path, io.cwd))
  const ids = tests.filter(({ verdict }) => isUnmet(verdict.is)).map((it) => it.id)
  if (ids.length === 0)
    throw new UsageError(`${displayPath(path, io.cwd)} has no test that failed or could not be judged`)
  return ids
}

function isUnmet(it: Verdict['is']): boolean {
  return it === 'fail' || it === 'inconclusive' || it === 'error'
}

/** The selected part of a plan. Throws UsageError if no test of it can be run. */
export function selectedPlan(
  loaded: LoadedSuites,
  everything: Plan,
  settings: Settings & { readonly chosen: readonly string[] | undefined },
  args: Args,
): Plan {
  const planned = plan(loaded, settings.target, planOptionsFrom(args, loaded, everything.tests, settings))
  if (planned.tests.length === 0) throw new UsageError('no test is selected')
  if (planned.tests.every((it) => it.notApplicable))
    throw new UsageError(
      `none of the ${planned.tests.length} tests applies to this server; \`bulkcheck list\` shows why`,
    )
  return planned
}
