import { expect, test } from 'vitest'
import { index, row } from './builders.ts'
import { levelChecks } from './levels.ts'
import { type Table, gaps } from './table.ts'

const ana = row('Patient/ana', { patients: ['Patient/ana'] })
const pulse = row('Observation/1', { patients: ['Patient/ana'], updated: 1 })
const other = row('Observation/2', { patients: ['Patient/ana'], updated: 1 })
const goal = row('Goal/1', { patients: ['Patient/ana'], updated: 1 })
const of = index([ana, pulse, other, goal], { transactionTime: 9 })

test('checks on levels and repeated downloads have rows for each conclusion', () => {
  const table: Table = {
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
    'same-as-file': {
      satisfied: [[index([ana, pulse, other, goal]), { of }]],
      violated: [
        [index([ana, pulse, other]), { of }],
        [index([ana, pulse, other, goal, row('Goal/2')]), { of }],
      ],
      undecided: [[index([]), { of }]],
    },
  }
  expect(gaps(levelChecks, table)).toEqual([])
})
