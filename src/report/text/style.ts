import type { Outcome } from '../../model/outcome.ts'

/** How a piece of text stands out on a terminal. */
export type Tone = 'red' | 'green' | 'yellow' | 'dim' | 'bold'

/** Makes text stand out, or leaves it alone. */
export type Style = (tone: Tone, text: string) => string

const codes: Readonly<Record<Tone, readonly [on: number, off: number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  dim: [2, 22],
  bold: [1, 22],
}

/** Nothing stands out. */
export const plainStyle: Style = (_tone, text) => text

/** For a terminal that knows colors. */
export const coloredStyle: Style = (tone, text) => `\u001b[${codes[tone][0]}m${text}\u001b[${codes[tone][1]}m`

/** The tone of an outcome's sentence. */
export const outcomeTones: Readonly<Record<Outcome['kind'], Tone>> = {
  conformant: 'green',
  'files-conform': 'green',
  selection: 'yellow',
  'not-everything-shown': 'red',
  interrupted: 'red',
  broken: 'red',
  'harness-error': 'red',
}
