import { expect, test } from 'vitest'
import { faultById, faults } from './registry.ts'
import { createProvider } from '../provider.ts'

test('every fault has an id of its own', () => {
  const ids = faults.map(({ id }) => id)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([])
})

test('a fault that does not exist is not taken for none', async () => {
  expect(() => faultById('no-such-fault')).toThrow(RangeError)
  await expect(createProvider({ faults: ['no-such-fault'] })).rejects.toThrow('no-such-fault')
})
