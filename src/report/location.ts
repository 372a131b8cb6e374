import { type Exchange, findExchange } from '../model/http/exchange.ts'
import type { FindingLocation } from '../model/judgement.ts'
import type { ResultFile, RunResult, Verdict } from '../model/result.ts'
import { type FileNames, reasonText } from './reason-text.ts'

/** The file of a number, where files were judged without their server. */
export function fileOf(
  result: RunResult,
  number: number,
): (ResultFile & { readonly name: string }) | undefined {
  const it = fileOfExchange(result.files ?? [], number)
  return it?.name === undefined ? undefined : { ...it, name: it.name }
}

/** Results list files in the order of their numbers. */
function fileOfExchange(files: readonly ResultFile[], number: number): ResultFile | undefined {
  let from = 0
  let to = files.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((files[middle]?.exchange ?? number) < number) from = middle + 1
    else to = middle
  }
  return files[from]?.exchange === number ? files[from] : undefined
}

/** The names of files on this machine, for the reasons of a result. */
export function fileNamesOf(result: RunResult): FileNames {
  return (number) =>
    fileOf(result, number)?.name ?? result.scope.unread?.find((it) => it.exchange === number)?.name
}

/** The sentence of the reason of a verdict that has one. */
export function verdictReasonText(verdict: Verdict, result: RunResult): string | undefined {
  return 'reason' in verdict ? reasonText(verdict.reason, fileNamesOf(result)) : undefined
}

/** Where a violation was seen: `Patient.ndjson:17`, `exchange 7, line 17: GET https://… → 200`. */
export function locationText(result: RunResult, where: FindingLocation): string {
  const file = fileOf(result, where.exchange)
  if (file) return `${file.name}${where.part && 'line' in where.part ? `:${where.part.line}` : ''}`
  const exchange = findExchange(result.exchanges, where.exchange)
  const part = partText(where)
  return `exchange ${where.exchange}${part ? `, ${part}` : ''}${exchange ? `: ${exchangeSummary(exchange)}` : ''}`
}

/** The part of an exchange that a finding is about: `header Content-Location`, `/output/0/url`, `line 12`. */
export function partText(where: FindingLocation): string | undefined {
  if (!where.part) return undefined
  if ('header' in where.part) return `header ${where.part.header}`
  if ('line' in where.part) return `line ${where.part.line}`
  return where.part.pointer === '' ? 'body' : where.part.pointer
}

/** A request and its outcome: `GET https://… → 202`, `GET https://…: no response (timeout)`. */
export function exchangeSummary(exchange: Exchange): string {
  const from = exchange.received ? 'from the server: ' : ''
  return `${from}${exchange.request.method} ${exchange.request.url}${responseSummary(exchange)}`
}

/** The outcome of a request: ` → 202`, `: no response (timeout)`, `: not sent`; that of a handshake: ` → TLS 1.3`. */
function responseSummary({ response, handshake, networkError, stop }: Exchange): string {
  if (stop) return ': not sent'
  if (handshake) return ` → ${handshake.accepted?.version ?? `not accepted (${networkError ?? 'tls'})`}`
  return response ? ` → ${response.status}` : `: no response${networkError ? ` (${networkError})` : ''}`
}
