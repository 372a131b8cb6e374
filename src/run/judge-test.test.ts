import { expect, test } from 'vitest'
import { exchange } from '../checks/fixtures/evidence.ts'
import type { Check } from '../checks/check.ts'
import { checks } from '../checks/registry.ts'
import type { PlannedProbe, PlannedTest } from '../model/plan.ts'
import type { Evidence } from '../model/evidence.ts'
import { stated } from '../model/reason.ts'
import { TemporaryStorageError } from '../model/fhir/resource-index.ts'
import { defaultLimits, type Target } from '../model/target.ts'
import { type JudgeInput, judgeTest } from './judge-test.ts'

const target: Target = {
  name: 'a target',
  fhirUrl: 'https://fhir.example',
  ig: '2.0.0',
  authorization: { kind: 'none' },
  levels: ['patient'],
  supports: [],
  tokenOrigins: [],
  limits: defaultLimits,
}

const answered = (status: number): Evidence => ({ probe: 'request', exchanges: [exchange({ status })] })

function caseOf(evidence: Record<string, Evidence>, control?: string): JudgeInput {
  const probe = (key: string): PlannedProbe => ({
    key,
    label: `request ${key}`,
    after: [],
    kind: 'request',
    spec: { get: key },
    spooled: false,
    ...(control && key === 'asked' ? { control } : {}),
  })
  return {
    target,
    probes: new Map(['asked', 'plain', 'condition'].map((key) => [key, probe(key)])),
    evidence: new Map(Object.entries(evidence)),
    exports: [],
    exchanges: [],
    picks: [],
    like: () => [],
    checks: new Map(checks.map((it) => [it.name, it])),
    source: { pick: () => ({ reason: stated('no pick') }), index: () => ({ reason: stated('no index') }) },
    profilesChecked: false,
    tallyOf: () => undefined,
  }
}

const claim = (probe: string, status: unknown) => ({ probe, part: 'response', expect: { status } })

function planned(changes: Partial<PlannedTest> = {}): PlannedTest {
  return {
    id: 'suite/test',
    title: 'The server refuses it',
    suite: { id: 'suite', title: 'A suite' },
    requirement: {
      id: 'r',
      level: 'SHALL',
      statement: 'It is refused.',
      at: { '2.0.0': 'https://spec.example' },
    },
    claim: claim('asked', '4XX'),
    given: [],
    source: { file: 'suite.yaml', line: 3 },
    ...changes,
  }
}

const verdict = (test: PlannedTest, given: JudgeInput) =>
  judgeTest(test, given, { knownFailing: false }).verdict

test('evidence that meets the claim passes, and evidence that breaks it fails', () => {
  expect(verdict(planned(), caseOf({ asked: answered(400) })).is).toBe('pass')
  expect(verdict(planned(), caseOf({ asked: answered(202) })).is).toBe('fail')
})

test('a deviating probe is judged only if its undeviated twin succeeded', () => {
  const evidence = { asked: answered(401), plain: answered(401) }
  expect(verdict(planned(), caseOf(evidence, 'plain'))).toMatchObject({
    is: 'inconclusive',
    cause: { kind: 'not-successful', probe: 'request plain', outcome: { status: 401 } },
  })
  expect(verdict(planned(), caseOf({ ...evidence, plain: answered(200) }, 'plain')).is).toBe('pass')
})

test('a condition that did not arise makes a test inapplicable, even where its twin failed', () => {
  const evidence = { asked: answered(401), plain: answered(401), condition: answered(404) }
  const test = planned({ given: [claim('condition', 200)] })
  expect(verdict(test, caseOf(evidence, 'plain')).is).toBe('not-applicable')
  expect(verdict(test, caseOf({ ...evidence, condition: answered(200) }, 'plain')).is).toBe('inconclusive')
})

test('what was never asked is inconclusive', () => {
  expect(verdict(planned(), caseOf({}))).toMatchObject({
    is: 'inconclusive',
    reason: { kind: 'no-evidence' },
  })
})

test('a bug of ours is an error verdict that quotes nothing', () => {
  const broken = planned({ claim: { probe: 'asked', part: 'response', expect: { 'no-such-check': true } } })
  const result = judgeTest(broken, caseOf({ asked: answered(200) }), { knownFailing: false })
  expect(result.verdict).toMatchObject({ is: 'error', error: { message: 'cannot judge suite/test' } })
  expect(result.requirement.url).toBe('https://spec.example')
})

test('a full disk makes what could not be looked up inconclusive', () => {
  const given = caseOf({ asked: answered(202) })
  const status = given.checks.get('status')
  const full = {
    ...status,
    judge: () => {
      throw new TemporaryStorageError()
    },
  } as unknown as Check
  expect(verdict(planned(), { ...given, checks: new Map([['status', full]]) })).toMatchObject({
    is: 'inconclusive',
    reason: { kind: 'disk-full' },
  })
})
