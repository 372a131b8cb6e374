import { expect, test } from 'vitest'
import { completedExport, context } from '../fixtures/evidence.ts'
import { statusChecks } from './status.ts'
import { judgeRow } from '../fixtures/judgement-table.ts'
import { at } from '../fixtures/rows/status.ts'

test('a finding says in one sentence what the server did', () => {
  const [status] = statusChecks
  const it = status && judgeRow(status, [at(200), 202, context(completedExport({}))])
  expect(it).toEqual({
    is: 'violated',
    findings: [
      {
        message: 'The request is answered with status 200.',
        expected: '202',
        actual: '200',
        where: { exchange: 1 },
        times: 1,
      },
    ],
  })
})
