import { expect, it } from 'vitest'
import { parseCount } from './choices.ts'

it.each([
  ['4', 4],
  [' 12 ', 12],
  [undefined, undefined],
])('the count of %j is %j', (text, count) => {
  const problems: string[] = []
  expect(parseCount(text, { name: '--concurrency', problems })).toBe(count)
  expect(problems).toEqual([])
})

it.each(['0', '-1', '1.5', 'many', ''])('%j is no count', (text) => {
  const problems: string[] = []
  expect(parseCount(text, { name: '--concurrency', problems })).toBeUndefined()
  expect(problems).toEqual(['--concurrency must be a whole number of at least 1'])
})
