import { expect, test } from 'vitest'
import { openBufferPool } from './buffer-pool.ts'
import { openWholeLineSlices } from './split-at-line-ends.ts'

test('a room is used again once it was given back, and bytes that lie in none are left alone', () => {
  const rooms = openBufferPool(64)
  const first = rooms.take()
  const second = rooms.take()
  expect(second.buffer).not.toBe(first.buffer)
  rooms.giveBack(new Uint8Array(63))
  rooms.giveBack(first.subarray(3, 9))
  expect(rooms.take().buffer).toBe(first.buffer)
  expect(rooms.take().length).toBe(64)
})

test('slices that are given back leave no more rooms than were in use at a time', () => {
  const rooms = openBufferPool(64)
  const seen = new Set<ArrayBufferLike>()
  const wholeLines = openWholeLineSlices({ lineBytes: 1000, buffers: rooms }, (bytes) => {
    seen.add(bytes.buffer)
    rooms.giveBack(bytes)
  })
  for (let at = 0; at < 500; at += 1) wholeLines.write(Buffer.from(`${'x'.repeat(at % 40)}\n`))
  wholeLines.end()
  const whole = [...seen].filter((it) => it.byteLength === 64)
  expect(whole.length).toBe(2)
})
