import { expect, test } from 'vitest'
import type { Io } from './io.ts'
import { showRunProgress } from './run-progress.ts'

/** A terminal, and what was written to it. */
function capturedIo(settings: Partial<Io> = {}) {
  let err = ''
  const io = {
    err: (more: string) => {
      err += more
    },
    ...{ errIsTerminal: false, env: {}, width: 80, ...settings },
  } as unknown as Io
  return { io, text: () => err }
}

function shown(
  terminal: boolean,
  options: { quiet?: boolean; verbose?: boolean; env?: Record<string, string> } = {},
) {
  let now = 0
  const { io, text } = capturedIo({ errIsTerminal: terminal, env: options.env ?? {}, width: 40 })
  const it = showRunProgress(io, {
    quiet: options.quiet ?? false,
    verbose: options.verbose ?? false,
    now: () => now,
  })
  it.notify({ kind: 'probe', label: 'export plain@group', done: 3, of: 9, beside: 0 })
  now = 20_000
  it.notify({ kind: 'poll', number: 4, progress: '\u001b[31m62%' })
  now = 35_000
  it.notify({ kind: 'wait', seconds: 90, for: 'the server' })
  now = 40_000
  it.notify({ kind: 'download', number: 1, of: 2 })
  it.end()
  return text()
}

test('off a terminal: at most a line in 30 seconds', () => {
  expect(shown(false)).toBe('35s  3/9 export plain@group · waiting 1m30s for the server\n')
})

test('off a terminal, verbose: each probe too', () => {
  expect(shown(false, { verbose: true })).toBe(
    '0s  3/9 export plain@group\n35s  3/9 export plain@group · waiting 1m30s for the server\n',
  )
})

test('quiet: nothing', () => {
  expect(shown(true, { quiet: true })).toBe('')
})

test('on a terminal: one line, no wider than it, cleared at the end, and nothing of the server acts on it', () => {
  const lines = shown(true).split('\r\u001b[2K')
  expect(lines.at(-1)).toBe('')
  expect(lines.every((it) => it.length < 40 && !it.includes('\u001b'))).toBe(true)
  expect(lines).toContainEqual(expect.stringMatching(/^20s {2}3\/9 export plain@group · status/))
})

test('a terminal in CI gets lines', () => {
  expect(shown(true, { env: { CI: 'true' } })).toBe(shown(false))
})

test('files: how much has come, how fast, and how much of it is judged', () => {
  let now = 0
  const { io, text } = capturedIo()
  const it = showRunProgress(io, { quiet: false, verbose: false, now: () => now })
  it.notify({ kind: 'probe', label: 'export plain@group', done: 3, of: 9, beside: 0 })
  now = 10_000
  it.notify({ kind: 'download', number: 1, of: 2 })
  it.notify({ kind: 'body', bytes: 3e9 })
  it.notify({ kind: 'download', number: 2, of: 2 })
  it.notify({ kind: 'judged', done: { bytes: 2e9, resources: 30_000 } })
  now = 40_000
  it.notify({ kind: 'body', bytes: 1e9 })
  it.end()
  expect(text()).toBe('40s  3/9 export plain@group · file 2 of 2 · 4.0 GB  133.3 MB/s  1,000 resources/s\n')
})

test('how many exports are left, and for how long, counted down', () => {
  let now = 0
  const { io, text } = capturedIo()
  const it = showRunProgress(io, { quiet: false, verbose: false, now: () => now })
  const left = { exports: 40, ms: 35 * 60_000 }
  it.notify({ kind: 'probe', label: 'export plain@group', done: 3, of: 90, beside: 2, left })
  now = 60_000
  it.notify({ kind: 'poll', number: 2, progress: '40%' })
  it.end()
  expect(text()).toBe(
    '1m00s  3/90 export plain@group and 2 more · about 40 more exports, 34 min · status request 2, 40%\n',
  )
})
