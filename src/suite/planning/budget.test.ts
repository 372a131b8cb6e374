import { expect, it, test } from 'vitest'
import { checks, picks } from '../../checks/registry.ts'
import { costOf, isExportToCompletion, type Plan } from '../../model/plan.ts'
import type { ExportLevel, Target } from '../../model/target.ts'
import { loadBundled } from '../bundled.ts'
import { fixtureTarget } from '../fixtures/target.ts'
import { plan } from './plan.ts'

const loaded = await loadBundled({ checks, picks })

function targetOf(levels: readonly ExportLevel[]): Target {
  return { ...fixtureTarget, levels, groupId: '1', supports: [], findsFeatures: true }
}

const group = targetOf(['group'])
const whole = plan(loaded, group)

const applicable = ({ tests }: Plan) => tests.filter((one) => !one.notApplicable)

it.each([0, 1, 2, 5, 10, 15])('takes at most %d exports to completion', (maxExports) => {
  const planned = plan(loaded, group, { maxExports })
  expect(costOf(planned.probes).exports).toBe(maxExports)
  const { leftOut } = planned
  expect(planned.tests.length + (leftOut?.tests.length ?? 0)).toBe(whole.tests.length)
  expect(leftOut).toMatchObject({ maxExports, exports: costOf(whole.probes).exports - maxExports })
  expect(leftOut?.tests.every((one) => one.exports > 0)).toBe(true)
})

test('a plan that is cheap enough is the same plan', () => {
  expect(plan(loaded, group, { maxExports: costOf(whole.probes).exports })).toEqual(whole)
})

test('ten exports, half of them all, are enough for the tests of 19 in 20 SHALL requirements', () => {
  const shall = (it: Plan) =>
    new Set(
      applicable(it).flatMap(({ requirement }) => (requirement.level === 'SHALL' ? requirement.id : [])),
    )
  const half = shall(plan(loaded, group, { maxExports: 10 }))
  expect(half.size / shall(whole).size).toBeGreaterThan(0.95)
})

test('a test that waits for a feature comes with what shows the feature', () => {
  for (const maxExports of [3, 5, 8, 12]) {
    const { tests, featureProbes = [], probes } = plan(loaded, group, { maxExports })
    const shown = new Set(featureProbes.map((one) => one.feature))
    for (const { awaits } of tests)
      for (const feature of [...(awaits?.requires ?? []), ...(awaits?.unless ?? [])])
        expect([...shown]).toContain(feature)
    const keys = new Set(probes.map((one) => one.key))
    expect(featureProbes.every((one) => keys.has(one.probe))).toBe(true)
  }
})

test('one level comes before the next, in the order in which they are claimed', () => {
  const levelsOf = (levels: readonly ExportLevel[]) =>
    plan(loaded, targetOf(levels), { maxExports: 6 }).probes.flatMap((it) =>
      it.kind === 'export' && it.intent.upTo !== 'kickoff' ? [it.spec.level] : [],
    )
  expect(new Set(levelsOf(['group', 'patient']))).toEqual(new Set(['group']))
  expect(new Set(levelsOf(['patient', 'group']))).toEqual(new Set(['patient']))
})

test('what decides most comes first where time may be short, and nothing is lost', () => {
  const first = plan(loaded, group, { mostDecisiveFirst: true })
  expect(first.tests).toEqual(whole.tests)
  const keys = ({ probes }: Plan) => probes.map((one) => one.key)
  expect([...keys(first)].sort()).toEqual([...keys(whole)].sort())
  const best = new Set(
    plan(loaded, group, { maxExports: 10 })
      .probes.filter(isExportToCompletion)
      .map((one) => one.key),
  )
  // The last of ten must be chosen to fit; without a limit an export may come with another one that it needs.
  const early = first.probes.filter(isExportToCompletion).slice(0, 10)
  expect(early.filter((one) => best.has(one.key)).length).toBeGreaterThanOrEqual(9)
})

test('where time may be short, one level comes before the next as well', () => {
  const levelsOf = (levels: readonly ExportLevel[]) =>
    plan(loaded, targetOf(levels), { mostDecisiveFirst: true })
      .probes.filter(isExportToCompletion)
      .flatMap((one) => (one.kind === 'export' ? one.spec.level : []))
      .filter((level, at, all) => level !== all[at - 1])
  expect(levelsOf(['group', 'patient'])).toEqual(['group', 'patient'])
  expect(levelsOf(['patient', 'group'])).toEqual(['patient', 'group'])
})
