import { expect, test } from 'vitest'
import { completedExport, context, exchange, index, row } from '../fixtures/evidence.ts'
import type { CheckContext } from '../check.ts'
import { patientChecks } from './patients.ts'
import { resourceSetChecks } from './resource-sets.ts'
import { type JudgementTable, gaps } from '../fixtures/judgement-table.ts'

const old = { updated: 10 }
const pat = row('Patient/a', old)
const obs = row('Observation/1', old)
const goal = row('Goal/1', old)
const fresh = row('Goal/2', { updated: 99 })
const undated = row('Goal/3')
const whole = index([pat, obs, goal], { transactionTime: 50 })
const none = index([], { transactionTime: 50 })

test('checks on what an export holds beside another have rows for each conclusion', () => {
  const table: JudgementTable = {
    includes: {
      satisfied: [
        [index([pat, obs, goal]), { of: whole }],
        [index([pat]), { of: whole, types: ['Patient'] }],
        [index([pat, obs]), { of: whole, except: 'Goal?lifecycle-status=active' }],
        [index([pat, obs], { deleted: ['Goal/1'] }), { of: whole }],
        [index([pat]), { of: index([pat, fresh], { transactionTime: 50 }) }],
        [index([pat], { transactionTime: 50 }), { of: index([pat, fresh], { transactionTime: 100 }) }],
      ],
      violated: [
        [index([pat, obs]), { of: whole }],
        [index([pat], { transactionTime: 99 }), { of: index([pat, fresh], { transactionTime: 100 }) }],
        [index([pat]), { of: index([pat, undated], { transactionTime: 50 }) }],
      ],
      undecided: [
        [whole, { of: none }],
        [whole, { of: whole, types: ['Device'] }],
      ],
    },
    within: {
      satisfied: [
        [index([pat]), { of: whole }],
        [index([pat, fresh]), { of: whole }],
      ],
      violated: [
        [index([pat, row('Goal/9', old)]), { of: whole }],
        [index([row('Goal/9', { updated: 50 })]), { of: whole }],
      ],
      undecided: [
        [none, { of: whole }],
        [index([pat, undated]), { of: whole }],
        [index([row('Goal/9', old)]), { of: index([pat]) }],
      ],
    },
    'same-resources': {
      satisfied: [
        [whole, { of: whole }],
        [index([pat, obs, goal, fresh]), { of: whole }],
      ],
      violated: [
        [index([pat, obs]), { of: whole }],
        [index([pat, obs, goal, row('Goal/9', old)]), { of: whole }],
      ],
      undecided: [[none, { of: none }]],
    },
    'same-as-file': {
      satisfied: [[index([pat, obs, goal]), { of: whole }]],
      violated: [
        [index([pat, obs]), { of: whole }],
        [index([pat, obs, goal, row('Goal/2')]), { of: whole }],
      ],
      undecided: [[index([]), { of: whole }]],
    },
  }
  expect(gaps(resourceSetChecks, table)).toEqual([])
})

const about = (reference: string, ...patients: string[]) => row(reference, { ...old, patients })
const ann = about('Patient/ann', 'Patient/ann')
const ben = about('Patient/ben', 'Patient/ben')
const annsGoal = about('Goal/1', 'Patient/ann')
const shared = about('Appointment/1', 'Patient/ann', 'Patient/ben')
const bensGoal = about('Goal/2', 'Patient/ben')
const site = about('Location/1')
const group = row('Group/g', { patients: ['Patient/ann', 'Patient/ben'], unsure: ['Patient/ben'] })
const nested = row('Group/g', { patients: ['Patient/ann'], unsure: ['Group/h'] })
const inGroup: CheckContext = (() => {
  const it = context(completedExport({ kickoff: exchange({ status: 202 }) }))
  return { ...it, target: { ...it.target, groupId: 'g' } }
})()

test('checks on whose resources an export holds have rows for each conclusion', () => {
  const table: JudgementTable = {
    'only-patients': {
      satisfied: [[index([ann, annsGoal, shared, site]), ['Patient/ann']]],
      violated: [
        [index([ann, ben]), ['Patient/ann']],
        [index([ann, bensGoal]), ['Patient/ann']],
      ],
      undecided: [
        [index([site]), ['Patient/ann']],
        [none, ['Patient/ann']],
      ],
    },
    'covers-patients': {
      satisfied: [
        [index([ann, ben]), { patients: ['Patient/ann', 'Patient/ben'] }],
        [index([ann, annsGoal]), { patients: ['Patient/ann'], of: index([ann, annsGoal, bensGoal]) }],
      ],
      violated: [
        [index([ann]), { patients: ['Patient/ann', 'Patient/ben'] }],
        [index([ann]), { patients: ['Patient/ann'], of: index([ann, annsGoal]) }],
      ],
      undecided: [
        [none, { patients: ['Patient/ann'] }],
        [index([ann]), { patients: ['Patient/ann'], of: none }],
      ],
    },
    'all-members': {
      satisfied: [
        [index([ann]), { of: index([group]) }, inGroup],
        [index([ann, ben]), { of: index([group]) }],
        [index([annsGoal]), { of: index([group]) }, inGroup],
      ],
      violated: [[index([ben]), { of: index([group]) }, inGroup]],
      undecided: [
        [index([bensGoal]), { of: index([group]) }, inGroup],
        [index([ann]), { of: none }, inGroup],
        [index([ann]), { of: index([row('Group/g')]) }, inGroup],
        [index([ann]), { of: index([row('Group/x')]) }, inGroup],
      ],
    },
    'only-members': {
      satisfied: [[index([ann, ben, shared, site]), { of: index([group]) }, inGroup]],
      violated: [[index([ann, about('Patient/cay', 'Patient/cay')]), { of: index([group]) }, inGroup]],
      undecided: [
        [index([ann, ben]), { of: index([nested]) }, inGroup],
        [index([ann]), { of: none }, inGroup],
        [index([ann]), { of: index([row('Group/g')]) }, inGroup],
      ],
    },
  }
  expect(gaps(patientChecks, table)).toEqual([])
})
