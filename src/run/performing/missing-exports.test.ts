import { expect, test } from 'vitest'
import { completedExport, exchange } from '../../checks/fixtures/evidence.ts'
import type { Evidence } from '../../model/evidence.ts'
import type { PlannedProbe } from '../../model/plan.ts'
import type { ExportProbe } from '../../model/suite.ts'
import { missingExport } from './missing-exports.ts'
import { repetitionOf } from '../refusals/repetition.ts'

const planned = (key: string, upTo: 'kickoff' | 'completion', spec: ExportProbe = {}): PlannedProbe => ({
  ...{ key, label: `export ${key}`, after: [], kind: 'export', during: [] },
  spec: { level: 'group', ...spec },
  intent: { upTo, again: false, polling: 'polite' },
  ...(Object.keys(spec).length > 0 ? { control: 'plain' } : {}),
})

const plain = planned('plain', 'completion')
const probes = [
  ...[plain, ...repetitionOf(plain)],
  ...[planned('typed', 'completion', { parameters: { _type: 'Patient' } })],
  ...[planned('bad', 'kickoff', { parameters: { _type: 'x' } })],
  ...[planned('anonymous', 'kickoff', { authorization: 'none' })],
  planned('elsewhere', 'completion', { level: 'system' }),
]

const complete = completedExport({})
const cut: Evidence = { probe: 'none', reason: { kind: 'out-of-time', seconds: 60 } }
const accepted = complete as Evidence & { readonly probe: 'export' }
const overdue = (limit: 'run' | 'time'): Evidence => ({
  ...accepted,
  export: {
    ...{ state: 'overdue', overdue: { limit, seconds: 60 } },
    ...{ kickoff: exchange({}), statusUrl: 'https://fhir.example/status', polls: [] },
  },
})

function missing(reads: 'refusals' | 'completions', changes: Readonly<Record<string, Evidence | undefined>>) {
  const all = Object.entries({ plain: complete, typed: complete, bad: complete, ...changes })
  const evidence = new Map(all.flatMap(([key, it]) => (it ? [[key, it] as const] : [])))
  return missingExport('plain', reads, { probes: new Map(probes.map((it) => [it.key, it])), evidence })
}

test('nothing is missing once all exports at the level were made, whatever became of them', () => {
  const never: Evidence = { probe: 'none', reason: { kind: 'no-group' } }
  for (const reads of ['refusals', 'completions'] as const) {
    expect(missing(reads, {})).toBeUndefined()
    expect(missing(reads, { typed: never, bad: never })).toBeUndefined()
    expect(missing(reads, { typed: overdue('time') })).toBeUndefined()
  }
})

test('kick-off requests that were not sent may have been refused', () => {
  expect(missing('refusals', { bad: cut })).toEqual({ kind: 'out-of-time', seconds: 60 })
  expect(missing('refusals', { bad: undefined })).toEqual({ kind: 'no-evidence' })
  expect(missing('refusals', { plain: undefined, anonymous: undefined })).toBeUndefined()
  expect(missing('refusals', { typed: overdue('run') })).toBeUndefined()
})

test('exports that were not complete may have had another manifest', () => {
  const running: Evidence = {
    ...accepted,
    export: { state: 'in-progress', kickoff: exchange({}), statusUrl: 'https://fhir.example/1', polls: [] },
  }
  expect(missing('completions', { typed: running })).toEqual({ kind: 'interrupted' })
  expect(missing('refusals', { typed: running })).toBeUndefined()
  expect(missing('completions', { typed: cut })).toEqual({ kind: 'out-of-time', seconds: 60 })
  expect(missing('completions', { bad: undefined })).toBeUndefined()
  expect(missing('completions', { typed: overdue('run') })).toEqual({ kind: 'out-of-time', seconds: 60 })
})
