import { expect, test } from 'vitest'
import { completedExport, exchange } from '../../checks/fixtures/evidence.ts'
import { picks } from '../../checks/registry.ts'
import type { Evidence } from '../../model/evidence.ts'
import { followUpRequest } from './follow-up-request.ts'

const file = { get: { from: 'everything', pick: 'firstOutputUrl' } }
const expiring = exchange({ number: 3, headers: [['Expires', 'Thu, 01 Jan 2026 00:01:00 GMT']] })
const before = Date.parse('2026-01-01T00:00:59Z')
const after = Date.parse('2026-01-01T00:01:01Z')

const request = (spec: object, evidenceOf: () => Evidence, now: number) =>
  followUpRequest(spec, evidenceOf, now, picks)

test('files that require no token are asked for without one, unless a test says otherwise', () => {
  const open = completedExport({ manifest: { requiresAccessToken: false, items: [] } })
  const closed = completedExport({ manifest: { requiresAccessToken: true, items: [] } })
  expect(request(file, () => open, before)).toEqual({ authorization: 'none' })
  expect(request({ ...file, authorization: 'garbage' }, () => open, before)).toEqual({})
  expect(request({ get: { from: 'everything', pick: 'statusUrl' } }, () => open, before)).toEqual({})
  expect(request(file, () => closed, before)).toEqual({})
})

test('what has expired is not asked for', () => {
  const evidence = completedExport({ completion: expiring })
  expect(request(file, () => evidence, before)).toEqual({})
  expect(request(file, () => evidence, after)).toEqual({
    reason: { kind: 'expired', exchange: 3 },
  })
  expect(request({ get: 'metadata' }, () => evidence, after)).toEqual({})
  expect(request({ get: { from: 'everything', pick: 'unknownFileUrl' } }, () => evidence, after)).toEqual({})
})
