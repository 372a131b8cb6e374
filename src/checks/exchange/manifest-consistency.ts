import { type Exchange, header } from '../../model/http/exchange.ts'
import {
  type Judgement,
  combineJudgements,
  neverArose,
  satisfied,
  displayValue,
  undecided,
  violated,
} from '../../model/judgement.ts'
import type { Evidence, ExportEvidence } from '../../model/evidence.ts'
import { unreadableBecause } from './manifest.ts'
import { bodyMember, itemRuns } from './response-body.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { parseInstant } from '../../model/fhir/instants.ts'
import { parseHttpDate } from '../../model/http/http-date.ts'
import { isThrottled } from '../../model/http/status.ts'
import { isJsonObject } from '../../model/json.ts'
import { isAbsoluteUrl } from '../../model/http/url.ts'
import { objectParams, noParams, textParam } from '../params.ts'

const requestPlace = (exchange: Exchange) => ({ exchange: exchange.number, part: { pointer: '/request' } })

const requestIsKickoff = exchangeCheck<true>({
  name: 'request-is-kickoff',
  states:
    '`request` of the manifest is the URL of the kick-off request. Encoding and the order of parameters do not matter; another scheme or host is inconclusive.',
  params: noParams,
  judge(exchange, _, { evidence, exports }) {
    const request = bodyMember(exchange, 'request')
    if (typeof request !== 'string') return neverArose('the manifest has no string `request`')
    if (evidence.probe !== 'export' || !('kickoff' in evidence.export))
      return undecided('there is no kick-off request to compare with')
    const recorded = evidence.export.kickoff.request.url
    // Equal requests may have one job, which one of them started.
    const jobs = exports.filter((it) => it !== evidence && sharesJob(it, evidence))
    const wrong = (message: string) =>
      violated({ message, expected: recorded, actual: displayValue(request), where: requestPlace(exchange) })
    if (!isAbsoluteUrl(request)) return wrong('`request` of the manifest is not an absolute URL.')
    const candidates = [recorded, evidence.sent.url, ...jobs.map(({ sent }) => sent.url)].map(normalized)
    // Another test is about parameters that were not in the URL.
    const isPosted = evidence.sent.method === 'POST'
    const given = normalized(isPosted ? (request.split('?')[0] ?? '') : request)
    if (candidates.some((it) => same(given, it))) return satisfied
    // Behind a proxy a server can see another scheme, host and prefix than its client.
    const operation = (it: NormalizedUrl) =>
      it.path.slice(it.path.search(/\/(Patient\/|Group\/[^/]+\/)?\$export$/))
    if (
      candidates.some(
        (it) => given.origin !== it.origin && operation(given) === operation(it) && sameQuery(given, it),
      )
    )
      return undecided(
        '`request` of the manifest differs from the kick-off request in scheme, host or prefix, as behind a proxy',
      )
    return wrong('`request` of the manifest is not the URL of the kick-off request.')
  },
})

/** Whether two kick-off requests were answered with one polling location. */
export function sharesJob({ export: a }: ExportEvidence, { export: b }: ExportEvidence): boolean {
  return 'statusUrl' in a && 'statusUrl' in b && a.statusUrl === b.statusUrl
}

interface NormalizedUrl {
  readonly origin: string
  readonly path: string
  readonly query: readonly string[]
}

function normalized(url: string): NormalizedUrl {
  const it = new URL(url)
  // A plus sign that is not encoded can be read as a space; both are accepted.
  const query = it.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '')
    .map((part) => decoded(part).replace(/\+/g, ' '))
  return { origin: it.origin, path: decoded(it.pathname), query: query.sort() }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    // Not percent-encoded: compared as it is.
    return value
  }
}

function same(a: NormalizedUrl, b: NormalizedUrl): boolean {
  return a.origin === b.origin && alike(a.path, b.path) && sameQuery(a, b)
}

function sameQuery(a: NormalizedUrl, b: NormalizedUrl): boolean {
  return a.query.length === b.query.length && a.query.every((it, at) => alike(it, b.query[at] ?? ''))
}

// Either side may be masked, with x in place of each letter or digit.
function alike(a: string, b: string): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  return [...a].every(
    (it, at) =>
      it === b[at] ||
      (it === 'x' && /[\p{L}\p{N}]/u.test(b[at] ?? '')) ||
      (b[at] === 'x' && /[\p{L}\p{N}]/u.test(it)),
  )
}

const requestWithoutParameters = exchangeCheck<true>({
  name: 'request-without-parameters',
  states: '`request` of the manifest has no query.',
  params: noParams,
  judge(exchange) {
    const request = bodyMember(exchange, 'request')
    if (typeof request !== 'string') return neverArose('the manifest has no string `request`')
    if (!request.includes('?')) return satisfied
    return violated({
      message: '`request` of the manifest has a query.',
      expected: 'the URL of the operation without a query',
      actual: displayValue(request),
      where: requestPlace(exchange),
    })
  },
})

const toleranceMs = 60_000

