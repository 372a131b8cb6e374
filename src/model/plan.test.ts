import { expect, it } from 'vitest'
import { costOf, type PlannedProbe } from './plan.ts'

function exported(intent: object, spec: object = {}): PlannedProbe {
  return { kind: 'export', key: 'it', label: 'it', after: [], during: [], intent, spec } as never
}

function request(spec: object): PlannedProbe {
  return { kind: 'request', key: 'it', label: 'it', after: [], spooled: false, spec } as never
}

it('counts exports that are waited for, kick-offs that are not, and one wait for all expired tokens', () => {
  expect(
    costOf([
      exported({ upTo: 'files' }),
      exported({ upTo: 'completion', delete: 'complete' }),
      exported({ upTo: 'kickoff' }),
      exported({ upTo: 'completion', delete: 'running' }),
      exported({ upTo: 'kickoff' }, { authorization: 'expired' }),
      request({ get: 'Patient/$export', authorization: 'expired' }),
      request({ post: '$export-poll' }),
      request({ get: 'metadata' }),
    ]),
  ).toEqual({ exports: 2, kickoffs: 4, waits: 1 })
  expect(costOf([])).toEqual({ exports: 0, kickoffs: 0, waits: 0 })
})
