import type { LeftOut, PlanCost } from '../model/plan.ts'

/** `23 exports to completion, 61 more kick-offs, 1 wait for an access token to expire`. */
export function costText({ exports, kickoffs, waits }: PlanCost): string {
  return [
    `${count(exports, 'export')} to completion`,
    `${kickoffs} ${exports > 0 ? 'more ' : ''}${kickoffs === 1 ? 'kick-off' : 'kick-offs'}`,
    ...(waits > 0 ? [`${count(waits, 'wait')} for an access token to expire`] : []),
  ].join(', ')
}

/** `about 40 more exports, 35 min`; `no more exports, 20 s`. */
export function remainingText({ exports, ms }: { readonly exports: number; readonly ms: number }): string {
  const left = exports === 0 ? 'no more exports' : `about ${count(exports, 'more export')}`
  return `${left}, ${roughTime(ms)}`
}

/** `19 tests, which need 10 more exports (--max-exports 10)`. */
export function leftOutText({ tests, exports, maxExports }: LeftOut): string {
  return `${count(tests.length, 'test')}, which ${tests.length === 1 ? 'needs' : 'need'} ${count(exports, 'more export')} (--max-exports ${maxExports})`
}

/** A line for each test that was left out, with what it costs. */
export function leftOutLines({ tests }: LeftOut): readonly string[] {
  return tests.map(
    ({ id, title, level, exports }) =>
      `  . ${level.padEnd(6)} ${id}  ${title} (${count(exports, 'more export')})`,
  )
}

function roughTime(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000))
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

function count(number: number, noun: string): string {
  return `${number} ${number === 1 ? noun : `${noun}s`}`
}
