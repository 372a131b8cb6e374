import { expect, test } from 'vitest'
import { isKnownFailing, parseKnownFailing, unmatchedPatterns } from './known-failing.ts'

const file = `# They will mend it in March.
kick-off/accepted@group
status/*   # all of them

`

test('a pattern a line, comments and blank lines left out', () => {
  expect(parseKnownFailing(file)).toEqual(['kick-off/accepted@group', 'status/*'])
})

test.each([
  ['kick-off/accepted@group', true],
  ['kick-off/accepted@patient', false],
  ['status/expires@system', true],
  ['my-status/expires', false],
])('%s is known: %s', (id, known) => {
  expect(isKnownFailing(id, parseKnownFailing(file))).toBe(known)
})

test('a dot in a pattern is a dot', () => {
  expect(isKnownFailing('a-b', ['a.b'])).toBe(false)
})

test('a pattern that meets no test is named', () => {
  expect(unmatchedPatterns(['status/*', 'nothing'], ['status/expires'])).toEqual(['nothing'])
})
