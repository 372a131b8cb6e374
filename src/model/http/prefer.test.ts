import { expect, it } from 'vitest'
import { prefersLenientHandling } from './prefer.ts'

it.each([
  ['respond-async, handling=lenient', true],
  ['Handling = "lenient", respond-async', true],
  ['handling=lenient; foo=bar', true],
  ['respond-async', false],
  ['handling=strict', false],
  ['mishandling=lenient', false],
  ['handling=lenientish', false],
])('Prefer: %s', (value, is) => {
  expect(prefersLenientHandling([['prefer', value]])).toBe(is)
  expect(prefersLenientHandling([['X-Prefer', value]])).toBe(false)
})
