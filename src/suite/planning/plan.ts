import {
  needsProbes,
  type Plan,
  type PlannedClaim,
  type PlannedTest,
  type ProbeKey,
} from '../../model/plan.ts'
import type { SupportedRelease } from '../../model/requirement.ts'
import type { Claim, Test } from '../../model/suite.ts'
import type { ExportLevel, Target } from '../../model/target.ts'
import { chooseTests } from './budget.ts'
import { awaitedFeatures, narrowedReason, notApplicableReason } from './applicability.ts'
import { featureProbesOf } from './feature-probes.ts'
import { type ProbeDrafts, probeKeysAt } from './probe-drafts.ts'
import type { LoadedSuites, LoadedSuite } from '../load.ts'
import { plannedProbes } from './probes.ts'
import { renameProbes } from '../probe-references.ts'
import { testSelector, type TestIdentity } from './selection.ts'

/** Narrows a plan. */
export interface PlanOptions {
  /** Ids of tests, suites or requirements, with `*` for any text; absent: everything. */
  readonly only?: readonly string[]
  /** The same for tests that are left out, whatever `only` says. */
  readonly exclude?: readonly string[]
  /** How many exports a run may take to completion; absent: as many as the tests need. */
  readonly maxExports?: number
  /** What decides most is performed first, since the run may end before the rest. */
  readonly mostDecisiveFirst?: boolean
  /** Absent: the target's. */
  readonly release?: SupportedRelease
}

/** Suites × levels × target: the tests, with a reason where one does not apply, and the probes that the others read. Equal input, equal plan. */
export function plan(loaded: LoadedSuites, target: Target, options: PlanOptions = {}): Plan {
  const drafts: ProbeDrafts = new Map()
  const release = options.release ?? target.ig
  const [isChosen, isExcluded] = [testSelector(options.only), testSelector(options.exclude ?? [])]
  const isAsked = (it: TestIdentity) => isChosen(it) && !isExcluded(it)
  const all = loaded.suites.flatMap((it) => testsOf(it, { loaded, target, release, drafts, isAsked }))
  const { picks } = loaded.vocabulary
  const { maxExports, mostDecisiveFirst = false } = options
  const { chosen, leftOut } =
    maxExports === undefined && !mostDecisiveFirst
      ? { chosen: all }
      : chooseTests(all, maxExports ?? Number.POSITIVE_INFINITY, { drafts, picks, levels: target.levels })
  const kept = new Set(chosen)
  const tests = all.filter((it) => kept.has(it))
  const probes = mostDecisiveFirst
    ? plannedProbes(chosen.filter(needsProbes), drafts, picks, target.levels)
    : plannedProbes(tests.filter(needsProbes), drafts, picks)
  const featureProbes = featureProbesOf(tests, probes)
  return {
    ...{ probes, tests },
    ...(featureProbes.length > 0 ? { featureProbes } : {}),
    ...(leftOut ? { leftOut } : {}),
  }
}

interface PlanContext {
  readonly loaded: LoadedSuites
  readonly target: Target
  readonly release: SupportedRelease
  readonly drafts: ProbeDrafts
  readonly isAsked: (test: TestIdentity) => boolean
}

function testsOf(loadedSuite: LoadedSuite, setting: PlanContext): readonly PlannedTest[] {
  const { suite } = loadedSuite
  const keyed = new Map<ExportLevel | undefined, (name: string) => ProbeKey>()
  const { drafts, target } = setting
  const context = { drafts, target, picks: setting.loaded.vocabulary.picks }
  for (const level of suite.levels ?? [undefined]) keyed.set(level, probeKeysAt(suite, level, context))
  return Object.entries(suite.tests).flatMap(([name, test]) =>
    [...keyed].flatMap(([level, keyOf]) => {
      if (level && test.levels && !test.levels.includes(level)) return []
      const id = `${suite.suite}/${name}${level ? `@${level}` : ''}`
      if (!setting.isAsked({ id, suite: suite.suite, requirement: test.requirement })) return []
      return [plannedTest({ id, name, test, level, keyOf }, loadedSuite, setting)]
    }),
  )
}

interface TestAtLevel {
  readonly id: string
  readonly name: string
  readonly test: Test
  readonly level: ExportLevel | undefined
  readonly keyOf: (name: string) => ProbeKey
}

function plannedTest(
  { id, name, test, level, keyOf }: TestAtLevel,
  { suite, file, lineOf }: LoadedSuite,
  setting: PlanContext,
): PlannedTest {
  const requirement = setting.loaded.requirements.get(test.requirement)
  if (!requirement) throw new Error(`no requirement ${test.requirement}`)
  const claim = plannedClaim(test, keyOf)
  const given = (test.given === undefined ? [] : [test.given].flat()).map((it) =>
    plannedClaim(it as Claim, keyOf),
  )
  const features = {
    requires: [...(suite.requires ?? []), ...(test.requires ?? [])],
    unless: test.unless ?? [],
  }
  const claims = [claim, ...given]
  const notApplicable = notApplicableReason({ requirement, level, ...features, claims }, setting)
  const undecided = notApplicable ? undefined : narrowedReason(test, claims, setting)
  const awaits = notApplicable ? undefined : awaitedFeatures(features, setting.target)
  return {
    id,
    title: test.title,
    suite: { id: suite.suite, title: suite.title },
    requirement,
    ...(level ? { level } : {}),
    claim,
    given,
    source: { file, line: lineOf(name) },
    ...(awaits ? { awaits } : {}),
    ...(notApplicable ? { notApplicable } : {}),
    ...(undecided ? { undecided } : {}),
  }
}

function plannedClaim(claim: Claim, keyOf: (name: string) => ProbeKey): PlannedClaim {
  const [name = '', part = ''] = claim.on.split('.')
  return { probe: keyOf(name), part, expect: renameProbes(claim.expect, keyOf) as PlannedClaim['expect'] }
}
