import { expect, test } from 'vitest'
import { faultById, faults } from './registry.ts'
import { createProvider } from '../provider.ts'
import { conflictsAmong } from './conflicts.ts'

test('every fault has an id of its own', () => {
  const ids = faults.map(({ id }) => id)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([])
})

test('a fault that does not exist is not taken for none', async () => {
  expect(() => faultById('no-such-fault')).toThrow(RangeError)
  await expect(createProvider({ faults: ['no-such-fault'] })).rejects.toThrow('no-such-fault')
})

test('faults conflict if both replace one decision or set one setting to different values', () => {
  const pair = (a: string, b: string) => conflictsAmong([faultById(a), faultById(b)])
  expect(pair('deletion-not-offered', 'deleted-job-goes-on')).toEqual([
    { between: ['deletion-not-offered', 'deleted-job-goes-on'], decisions: ['remainingJobs'], settings: [] },
  ])
  expect(pair('tokens-live-an-hour', 'expired-token-reads')).toEqual([
    { between: ['tokens-live-an-hour', 'expired-token-reads'], decisions: [], settings: ['tokenLifetime'] },
  ])
  // Both change answers, which follow one another.
  expect(pair('type-crashes', 'no-counts')).toEqual([])
  expect(pair('deleted-job-goes-on', 'deleted-job-goes-on')).toEqual([])
})
