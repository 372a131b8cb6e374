import type { Exchange } from '../../model/http/exchange.ts'

/** The exchanges of each page of a record: what is added to one page moves nothing on the others. */
export interface ExchangePages {
  lengthOf(page: number): number
  add(page: number, exchange: Exchange): void
  /** Those of all pages, in their order. */
  all(): readonly Exchange[]
}

/** Pages without exchanges. */
export function openExchangePages(): ExchangePages {
  const pages = new Map<number, Exchange[]>()
  let all: readonly Exchange[] | undefined
  return {
    lengthOf: (page) => pages.get(page)?.length ?? 0,
    add(page, exchange) {
      const own = pages.get(page)
      if (own) own.push(exchange)
      else pages.set(page, [exchange])
      all = undefined
    },
    all() {
      // A run asks after each exchange: `concat` copies whole pages, `flatMap` each exchange.
      all ??= ([] as Exchange[]).concat(...[...pages].sort(([a], [b]) => a - b).map(([, it]) => it))
      return all
    },
  }
}
