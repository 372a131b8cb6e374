import { beforeAll, describe, expect, it } from 'vitest'
import type { Plan } from '../../model/plan.ts'
import type { Reason } from '../../model/reason.ts'
import type { Target } from '../../model/target.ts'
import { planLines, loadFixtures, fixtureRequirements, suiteOf } from '../fixtures/plans.ts'
import { fixtureTarget } from '../fixtures/target.ts'
import { type PlanOptions, plan } from './plan.ts'

function reasons(it: Plan): readonly (Reason | undefined)[] {
  return it.tests.map((test) => test.notApplicable)
}

describe('tests that do not apply', () => {
  const needs = (more: string, changes: Partial<Target>, options: PlanOptions = {}) =>
    reasons(
      plan(
        suiteOf('exports: { plain: {} }', ['plain.kickoff'], { test: more }),
        { ...fixtureTarget, ...changes },
        options,
      ),
    )

  it.each<[string, Partial<Target>, Reason | undefined]>([
    ['requires: [_since]', {}, undefined],
    ['requires: [_type]', {}, { kind: 'feature-missing', feature: '_type' }],
    ['requires: [other-client]', {}, { kind: 'feature-missing', feature: 'other-client' }],
    [
      'requires: [authorization]',
      { authorization: { kind: 'none' } },
      { kind: 'feature-missing', feature: 'authorization' },
    ],
    ['unless: [_since]', {}, { kind: 'feature-offered', feature: '_since' }],
    ['unless: [_type]', {}, undefined],
    ['requires: [_type]', { levels: ['group'] }, { kind: 'level-not-claimed', level: 'system' }],
  ])('%s with %j', (more, changes, reason) => {
    expect(needs(more, changes)).toEqual([reason])
  })

  it('because the release under test does not ask it, whatever else may be', () => {
    const later = { ...loadFixtures('planned/kick-off.yaml') }
    const row = fixtureRequirements.get('kickoff.post')
    if (!row) throw new Error('no row')
    const changed = { ...later, requirements: new Map([['kickoff.accepted', row]]) }
    const it = plan(
      changed,
      { ...fixtureTarget, levels: [] },
      { release: '1.0.1', only: ['kick-off/accepted'] },
    )
    expect(reasons(it)[0]).toEqual({ kind: 'other-release', release: '1.0.1', since: '2.0.0' })
    expect(new Set(reasons(it).map((reason) => reason?.kind))).toEqual(new Set(['other-release']))
    expect(reasons(plan(changed, fixtureTarget, { only: ['kick-off/accepted'] }))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('because no Group is configured, though the export may name one for itself', () => {
    const { groupId: _, ...groupless } = fixtureTarget
    const of = (spec: string) =>
      reasons(plan(suiteOf(`exports: { plain: ${spec} }`, ['plain.kickoff'], { level: 'group' }), groupless))
    expect(of('{}')).toEqual([{ kind: 'no-group' }])
    expect(of('{ group: other }')).toEqual([{ kind: 'no-group' }])
    expect(of('{ level: system }')).toEqual([undefined])
  })

  it('because an export that they compare with is of a level that is not claimed', () => {
    const probes = 'exports: { plain: { level: system }, mine: { level: patient } }'
    const it = plan(suiteOf(probes, ['mine.index'], { level: 'none' }), {
      ...fixtureTarget,
      levels: ['patient'],
    })
    expect(reasons(it)).toEqual([{ kind: 'level-not-claimed', level: 'system' }])
  })

  it('need no probes', () => {
    const it = plan(loadFixtures('planned'), {
      ...fixtureTarget,
      ig: '1.0.1',
      supports: [],
      authorization: { kind: 'none' },
    })
    expect(planLines(it)).toEqual([
      'export plain@system → kickoff',
      'export plain@patient → kickoff',
      'export plain@group → kickoff',
    ])
  })
})

describe('selection', () => {
  it.each([
    [['kick-off'], 6],
    [['kick-off/accepted'], 3],
    [['*@patient'], 3],
    [['manifest.*'], 2],
    [['token/*', 'kick-off/accepted@group'], 3],
    [['kick'], 0],
  ])('%j selects %i tests', (only, count) => {
    expect(plan(loadFixtures('planned'), fixtureTarget, { only }).tests).toHaveLength(count)
  })
})

describe('what a planned test says', () => {
  let it0: Plan
  beforeAll(() => {
    it0 = plan(loadFixtures('acme'), fixtureTarget)
  })

  it('where it stands, and its level', () => {
    expect(it0.tests[0]).toMatchObject({
      id: 'acme/output-protected@group',
      level: 'group',
      requirement: {
        id: 'acme:output.protected',
        at: { '2.0.0': 'https://acme.example/profile/output.html' },
      },
      source: { file: 'src/suite/fixtures/acme/acme.yaml', line: 11 },
    })
  })

  it('has no level in a suite without levels', () => {
    const [test] = plan(loadFixtures('planned/token.yaml'), fixtureTarget).tests
    expect(test).toMatchObject({ id: 'token/unsigned' })
    expect(test).not.toHaveProperty('level')
  })
})
