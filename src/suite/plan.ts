import type { Plan, PlannedClaim, PlannedTest, ProbeKey } from '../model/plan.ts'
import type { SupportedRelease } from '../model/requirement.ts'
import type { Claim, Test } from '../model/suite.ts'
import type { ExportLevel, Target } from '../model/target.ts'
import { whyNot } from './applicable.ts'
import { type Drafts, namesAt } from './drafts.ts'
import type { Loaded, LoadedSuite } from './load.ts'
import { plannedProbes } from './probes.ts'
import { renamed } from './references.ts'
import { selection, type Selectable } from './select.ts'

/** Narrows a plan. */
export interface PlanOptions {
  /** Ids of tests, suites or requirements, with `*` for any text; absent: everything. */
  readonly only?: readonly string[]
  /** Absent: the target's. */
  readonly release?: SupportedRelease
}

/** Suites × levels × target: the tests, with a reason where one does not apply, and the probes that the others read. Equal input, equal plan. */
export function plan(loaded: Loaded, target: Target, options: PlanOptions = {}): Plan {
  const drafts: Drafts = new Map()
  const release = options.release ?? target.ig
  const isAsked = selection(options.only)
  const tests = loaded.suites.flatMap((it) => testsOf(it, { loaded, target, release, drafts, isAsked }))
  const applicable = tests.filter((it) => it.notApplicable === undefined)
  return { probes: plannedProbes(applicable, drafts, loaded.vocabulary.picks), tests }
}

interface Setting {
  readonly loaded: Loaded
  readonly target: Target
  readonly release: SupportedRelease
  readonly drafts: Drafts
  readonly isAsked: (test: Selectable) => boolean
}

function testsOf(loadedSuite: LoadedSuite, setting: Setting): readonly PlannedTest[] {
  const { suite } = loadedSuite
  const keyed = new Map<ExportLevel | undefined, (name: string) => ProbeKey>()
  for (const level of suite.levels ?? [undefined]) keyed.set(level, namesAt(suite, level, setting.drafts))
  return Object.entries(suite.tests).flatMap(([name, test]) =>
    [...keyed].flatMap(([level, keyOf]) => {
      if (level && test.levels && !test.levels.includes(level)) return []
      const id = `${suite.suite}/${name}${level ? `@${level}` : ''}`
      if (!setting.isAsked({ id, suite: suite.suite, requirement: test.requirement })) return []
      return [plannedTest({ id, name, test, level, keyOf }, loadedSuite, setting)]
    }),
  )
}

interface Asked {
  readonly id: string
  readonly name: string
  readonly test: Test
  readonly level: ExportLevel | undefined
  readonly keyOf: (name: string) => ProbeKey
}

function plannedTest(
  { id, name, test, level, keyOf }: Asked,
  { suite, file, lineOf }: LoadedSuite,
  setting: Setting,
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
  const notApplicable = whyNot({ requirement, level, ...features, claims: [claim, ...given] }, setting)
  return {
    id,
    title: test.title,
    suite: { id: suite.suite, title: suite.title },
    requirement,
    ...(level ? { level } : {}),
    claim,
    given,
    source: { file, line: lineOf(name) },
    ...(notApplicable ? { notApplicable } : {}),
  }
}

function plannedClaim(claim: Claim, keyOf: (name: string) => ProbeKey): PlannedClaim {
  const [name = '', part = ''] = claim.on.split('.')
  return { probe: keyOf(name), part, expect: renamed(claim.expect, keyOf) as PlannedClaim['expect'] }
}
