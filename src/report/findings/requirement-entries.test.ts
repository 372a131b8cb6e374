import { expect, test } from 'vitest'
import type { Finding } from '../../model/judgement.ts'
import type { TestResult } from '../../model/result.ts'
import { everything } from '../fixtures/result.ts'
import { requirementEntries } from './requirement-entries.ts'

const sample = everything.tests.find(({ id }) => id === 'manifest/files@patient')

function failing(id: string, ...findings: readonly [Finding, ...Finding[]]): TestResult {
  if (!sample) throw new Error('the fixture has this test')
  return { ...sample, id, verdict: { is: 'fail', findings } }
}

const finding = (actual: string, exchange: number, times = 1): Finding => ({
  ...{ message: 'The file contains another type.', expected: 'Patient', actual, times },
  where: { exchange },
})

test('tests of a requirement at several levels that found the same are one entry with one finding', () => {
  const entries = requirementEntries([
    failing('manifest/files@system', finding('Goal', 3, 2)),
    failing('manifest/files@patient', finding('Goal', 5)),
    failing('other/row@group', finding('Goal', 7)),
  ])
  expect(entries).toHaveLength(1)
  const [{ levels, rows, findings }] = entries as [(typeof entries)[0]]
  expect(levels).toEqual(['system', 'patient', 'group'])
  expect(rows.map(({ id, tests }) => [id, tests.length])).toEqual([
    ['manifest/files', 2],
    ['other/row', 1],
  ])
  expect(findings.map((it) => [it.times, it.where.exchange, it.seen.map(({ test: { id } }) => id)])).toEqual([
    [4, 3, ['manifest/files@system', 'manifest/files@patient', 'other/row@group']],
  ])
})

test('findings that differ stay apart, and those that are too many are counted', () => {
  const [entry] = requirementEntries(
    [
      failing('manifest/files@system', finding('Goal', 3), finding('Group', 3, 4)),
      failing('manifest/files@patient', finding('List', 5, 2)),
    ],
    2,
  )
  expect(entry?.findings.map((it) => it.actual)).toEqual(['Group', 'List'])
  expect(entry?.rest).toBe('and 1 more kind of violation, seen 1 time')
})

test('a requirement without levels has none', () => {
  const [entry] = requirementEntries([failing('token/issued', finding('Goal', 3))])
  expect(entry?.levels).toEqual([])
})
