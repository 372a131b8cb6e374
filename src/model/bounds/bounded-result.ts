import { exchangesByPriority } from './exchange-priority.ts'
import { type Exchange, findExchange } from '../http/exchange.ts'
import type { OmittedFromResult, ResultFile, RunResult, Verdict } from '../result.ts'

/** Characters of JSON that exchanges may take, so that a result stays below 10 MB but for its findings. */
const roomForExchanges = 5_000_000
const mostFiles = 10_000
const mostFlaky = 5_000
/** Kinds of finding that are kept for each test. */
const mostKinds = 10_000
const longestBody = 16 << 10
const bodyStart = 8 << 10
const bodyEnd = 1 << 10

/** A result whose size does not depend on how much the server sent: the rest is counted. */
export function boundedResult(result: RunResult): RunResult {
  const { files, flaky } = result
  const tests = result.tests.map((it) => ({ ...it, verdict: boundedVerdict(it.verdict) }))
  const priority = exchangesByPriority({ tests })
  const { kept: exchanges, left } = keptExchanges(result.exchanges, priority)
  const kept = files && keptFiles(files, priority)
  const omitted: OmittedFromResult = {
    ...(left > 0 ? { exchanges: left } : {}),
    ...(kept && kept.length < (files?.length ?? 0) ? { files: totalsOf(files ?? [], kept) } : {}),
    ...(flaky && flaky.length > mostFlaky ? { flaky: flaky.length - mostFlaky } : {}),
  }
  return {
    ...{ ...result, tests, exchanges },
    ...(kept ? { files: kept } : {}),
    ...(flaky ? { flaky: flaky.slice(0, mostFlaky) } : {}),
    ...(Object.keys(omitted).length > 0 ? { omitted } : {}),
  }
}

function boundedVerdict(verdict: Verdict): Verdict {
  if (verdict.is !== 'fail' || verdict.findings.length <= mostKinds) return verdict
  const byNumber = [...verdict.findings].sort((a, b) => b.times - a.times)
  const left = new Set(byNumber.slice(mostKinds))
  const [first = verdict.findings[0], ...rest] = verdict.findings.filter((it) => !left.has(it))
  const times = [...left].reduce((sum, it) => sum + it.times, 0)
  return { is: 'fail', findings: [first, ...rest], omitted: { kinds: left.size, times } }
}

/** As many exchanges as there is room for, in their order: first those that the tests need. */
function keptExchanges(
  all: readonly Exchange[],
  priority: readonly number[],
): { readonly kept: readonly Exchange[]; readonly left: number } {
  let room = roomForExchanges
  const kept = new Map<number, Exchange>()
  for (const it of inOrderOfNeed(all, priority)) {
    if (kept.has(it.number)) continue
    const short = withShortBody(it)
    room -= sizeOf(short)
    if (room < 0) break
    kept.set(it.number, short)
  }
  return { kept: [...kept.values()].sort((a, b) => a.number - b.number), left: all.length - kept.size }
}

function* inOrderOfNeed(all: readonly Exchange[], priority: readonly number[]): Generator<Exchange> {
  for (const number of priority) {
    const found = findExchange(all, number)
    if (found) yield found
  }
  yield* all
}

/** About the length of an exchange in `results.json`, which is laid out over lines. */
function sizeOf(exchange: Exchange): number {
  const fields = exchange.request.headers.length + (exchange.response?.headers.length ?? 0)
  return JSON.stringify(exchange).length + 60 * fields + 400
}

function withShortBody(exchange: Exchange): Exchange {
  const { response } = exchange
  if (!response?.body || (!response.rows && response.body.length <= longestBody)) return exchange
  const { rows: _, body, ...rest } = response
  if (body.length <= longestBody) return { ...exchange, response: { ...rest, body } }
  const cut = { body: body.slice(0, bodyStart), bodyEnd: rest.bodyEnd ?? body.slice(-bodyEnd) }
  return { ...exchange, response: { ...rest, ...cut } }
}

/** The files that findings name, and the first ones. */
function keptFiles(files: readonly ResultFile[], priority: readonly number[]): readonly ResultFile[] {
  if (files.length <= mostFiles) return files
  const kept = new Set(priority.slice(0, mostFiles / 2))
  let others = mostFiles - kept.size
  return files.filter(({ exchange }) => kept.has(exchange) || others-- > 0)
}

function totalsOf(
  files: readonly ResultFile[],
  without: readonly ResultFile[],
): NonNullable<OmittedFromResult['files']> {
  const kept = new Set(without)
  const totals = { number: 0, bytes: 0, lines: 0 }
  const resources = new Map<string, number>()
  for (const it of files) {
    if (kept.has(it)) continue
    totals.number += 1
    totals.bytes += it.bytes
    totals.lines += it.lines
    for (const [type, number] of Object.entries(it.resources))
      resources.set(type, (resources.get(type) ?? 0) + number)
  }
  return { ...totals, resources: Object.fromEntries(resources) }
}
