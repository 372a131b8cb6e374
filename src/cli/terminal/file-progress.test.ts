import { expect, test } from 'vitest'
import type { Io } from './io.ts'
import { progressLine, showFileProgress } from './file-progress.ts'

const half = { bytes: 1.2e9, total: 2.4e9, resources: 600_000, ms: 10_000 }

test('shows the amount, the speed and the time left, as far as known', () => {
  expect(progressLine(half, 80)).toBe(' 50%  1.2 GB of 2.4 GB  120.0 MB/s  60,000 resources/s  10s left')
  expect(progressLine(half, 120)).toMatch(/^█{12}░{12} {2}50% {2}1.2 GB/)
  expect(progressLine({ ...half, total: undefined }, 120)).toBe('1.2 GB  120.0 MB/s  60,000 resources/s')
  expect(progressLine({ ...half, ms: 300 }, 80)).toBe(' 50%  1.2 GB of 2.4 GB')
})

test('a total that was too small, or nothing, is no trouble', () => {
  expect(progressLine({ ...half, bytes: 3e9 }, 80)).toBe('3.0 GB  300.0 MB/s  60,000 resources/s')
  expect(progressLine({ ...half, bytes: 2.4e9 }, 80)).toMatch(/^100% .* judging$/)
  expect(progressLine({ bytes: 0, total: 0, resources: 0, ms: 0 }, 80)).toBe('0 bytes of 0 bytes')
  expect(progressLine({ ...half, bytes: 0 }, 80)).toBe(
    '  0%  0 bytes of 2.4 GB  0 bytes/s  60,000 resources/s',
  )
})

function shown(terminal: boolean, options: { quiet?: boolean; env?: Record<string, string> } = {}) {
  let now = 0
  let err = ''
  const io = {
    err: (text: string) => {
      err += text
    },
    errIsTerminal: terminal,
    env: options.env ?? {},
    width: 60,
  } as unknown as Io
  const it = showFileProgress(io, { quiet: options.quiet ?? false, total: 100e6, now: () => now })
  for (let at = 1; at <= 10; at += 1) {
    now = at * 10_000
    it.update({ bytes: at * 10e6, resources: at * 5_000 })
  }
  it.end()
  return err
}

test('off a terminal: a line every 30 seconds', () => {
  expect(shown(false)).toBe(
    [
      ' 30%  30.0 MB of 100.0 MB  1.0 MB/s  500 resources/s  1m10s left',
      ' 60%  60.0 MB of 100.0 MB  1.0 MB/s  500 resources/s  40s left',
      ' 90%  90.0 MB of 100.0 MB  1.0 MB/s  500 resources/s  10s left',
      '',
    ].join('\n'),
  )
  expect(shown(true, { env: { CI: 'true' } })).toBe(shown(false))
})

test('on a terminal: one line, no wider than it, cleared at the end', () => {
  const lines = shown(true).split('\r\u001b[2K')
  expect(lines.at(-1)).toBe('')
  expect(lines.every((it) => it.length < 60)).toBe(true)
  expect(lines.length).toBeGreaterThan(8)
})

test('quiet: nothing', () => {
  expect(shown(true, { quiet: true })).toBe('')
})
