import { expect, test } from 'vitest'
import { needsProbes } from '../../model/plan.ts'
import type { Baseline } from '../../model/target.ts'
import { planLines, suiteOf } from '../fixtures/plans.ts'
import { fixtureTarget } from '../fixtures/target.ts'
import { plan } from './plan.ts'

const two = 'exports: { plain: {}, whole: { whole: true } }'
const subjects = ['plain.completion', 'whole.completion']
const narrowed = (baseline: Baseline, level = 'system', test?: string) =>
  plan(suiteOf(two, subjects, { level, ...(test ? { test } : {}) }), { ...fixtureTarget, baseline })

test('an export that is to be whole is another one only where a baseline narrows exports', () => {
  expect(planLines(plan(suiteOf(two, subjects), fixtureTarget))).toEqual(['export plain@system → completion'])
  expect(planLines(narrowed({ _type: ['Patient'] }))).toEqual([
    'export plain@system → completion',
    'export whole@system → completion',
  ])
  expect(planLines(narrowed({ patient: ['Patient/1'] }))).toHaveLength(1)
  expect(planLines(narrowed({ patient: ['Patient/1'] }, 'patient'))).toHaveLength(2)
})

const undecided = 'undecidedIfNarrowedBy: [_since, patient]'

test.each<[Baseline, string, readonly string[] | undefined]>([
  [{ _type: ['Patient'] }, 'patient', undefined],
  [{ _since: '2026-01-01T00:00:00Z' }, 'patient', ['_since']],
  [{ _since: '2026-01-01T00:00:00Z', patient: ['Patient/1'] }, 'patient', ['_since', 'patient']],
])('a test that %j leaves undecided says so, and nothing is performed for it', (baseline, level, by) => {
  const planned = narrowed(baseline, level, undecided)
  expect(planned.tests.map((it) => it.undecided)).toEqual(
    subjects.map(() => (by ? { kind: 'narrowed', by } : undefined)),
  )
  expect(planned.tests.some(needsProbes)).toBe(by === undefined)
  expect(planned.probes.length > 0).toBe(by === undefined)
})

test('a test that does not apply is not undecided', () => {
  const target = {
    ...fixtureTarget,
    levels: ['group' as const],
    baseline: { _since: '2026-01-01T00:00:00Z' },
  }
  const [first] = plan(suiteOf(two, subjects, { level: 'patient', test: undecided }), target).tests
  expect(first).toMatchObject({ notApplicable: { kind: 'level-not-claimed' } })
  expect(first?.undecided).toBeUndefined()
})

test('a test at system level alone is not narrowed by patients', () => {
  expect(() => suiteOf(two, subjects, { test: undecided })).toThrow(
    /exports at system level do not have the parameter `patient`/,
  )
})
