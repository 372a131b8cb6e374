import { expect, test } from 'vitest'
import { completed, exchange } from '../checks/builders.ts'
import { askFor } from './left-behind.ts'

const file = { get: { from: 'everything', pick: 'firstOutputUrl' } }
const at = (startedAt: string) => [{ ...exchange({}), startedAt, durationMs: 0 }]
const expiring = exchange({ number: 3, headers: [['Expires', 'Thu, 01 Jan 2026 00:01:00 GMT']] })
const before = at('2026-01-01T00:00:59Z')
const after = at('2026-01-01T00:01:01Z')

test('files that require no token are asked for without one, unless a test says otherwise', () => {
  const open = completed({ manifest: { requiresAccessToken: false, items: [] } })
  const closed = completed({ manifest: { requiresAccessToken: true, items: [] } })
  expect(askFor(file, () => open, [])).toEqual({ authorization: 'none' })
  expect(askFor({ ...file, authorization: 'garbage' }, () => open, [])).toEqual({})
  expect(askFor({ get: { from: 'everything', pick: 'statusUrl' } }, () => open, [])).toEqual({})
  expect(askFor(file, () => closed, [])).toEqual({})
})

test('what has expired is not asked for', () => {
  const evidence = completed({ completion: expiring })
  expect(askFor(file, () => evidence, before)).toEqual({})
  expect(askFor(file, () => evidence, after)).toEqual({ because: expect.stringContaining('exchange 3') })
  expect(askFor({ get: 'metadata' }, () => evidence, after)).toEqual({})
  expect(askFor({ get: { from: 'everything', pick: 'unknownFileUrl' } }, () => evidence, after)).toEqual({})
})
