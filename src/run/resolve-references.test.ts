import { expect, test } from 'vitest'
import type { ResourceIndex } from '../model/fhir/resource-index.ts'
import { stated } from '../model/reason.ts'
import { resolveReferences, type ValueSource } from './resolve-references.ts'

const refused = stated('it was refused')
const index = { size: 0 } as ResourceIndex
const source: ValueSource = {
  pick: (from, pick) =>
    from === 'refused' ? { reason: refused } : { value: pick === 'two' ? ['a', 'b'] : `${from}.${pick}` },
  index: (from) => (from === 'refused' ? { reason: refused } : { value: index }),
}

test.each<[unknown, unknown]>([
  ['plain', 'plain'],
  [null, null],
  [{ from: 'x', pick: 'one' }, 'x.one'],
  [{ from: 'x' }, index],
  [{ a: [{ from: 'x', pick: 'one' }] }, { a: ['x.one'] }],
  // What a pick of several values brings stands in a list by itself.
  [
    [{ from: 'x', pick: 'two' }, 'c'],
    ['a', 'b', 'c'],
  ],
  [[['c']], [['c']]],
  // More keys than a reference has make it something else.
  [
    { from: 'x', pick: 'one', more: true },
    { from: 'x', pick: 'one', more: true },
  ],
])('%j resolves', (value, expected) => {
  expect(resolveReferences(value, source)).toEqual({ value: expected })
})

test('one reference that cannot be resolved says why for the whole', () => {
  expect(resolveReferences({ a: 1, b: [{ from: 'refused', pick: 'one' }] }, source)).toEqual({
    reason: refused,
  })
  expect(resolveReferences({ of: { from: 'refused' } }, source)).toEqual({ reason: refused })
})
