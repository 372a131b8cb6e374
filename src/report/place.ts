import type { Exchange } from '../model/evidence.ts'
import type { Where } from '../model/judgement.ts'
import type { RunResult } from '../model/result.ts'

/** The exchange with a number; numbers are positions, but a result read from a file may have gaps. */
export function exchangeOf(result: RunResult, number: number): Exchange | undefined {
  const atPosition = result.exchanges[number - 1]
  return atPosition?.number === number ? atPosition : result.exchanges.find((it) => it.number === number)
}

/** The part of an exchange that a finding is about: `header Content-Location`, `/output/0/url`, `line 12`. */
export function partOf(where: Where): string | undefined {
  if (!where.part) return undefined
  if ('header' in where.part) return `header ${where.part.header}`
  if ('line' in where.part) return `line ${where.part.line}`
  return where.part.pointer === '' ? 'body' : where.part.pointer
}

/** A request and what came of it: `GET https://… → 202`, `GET https://…: no answer (timeout)`. */
export function inShort(exchange: Exchange): string {
  return `${exchange.request.method} ${exchange.request.url}${outcome(exchange)}`
}

/** What came of a request: ` → 202`, `: no answer (timeout)`. */
export function outcome({ response, silence }: Exchange): string {
  return response ? ` → ${response.status}` : `: no answer${silence ? ` (${silence})` : ''}`
}

/** The URL if a browser may follow it: http or https, without credentials. */
export function webUrl(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.username === '' && url.password === '' ? url.href : undefined
}
