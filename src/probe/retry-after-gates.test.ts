import { expect, test } from 'vitest'
import { defaultLimits } from '../model/target.ts'
import { openOriginGates } from './retry-after-gates.ts'

function open(limits = {}) {
  let now = 0
  const clock = { now: () => now, wall: () => now, sleep: async () => undefined }
  return { gates: openOriginGates(clock, { ...defaultLimits, ...limits }), pass: (ms: number) => (now += ms) }
}

test('an origin that answered 429 is closed as long as it asks, and others are not', () => {
  const { gates, pass } = open()
  gates.close('https://h/a', [['Retry-After', '30']], false)
  expect([gates.waitMs('https://h/b'), gates.waitMs('https://h:8443/b')]).toEqual([30_000, 0])
  pass(30_000)
  expect(gates.waitMs('https://h/b')).toBe(0)
})

test('pauses grow while 429 is all that comes', () => {
  const { gates, pass } = open()
  const pauses = Array.from({ length: 8 }, () => {
    gates.close('https://h/a', [], false)
    const ms = gates.waitMs('https://h/a')
    pass(ms)
    return ms
  })
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((it) => it * 1_000))
  gates.noteSuccess('https://h/a')
  gates.close('https://h/a', [['Retry-After', '0']], false)
  expect(gates.waitMs('https://h/a')).toBe(0)
  gates.close('https://h/a', [['Retry-After', '0']], false)
  expect(gates.waitMs('https://h/a')).toBe(2_000)
})

test('a Retry-After is limited where the user says so, and a burst makes pauses no longer', () => {
  const { gates } = open({ retryAfterCapMs: 5_000 })
  for (let times = 0; times < 9; times += 1) gates.close('https://h/a', [['Retry-After', '60']], true)
  expect(gates.waitMs('https://h/a')).toBe(5_000)
})
