import { expect, test } from 'vitest'
import { everything } from '../fixtures/result.ts'
import { jsonReporter } from './reporter.ts'
import { parseResult } from './parser.ts'

test('what the json reporter writes is read back', () => {
  expect(parseResult(jsonReporter(everything))).toEqual({ result: everything })
})

test.each([
  ['no JSON', 'secret', ['it is not JSON']],
  ['a text', '"x"', ['/ must be object']],
  ['a later version', JSON.stringify({ ...everything, version: 3 }), ['/version must be equal to constant']],
  [
    'a missing field',
    JSON.stringify({ ...everything, jobs: undefined }),
    ["/ must have required property 'jobs'"],
  ],
])('%s is a problem', (_, text, problems) => {
  expect(parseResult(text)).toEqual({ problems })
})

test('a result of an older version is named as such', () => {
  expect(parseResult(JSON.stringify({ ...everything, version: 1 }))).toMatchObject({ older: true })
})
