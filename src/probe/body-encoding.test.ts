import { expect, test } from 'vitest'
import { oddEncoding } from './body-encoding.ts'

test.each([
  ['', undefined],
  ['{"a":"é"}', undefined],
  ['\uFEFF{}', 'byte-order-mark'],
  ['{}\uFEFF', undefined],
])('the encoding of %j', (text, odd) => {
  expect(oddEncoding(Buffer.from(text))).toBe(odd)
})

test('bytes that are not UTF-8', () => {
  expect(oddEncoding(Buffer.from('é', 'latin1'))).toBe('not-utf-8')
})
