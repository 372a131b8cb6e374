import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rules } from './finding.ts'
import { inspect, lineOf, textOf } from './house.ts'

const findings = inspect(join(import.meta.dirname, '..'))

test.each(Object.entries(rules))('%s: the source tree has no %s', (rule) => {
  expect(findings.filter((it) => it.rule === rule).map(lineOf)).toEqual([])
})

test('the text names rule, place and what to do', () => {
  const it = {
    rule: 'longFile',
    key: 'a.ts',
    where: 'src/a.ts',
    says: '301 lines.',
    todo: 'Split it.',
  } as const
  expect(textOf([it])).toMatch(/^long files: 1\n {2}src\/a\.ts {2}301 lines\. Split it\.\n/)
  expect(textOf([])).toBe('No house rule is broken.')
})
