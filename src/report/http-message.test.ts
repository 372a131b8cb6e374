import { expect, test } from 'vitest'
import { indentJson } from './http-message.ts'

test.each([
  [
    '{"a":1,"b":[true,null],"c":{},"d":[]}',
    '{\n  "a": 1,\n  "b": [\n    true,\n    null\n  ],\n  "c": {},\n  "d": []\n}',
  ],
  ['{"a": "x,{\\"y\\":[" }', '{\n  "a": "x,{\\"y\\":["\n}'],
  ['[1.0, 10000000000000000000001]', '[\n  1.0,\n  10000000000000000000001\n]'],
  ['{"a":1,"a":2}', '{\n  "a": 1,\n  "a": 2\n}'],
  ['["[","{"]', '[\n  "[",\n  "{"\n]'],
  ['{"a":', '{"a":'],
  ['plain', 'plain'],
])('%s is laid out with every value as it was', (text, laidOut) => {
  expect(indentJson(text)).toBe(laidOut)
})

test('deep nesting stays as it was', () => {
  const deep = '['.repeat(5000) + ']'.repeat(5000)
  expect(indentJson(deep)).toBe(deep)
})
