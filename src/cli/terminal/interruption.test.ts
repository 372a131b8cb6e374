import { expect, test } from 'vitest'
import { interruption } from './interruption.ts'
import type { Io } from './io.ts'
import type { InterruptingSignal } from './signals.ts'

/** A process that gets signals, and what it prints. */
function openProcess() {
  const listeners = new Set<(signal: InterruptingSignal) => void>()
  const seen = { err: '', exits: [] as number[] }
  const io = {
    err: (text: string) => {
      seen.err += text
    },
    onSignal(listener: (signal: InterruptingSignal) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    exit: (code: number) => {
      seen.exits.push(code)
      throw new Error('nothing happens after this')
    },
  } as unknown as Io
  const send = (signal: InterruptingSignal) => {
    for (const it of listeners) it(signal)
  }
  return { io, send, seen }
}

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  'the first %s aborts, the second says what is left and ends the process with %d',
  (signal, code) => {
    const { io, send, seen } = openProcess()
    const it = interruption(io, { first: () => 'first\n', second: () => 'two jobs\n' })
    expect([it.signal.aborted, it.code()]).toEqual([false, undefined])
    send(signal)
    expect([it.signal.aborted, it.code(), seen.err, seen.exits]).toEqual([true, code, 'first\n', []])
    expect(() => send(signal)).toThrow('nothing happens after this')
    expect([seen.err, seen.exits]).toEqual(['first\ntwo jobs\n', [code]])
  },
)

test('after its end nobody listens', () => {
  const { io, send, seen } = openProcess()
  const it = interruption(io)
  it.end()
  send('SIGINT')
  expect([it.signal.aborted, seen]).toEqual([false, { err: '', exits: [] }])
})
