import { expect, test } from 'vitest'
import { wantsColor, type Io } from './io.ts'

test.each<[Record<string, string>, boolean, boolean | undefined, boolean]>([
  [{}, true, undefined, true],
  [{}, false, undefined, false],
  [{ TERM: 'dumb' }, true, undefined, false],
  [{ NO_COLOR: '1' }, true, undefined, false],
  [{ NO_COLOR: '' }, true, undefined, true],
  [{ FORCE_COLOR: '1' }, false, undefined, true],
  [{ FORCE_COLOR: '0' }, true, undefined, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, undefined, false],
  [{ NO_COLOR: '1' }, false, true, true],
  [{ FORCE_COLOR: '1' }, true, false, false],
])('%j on a terminal: %s, flag: %s', (env, outIsTerminal, flag, color) => {
  expect(wantsColor({ env, outIsTerminal } as unknown as Io, flag)).toBe(color)
})
