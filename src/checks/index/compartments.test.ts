import { expect, test } from 'vitest'
import { index, row } from '../fixtures/evidence.ts'
import { compartmentChecks } from './compartments.ts'
import { type JudgementTable, gaps } from '../fixtures/judgement-table.ts'

const ana = row('Patient/ana', { patients: ['Patient/ana'] })
const pulse = row('Observation/1', { patients: ['Patient/ana'], updated: 1 })
const other = row('Observation/2', { patients: ['Patient/ana'], updated: 1 })
const goal = row('Goal/1', { patients: ['Patient/ana'], updated: 1 })
const of = index([ana, pulse, other, goal], { transactionTime: 9 })

test('checks on levels have rows for each conclusion', () => {
  const table: JudgementTable = {
    'whole-compartments': {
      satisfied: [[index([ana, pulse, other]), { of }]],
      violated: [[index([ana, pulse]), { of }]],
      undecided: [[index([pulse]), { of }]],
    },
    'compartment-types': {
      satisfied: [[index([ana, pulse, goal]), { of }]],
      violated: [[index([ana, pulse]), { of }]],
      undecided: [[index([]), { of }]],
    },
  }
  expect(gaps(compartmentChecks, table)).toEqual([])
})
