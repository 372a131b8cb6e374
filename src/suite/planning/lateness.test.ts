import { expect, test } from 'vitest'
import { latenessOf } from './lateness.ts'

interface Probe {
  readonly spec: object
  readonly near?: readonly Probe[]
}

const lateness = (probe: Probe) => latenessOf(probe, (it) => it.near ?? [])

test('late requests come last, and what waits for a token before them', () => {
  const expired = { spec: { authorization: 'expired' } }
  expect(lateness({ spec: {} })).toBe(0)
  expect(lateness({ spec: { authorization: 'none' }, near: [{ spec: {} }] })).toBe(0)
  expect(lateness(expired)).toBe(1)
  expect(lateness({ spec: {}, near: [{ spec: {}, near: [expired] }] })).toBe(1)
  expect(lateness({ spec: { late: true }, near: [expired] })).toBe(2)
  // What needs a late request follows it anyway.
  expect(lateness({ spec: {}, near: [{ spec: { late: true } }] })).toBe(0)
})

test('an export and the request that it sends name each other', () => {
  const near: Probe[] = []
  const exported: Probe = { spec: {}, near }
  near.push({ spec: {}, near: [exported] })
  expect(lateness(exported)).toBe(0)
  near.push({ spec: { authorization: 'expired' }, near: [exported] })
  expect(lateness(exported)).toBe(1)
})
