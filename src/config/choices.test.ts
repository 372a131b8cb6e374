import { expect, it } from 'vitest'
import { parseCount, parseLineLimit } from './choices.ts'

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

it('the limit of a line is a number of MiB', () => {
  const problems: string[] = []
  const limit = (text: string) => parseLineLimit(text, { name: '--max-line', problems })
  expect([limit('1'), limit('256')]).toEqual([1 << 20, 256 << 20])
  for (const it of ['0', '257', '1.5', '1M', '']) expect(limit(it)).toBeUndefined()
  expect(new Set(problems)).toEqual(new Set(['--max-line must be a number of MiB from 1 to 256']))
  expect(problems).toHaveLength(5)
})
