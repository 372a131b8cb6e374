import { expect, test } from 'vitest'
import { context, index, row } from './builders.ts'
import type { IndexCheck } from './check.ts'
import { levelChecks } from './levels.ts'

const ana = row('Patient/ana', { patients: ['Patient/ana'] })
const pulse = row('Observation/1', { patients: ['Patient/ana'], updated: 1 })
const other = row('Observation/2', { patients: ['Patient/ana'], updated: 1 })
const goal = row('Goal/1', { patients: ['Patient/ana'], updated: 1 })
const wide = index([ana, pulse, other, goal], { transactionTime: 9 })

test.each([
  ['whole-compartments', index([ana, pulse, other]), 'satisfied'],
  ['whole-compartments', index([ana, pulse]), 'violated'],
  ['whole-compartments', index([pulse]), 'undecided'],
  ['compartment-types', index([ana, pulse, goal]), 'satisfied'],
  ['compartment-types', index([ana, pulse]), 'violated'],
  ['compartment-types', index([]), 'undecided'],
  ['same-as-file', index([ana, pulse, other, goal]), 'satisfied'],
  ['same-as-file', index([ana, pulse, other]), 'violated'],
  ['same-as-file', index([ana, pulse, other, goal, row('Goal/2')]), 'violated'],
  ['same-as-file', index([]), 'undecided'],
] as const)('%s of %# is %s', (name, subject, is) => {
  const check = levelChecks.find((it) => it.name === name) as IndexCheck<unknown>
  expect(check.judge(subject, { of: wide } as never, context()).is).toBe(is)
})
