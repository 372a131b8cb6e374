import type { Exchange } from './exchange.ts'

/** The exchange with a number: its position unless some are those of other machines. */
export function findExchange(all: readonly Exchange[], number: number): Exchange | undefined {
  const atPosition = all[number - 1]
  return atPosition?.number === number ? atPosition : all.find((it) => it.number === number)
}
