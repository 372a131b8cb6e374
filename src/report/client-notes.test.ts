import { expect, test } from 'vitest'
import type { RunResult } from '../model/result.ts'
import { clientNotes } from './client-notes.ts'
import { everything } from './fixtures/result.ts'

const notes = (more: Partial<RunResult>) => clientNotes({ ...everything, ...more })
const jobs = { started: 1, deleted: 1, perhapsLeft: [] }

test('a token that stopped working early says how long it lived and what was promised', () => {
  expect(
    notes({
      jobs,
      flaky: [
        { exchange: 7, request: 'file', answer: 401, token: { lived: 40, promised: 300 } },
        { exchange: 9, request: 'deletion', answer: 401, token: { lived: 41 } },
      ],
    }),
  ).toEqual([
    {
      name: 'Access tokens that stopped working early',
      value:
        '2 requests with such a token: exchange 7 (rejected after 40 s, although expires_in was 300 s) and exchange 9 (rejected after 41 s; the token response had no expires_in)',
    },
  ])
})

test('what was repeated and what may have been left are lines of their own', () => {
  expect(
    notes({
      jobs: { ...jobs, unlocated: [{ exchange: 3, answer: 504 }] },
      flaky: [{ exchange: 3, request: 'kick-off', answer: 504 }],
    }).map((it) => it.name),
  ).toEqual(['Jobs without a known polling location', 'Repeated requests'])
  expect(notes({ jobs, flaky: [] })).toEqual([])
})
