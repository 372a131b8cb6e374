import { expect, it } from 'vitest'
import { shownProgress } from './progress.ts'

it.each([
  ['62%', '62%'],
  ['Running: 3 of 9 files', 'Running: 3 of 9 files'],
  ['Built 62% of Smith', 'xxxxx 62% of xxxxx'],
  ['Patienten: 1.250, 45,5 % fertig', 'xxxxxxxxx: 1.250, 45,5 % xxxxxx'],
  ['phase 3/9 for p-12 born 1970-01-31', 'xxxxx 3/9 xxx x-xx xxxx xxxx-xx-xx'],
  ['a4711b at 12:30', 'xxxxxx xx xx:xx'],
])('%s is shown as %s', (text, shown) => {
  expect(shownProgress(text)).toBe(shown)
})