const transactionTimeInWindow = exchangeCheck<true>({
  name: 'transaction-time-in-window',
  states:
    '`transactionTime` is between kick-off and completion by the clock of the server, with a tolerance of one minute. An earlier time is inconclusive, because a server may export a snapshot.',
  params: noParams,
  judge(exchange, _, { evidence, exports }) {
    const unreadable = unreadableBecause(exchange)
    if (unreadable) return unreadable
    const value = bodyMember(exchange, 'transactionTime')
    const time = parseInstant(value)
    if (time === undefined) return undecided('`transactionTime` of the manifest is not an instant')
    if (evidence.probe !== 'export' || !('kickoff' in evidence.export))
      return undecided('there is no kick-off request to compare with')
    const jobs = [evidence, ...exports.filter((it) => sharesJob(it, evidence))]
    const from = Math.min(...jobs.map(({ export: it }) => ('kickoff' in it ? sentAt(it.kickoff) : Infinity)))
    const to = dateOf(exchange)
    if (time >= from - toleranceMs && time <= to + toleranceMs) return satisfied
    // A server that exports a mirror can promise completeness only up to the time of the mirror.
    if (time < from)
      return undecided(
        '`transactionTime` lies before the kick-off, which is allowed only if the server exports a snapshot of that time',
      )
    return violated({
      message: '`transactionTime` is after the completion of the export.',
      expected: `an instant from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`,
      actual: displayValue(value),
      where: { exchange: exchange.number, part: { pointer: '/transactionTime' } },
    })
  },
})

function sentAt(kickoff: Exchange): number {
  return dateOf(kickoff) - kickoff.durationMs
}

function dateOf(exchange: Exchange): number {
  const date = header(exchange.response?.headers ?? [], 'Date')
  const received = Date.parse(exchange.startedAt) + exchange.durationMs
  return (date === undefined ? undefined : parseHttpDate(date, received)) ?? received
}

const sameManifest = exchangeCheck<readonly ('transactionTime' | 'files')[]>({
  name: 'same-manifest',
  states:
    'A second status request returns the same manifest: the same `transactionTime`, or the same number and types of files.',
  params: {
    type: 'array',
    minItems: 1,
    items: { enum: ['transactionTime', 'files'] },
    description: 'What is compared. bulkcheck does not compare URLs, because a server may sign them again.',
  },
  judge(exchange, compared, { evidence }) {
    const first = completionOf(evidence)
    if (!first) return undecided('there is no manifest to compare with')
    const status = exchange.response?.status
    if (isThrottled(status)) return undecided(`the second status request was throttled with ${status}`)
    return combineJudgements(
      compared.map((it) => (it === 'files' ? sameFiles(first, exchange) : sameTime(first, exchange))),
    )
  },
})

function completionOf(evidence: Evidence): Exchange | undefined {
  return evidence.probe === 'export' && 'completion' in evidence.export
    ? evidence.export.completion
    : undefined
}

function sameTime(first: Exchange, again: Exchange): Judgement {
  const [before, after] = [bodyMember(first, 'transactionTime'), bodyMember(again, 'transactionTime')]
  if (before === undefined) return undecided('the manifest has no `transactionTime`')
  if (after === undefined) return undecided('the second status response has no `transactionTime`')
  if (
    before === after ||
    (parseInstant(before) !== undefined && parseInstant(before) === parseInstant(after))
  )
    return satisfied
  return violated({
    message: '`transactionTime` changes from one status response to the next.',
    expected: displayValue(before),
    actual: displayValue(after),
    where: { exchange: again.number, part: { pointer: '/transactionTime' } },
  })
}

function sameFiles(first: Exchange, again: Exchange): Judgement {
  const [before, after] = [filesOf(first), filesOf(again)]
  if (before.size === after.size && [...before].every(([it, times]) => after.get(it) === times))
    return satisfied
  return violated({
    message: 'The manifest of the second status response lists other files.',
    expected: summary(before),
    actual:
      after.size > 0 || Array.isArray(bodyMember(again, 'output'))
        ? summary(after)
        : `status ${again.response?.status ?? 'absent'}, no \`output\``,
    where: { exchange: again.number },
  })
}

/** How many files there are of each list and type. */
function filesOf(exchange: Exchange): ReadonlyMap<string, number> {
  const files = new Map<string, number>()
  for (const name of ['output', 'deleted', 'error', 'outcome'])
    for (const { item, times } of itemRuns(exchange, name) ?? []) {
      const file = `${name} ${isJsonObject(item) ? displayValue(item.type) : ''}`
      files.set(file, (files.get(file) ?? 0) + times)
    }
  return files
}

function summary(files: ReadonlyMap<string, number>): string {
  if (files.size === 0) return 'no files'
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1))
  const all = sorted.flatMap(([it, times]) => Array.from({ length: times }, () => it))
  return displayValue(`${all.length} files: ${all.join(', ')}`)
}

const anotherPollingLocation = exchangeCheck<{ readonly than: string }>({
  name: 'another-polling-location',
  states: 'The kick-off response names a polling location that differs from that of the other export.',
  params: objectParams({ than: { ...textParam, description: 'The polling location of the other export.' } }, [
    'than',
  ]),
  judge(exchange, { than }, { evidence }) {
    if (evidence.probe !== 'export' || !('statusUrl' in evidence.export))
      return undecided('the export has no polling location')
    if (evidence.export.statusUrl !== than) return satisfied
    return violated({
      message: 'Two exports have the same polling location.',
      expected: 'a polling location of its own for each export',
      actual: 'the same polling location',
      where: { exchange: exchange.number, part: { header: 'Content-Location' } },
    })
  },
})

/** Checks that compare a manifest or a kick-off response with other exchanges of the run. */
export const manifestConsistencyChecks: readonly Check[] = [
  requestIsKickoff,
  requestWithoutParameters,
  transactionTimeInWindow,
  sameManifest,
  anotherPollingLocation,
]
