import type { Picker } from '../../checks/check.ts'
import { evidencePart } from '../../model/parts.ts'
import { isExportToCompletion, type LeftOut, type PlannedTest, type ProbeKey } from '../../model/plan.ts'
import { requirementLevels } from '../../model/requirement.ts'
import { type ExportLevel, exportLevels } from '../../model/target.ts'
import { featureProbesOf } from './feature-probes.ts'
import { levelRank, type ProbeDrafts } from './probe-drafts.ts'
import { plannedProbes } from './probes.ts'

/** Exports to completion, by the keys of their probes. */
type Exports = ReadonlySet<ProbeKey>

/** What choosing tests takes. */
export interface BudgetSetting {
  readonly drafts: ProbeDrafts
  readonly picks: readonly Picker[]
  /** Claimed levels, the most important first. */
  readonly levels: readonly ExportLevel[]
}

/** Tests in the order in which they are worth their exports, each with the last export that it reads, and those that were left out. */
export interface ChosenTests {
  readonly chosen: readonly PlannedTest[]
  /** Absent if there is none. */
  readonly leftOut?: LeftOut
}

/**
 * The tests that decide most with so many exports to completion: SHALL before SHOULD, and one level in depth before the next. Tests
 * that need no export to completion are always among them, and those that do not apply.
 */
export function chooseTests(
  tests: readonly PlannedTest[],
  maxExports: number,
  setting: BudgetSetting,
): ChosenTests {
  const needs = needsByTest(tests, setting)
  const exportsOf = (test: PlannedTest): Exports => needs.get(test)?.exports ?? new Set()
  const made = new Set<ProbeKey>()
  const chosen: PlannedTest[] = tests.filter((it) => exportsOf(it).size === 0)
  const rest = new Set(tests.filter((it) => exportsOf(it).size > 0))
  for (const level of [...setting.levels, undefined])
    for (const bar of requirementLevels) {
      const wanted = () =>
        [...rest].filter(
          (it) => it.requirement.level === bar && (!level || levelOf(it, setting.drafts) === level),
        )
      for (;;) {
        const best = mostDecisive(wanted(), { exportsOf, made, left: maxExports - made.size })
        if (!best) break
        for (const key of best) made.add(key)
        for (const test of rest)
          if (missing(exportsOf(test), made).length === 0) {
            chosen.push(test)
            rest.delete(test)
          }
      }
    }
  const turns = new Map([...made].map((key, at) => [key, at + 1]))
  // What reads only the kick-off of an export need not make that export earlier.
  const turnOf = (test: PlannedTest) =>
    Math.max(0, ...(needs.get(test)?.reads ?? []).map((key) => turns.get(key) ?? 0))
  chosen.sort((a, b) => turnOf(a) - turnOf(b))
  if (rest.size === 0) return { chosen }
  const left = [...rest].map((it) => ({
    ...{ id: it.id, title: it.title, level: it.requirement.level },
    exports: missing(exportsOf(it), made).length,
  }))
  const exports = missing(new Set([...rest].flatMap((it) => [...exportsOf(it)])), made).length
  return { chosen, leftOut: { maxExports, tests: left, exports } }
}

/** The exports that decide most requirements for their number, of those that can still be made; `undefined` if there are none. */
function mostDecisive(
  tests: readonly PlannedTest[],
  {
    exportsOf,
    made,
    left,
  }: {
    readonly exportsOf: (test: PlannedTest) => Exports
    readonly made: Exports
    readonly left: number
  },
): readonly ProbeKey[] | undefined {
  const candidates = new Map<string, readonly ProbeKey[]>()
  for (const test of tests) {
    const more = missing(exportsOf(test), made)
    if (more.length > 0 && more.length <= left) candidates.set([...more].sort().join('\n'), more)
  }
  let best: { readonly more: readonly ProbeKey[]; readonly worth: number } | undefined
  for (const more of candidates.values()) {
    const then = new Set([...made, ...more])
    const decided = tests.filter((it) => missing(exportsOf(it), then).length === 0)
    // A second test of a requirement decides little.
    const worth = new Set(decided.map((it) => it.requirement.id)).size + decided.length / 10
    if (!best || worth / more.length > best.worth) best = { more, worth: worth / more.length }
  }
  return best?.more
}

function missing(exports: Exports, made: Exports): readonly ProbeKey[] {
  return [...exports].filter((it) => !made.has(it))
}

/** What a test needs. */
interface TestNeeds {
  /** Exports to completion, with those that show whether it applies. */
  readonly exports: Exports
  /** All exports that it reads, however far. */
  readonly reads: readonly ProbeKey[]
}

function needsByTest(
  tests: readonly PlannedTest[],
  { drafts, picks }: BudgetSetting,
): ReadonlyMap<PlannedTest, TestNeeds> {
  const applicable = tests.filter((it) => !it.notApplicable)
  const own = new Map(applicable.map((it) => [it, plannedProbes([it], drafts, picks)]))
  const completeFor = (it: PlannedTest) =>
    (own.get(it) ?? []).filter(isExportToCompletion).map(({ key }) => key)
  const witnesses = new Map(
    [...exportLevels, undefined].map((level) => {
      const near = applicable.filter((it) => it.awaits && (!level || levelOf(it, drafts) === level))
      const probes = featureProbesOf(near, plannedProbes(near, drafts, picks))
      const cheapest = near.toSorted((a, b) => completeFor(a).length - completeFor(b).length)
      return [level, { probes, cheapest }] as const
    }),
  )
  const witnessesOf = ({ awaits }: PlannedTest, level: ExportLevel | undefined): readonly PlannedTest[] => {
    const { probes = [], cheapest = [] } = witnesses.get(level) ?? {}
    const features = new Set(awaits ? [...awaits.requires, ...awaits.unless] : [])
    return probes.flatMap(({ feature, probe, shows }) => {
      if (!features.has(feature) || shows === 'refusal') return []
      const reads = ({ claim }: PlannedTest) =>
        claim.probe === probe && (shows !== 'effect' || evidencePart(claim.part)?.upTo === 'files')
      return cheapest.find(reads) ?? []
    })
  }
  return new Map(
    applicable.map((test) => {
      const level = levelOf(test, drafts)
      const together = new Set([test])
      // A set hands over what is added while it is walked through.
      for (const it of together) for (const witness of witnessesOf(it, level)) together.add(witness)
      const reads = (own.get(test) ?? []).filter((it) => it.kind === 'export').map((it) => it.key)
      return [test, { exports: new Set([...together].flatMap(completeFor)), reads }]
    }),
  )
}

function levelOf({ level, claim }: PlannedTest, drafts: ProbeDrafts): ExportLevel | undefined {
  return level ?? exportLevels[levelRank(claim.probe, drafts)]
}
