import { expect, test } from 'vitest'
import { index, row } from '../fixtures/evidence.ts'
import { exportContentChecks } from './export-contents.ts'
import { type JudgementTable, gaps } from '../fixtures/judgement-table.ts'

const old = { updated: 10 }
const pat = row('Patient/a', old)
const fresh = row('Goal/2', { updated: 99 })
const undated = row('Goal/3')
const whole = index([pat, row('Observation/1', old), row('Goal/1', old)], { transactionTime: 50 })
const none = index([], { transactionTime: 50 })

test('checks on what an export holds by itself have rows for each conclusion', () => {
  const table: JudgementTable = {
    'no-copies': {
      satisfied: [
        [whole, true],
        [index([pat, { ...pat, digest: 'other' }]), true],
      ],
      violated: [[index([pat, pat]), true]],
      undecided: [[none, true]],
    },
    'one-version': {
      satisfied: [[index([pat, pat]), true]],
      violated: [
        [index([pat, { ...pat, digest: 'other', updated: 7 }]), true],
        [index([pat, { ...pat, digest: 'one' }, { ...pat, digest: 'other', updated: 7 }]), true],
      ],
      undecided: [
        [none, true],
        // It may be the same, written in another way.
        [index([pat, { ...pat, digest: 'other' }]), true],
      ],
    },
    'deleted-disjoint': {
      satisfied: [[index([pat], { deleted: ['Goal/1'] }), true]],
      violated: [[index([pat], { deleted: ['Patient/a'] }), true]],
      undecided: [[whole, true]],
    },
    'holds-types': {
      satisfied: [[whole, ['Patient', 'Goal']]],
      violated: [[whole, ['Device']]],
      undecided: [[none, ['Patient']]],
    },
    'not-after-transaction-time': {
      satisfied: [
        [whole, true],
        [index([row('Goal/1', { updated: 50 })], { transactionTime: 50 }), true],
      ],
      violated: [[index([fresh], { transactionTime: 50 }), true]],
      undecided: [
        [index([fresh]), true],
        [index([undated], { transactionTime: 50 }), true],
      ],
    },
    'references-within': {
      satisfied: [[index([pat, row('Goal/1', { refersTo: ['Patient/a'] })]), true]],
      violated: [[index([row('Goal/1', { refersTo: ['Patient/a'] })]), true]],
      undecided: [[whole, true]],
    },
  }
  expect(gaps(exportContentChecks, table)).toEqual([])
})
