import { expect, test } from 'vitest'
import { exchange } from './fixtures/evidence.ts'
import { rowProblems } from './fixtures/judgement-table.ts'
import { judgementTables } from './fixtures/judgement-tables.ts'
import { checks } from './registry.ts'
import { statusChecks } from './exchange/status.ts'

const rowsFolder = 'src/checks/fixtures/rows'

test.each(checks.map((it) => [it.name, it] as const))(
  '%s has rows that are satisfied, violated and undecided, and judges each so',
  (name, check) => {
    const rows = judgementTables.find((it) => it.checks.includes(check))
    expect(
      rows !== undefined,
      `the check \`${name}\` has no table: add its rows to a file in ${rowsFolder}, and list it in src/checks/fixtures/judgement-tables.ts`,
    ).toBe(true)
    expect(rowProblems(check, rows?.table[name], `${rowsFolder}/${rows?.file}`)).toEqual([])
  },
)

test('every row is of a check that is registered', () => {
  const strays = judgementTables.flatMap(({ checks: list, table, file }) =>
    Object.keys(table)
      .filter((name) => !list.some((it) => it.name === name && checks.includes(it)))
      .map((name) => `there is no check \`${name}\`: remove its rows from ${rowsFolder}/${file}`),
  )
  expect(strays).toEqual([])
})

test('missing rows and wrong rows are problems that name the check and the file', () => {
  const status = statusChecks.find((it) => it.name === 'status')
  if (!status) throw new Error('there is a check `status`')
  const found = rowProblems(
    status,
    {
      satisfied: [[exchange({ status: 404 }), 202]],
      violated: [[exchange({ status: 404 }), 202]],
      undecided: [],
    },
    'rows/status.ts',
  )
  expect(found).toHaveLength(2)
  expect(found[0]).toMatch(/^row 1 of `status` in rows\/status\.ts is judged .*violated.*, not satisfied/)
  expect(found[1]).toBe(
    'the check `status` has no row that is undecided: add one to `status` in rows/status.ts',
  )
  expect(rowProblems(status, undefined, 'rows/status.ts')).toHaveLength(3)
})
