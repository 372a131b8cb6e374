import {
  type Exchange,
  type HeaderList,
  type OutputFile,
  header,
  isConnectionLost,
} from '../http/exchange.ts'
import { asksToRetry, isSuccess } from '../http/status.ts'
import { parseJsonObject } from '../json.ts'
import type {
  AcceptedExport,
  CompletedExport,
  Export,
  ExportIntent,
  ManifestItem,
  OverdueCause,
} from './export.ts'
import { jobStatus } from './job-status.ts'
import { earlyFileOf, type ListedFile } from './early-file.ts'
import { readManifest, withPage } from './manifest.ts'
import { pollingInterval } from './polling-interval.ts'
import { retryAfterMs } from '../http/retry-after.ts'
import { filesOfShard } from './shard.ts'
import type { Limits } from '../target.ts'
import { resolveUrl } from '../http/url.ts'
import type { WireFormat } from './wire-format.ts'

/** The next action of an export. Pauses are in milliseconds. */
export type ExportAction =
  | { readonly do: 'kick-off' }
  | { readonly do: 'poll'; readonly url: string; readonly afterMs: number }
  | { readonly do: 'ask-again'; readonly url: string }
  | { readonly do: 'download'; readonly item: ManifestItem; readonly number: number }
  | ({ readonly do: 'download-early' } & ListedFile)
  | { readonly do: 'next-page'; readonly url: string; readonly afterMs: number }
  | { readonly do: 'delete'; readonly url: string }
  | { readonly do: 'delete-again'; readonly url: string }
  | { readonly do: 'poll-deleted'; readonly url: string; readonly afterMs: number }

/** The result of an action: the exchange as recorded, and the unmasked response, which is never printed. */
export interface ActionOutcome {
  readonly exchange: Exchange
  /** URL of the last hop. */
  readonly url: string
  readonly headers?: HeaderList
  readonly body?: string
  readonly file?: OutputFile
  /** Time of arrival, in milliseconds since 1970. */
  readonly at: number
}

/** An export in progress, and the state of its client besides the evidence. Times are in milliseconds since 1970. */
export interface ExportFlow {
  readonly export: Export
  readonly intent: ExportIntent
  readonly limits: Limits
  /** The list of files with messages in its manifest. */
  readonly messages: WireFormat['messages']
  /** Time by which the export must be complete. */
  readonly deadline: number
  /** Wait before the next status request, in milliseconds. */
  readonly pauseMs: number
  /** The last pause that the harness chose itself; 0 after a Retry-After. */
  readonly backOffMs: number
  /** Number of consecutive status requests without a response. */
  readonly unanswered: number
  /** Time until which a deleted export may still exist; set by the deletion. */
  readonly goneBy: number
  /** A file that is downloaded before the next status request. */
  readonly early?: ListedFile
  readonly now: number
}

const maxPolls = 2_000
const maxPages = 1_000
const maxUnanswered = 3

/** An export before its kick-off request. */
export function beginExport(
  intent: ExportIntent,
  limits: Limits,
  now: number,
  messages: WireFormat['messages'] = 'error',
): ExportFlow {
  const deadline = now + limits.exportTimeoutMs
  const it: Export = { state: 'requested' }
  return {
    ...{ export: it, intent, limits, messages, deadline },
    ...{ pauseMs: 0, backOffMs: 0, unanswered: 0, goneBy: 0, now },
  }
}

/** The next action; `undefined` if the export has ended. */
export function nextAction(flow: ExportFlow): ExportAction | undefined {
  const { export: it, intent } = flow
  switch (it.state) {
    case 'requested':
      return { do: 'kick-off' }
    case 'in-progress':
      return nextWhileInProgress(flow, it)
    case 'complete':
      return nextWhenComplete(flow, it)
    case 'deleted':
      if (intent.delete === 'twice' && !it.secondDeletion) return { do: 'delete-again', url: it.statusUrl }
      return nextWhenDeleted(flow, it)
    default:
      return undefined
  }
}

function nextWhileInProgress(flow: ExportFlow, it: AcceptedExport): ExportAction | undefined {
  const { intent, early } = flow
  if (early) return { do: 'download-early', ...early }
  if (intent.delete === 'running' || intent.delete === 'twice') return { do: 'delete', url: it.statusUrl }
  if (intent.polling !== 'polite' && it.polls.length < intent.polling.burst)
    return { do: 'poll', url: it.statusUrl, afterMs: 0 }
  if (intent.upTo === 'kickoff' && !intent.delete) return undefined
  return { do: 'poll', url: it.statusUrl, afterMs: flow.pauseMs }
}

function nextWhenComplete({ intent, pauseMs }: ExportFlow, it: CompletedExport): ExportAction | undefined {
  if (intent.again && !it.completionAgain) return { do: 'ask-again', url: it.statusUrl }
  const { items, next } = it.manifest
  if (next !== undefined && next !== it.statusUrl) return { do: 'next-page', url: next, afterMs: pauseMs }
  const number = intent.share ? [...filesOfShard(items, intent.share)][it.files.length] : it.files.length
  const item = number === undefined ? undefined : items[number]
  if (intent.upTo === 'files' && item && number !== undefined) return { do: 'download', item, number }
  return intent.delete === 'complete' ? { do: 'delete', url: it.statusUrl } : undefined
}

function nextWhenDeleted(
  flow: ExportFlow,
  it: Extract<Export, { state: 'deleted' }>,
): ExportAction | undefined {
  const last = it.afterDeletion.at(-1)
  const accepted = isSuccess(it.deletion.response?.status)
  if (!last)
    // A 404 is right only if the job is not there, which one status request shows.
    return accepted || it.deletion.response?.status === 404
      ? { do: 'poll-deleted', url: it.statusUrl, afterMs: 0 }
      : undefined
  const left = flow.goneBy - flow.now
  if (!accepted || last.response?.status === 404 || left <= 0 || it.afterDeletion.length > maxUnanswered * 20)
    return undefined
  return { do: 'poll-deleted', url: it.statusUrl, afterMs: Math.min(1_000, left) }
}

/** The export after the result of an action. */
export function applyOutcome(flow: ExportFlow, action: ExportAction, brought: ActionOutcome): ExportFlow {
  const { export: it } = flow
  const { exchange, at: now } = brought
  switch (it.state) {
    case 'requested':
      return applyKickoff({ ...flow, now }, brought)
    case 'in-progress':
      if (action.do === 'download-early') return afterEarlyFile({ ...flow, now }, it, brought)
      if (action.do === 'delete') return afterDelete({ ...flow, now }, it, exchange)
      return applyPoll({ ...flow, now }, it, brought)
    case 'complete':
      if (action.do === 'delete') return afterDelete({ ...flow, now }, it, exchange)
      if (action.do === 'ask-again') return { ...flow, now, export: { ...it, completionAgain: exchange } }
      if (action.do === 'next-page') return applyPage({ ...flow, now }, it, brought)
      return brought.file ? { ...flow, now, export: { ...it, files: [...it.files, brought.file] } } : flow
    case 'deleted':
      if (action.do === 'delete-again') return { ...flow, now, export: { ...it, secondDeletion: exchange } }
      return { ...flow, now, export: { ...it, afterDeletion: [...it.afterDeletion, exchange] } }
    default:
      return flow
  }
}

function applyKickoff(flow: ExportFlow, brought: ActionOutcome): ExportFlow {
  const { exchange, headers = [] } = brought
  const status = exchange.response?.status ?? 0
  const named =
    header(headers, 'content-location') ?? (status === 202 ? header(headers, 'location') : undefined)
  const statusUrl =
    status === 200 || status === 201 || status === 202 ? named && resolveUrl(named, brought.url) : undefined
  if (!statusUrl) return { ...flow, export: { state: 'refused', kickoff: exchange } }
  return schedulePoll(
    { ...flow, export: { state: 'in-progress', kickoff: exchange, statusUrl, polls: [] } },
    brought,
  )
}

function applyPoll(flow: ExportFlow, it: AcceptedExport, brought: ActionOutcome): ExportFlow {
  const { exchange, headers = [] } = brought
  const body = parseJsonObject(brought.body)
  const { earlyFiles } = it
  const accepted = {
    ...{ kickoff: it.kickoff, statusUrl: it.statusUrl, polls: [...it.polls, exchange] },
    ...(earlyFiles ? { earlyFiles } : {}),
  }
  const answered = exchange.response?.status
  const status = jobStatus(answered, headers)
  if (status === undefined) {
    const passing =
      isConnectionLost(exchange.networkError) ||
      exchange.networkError === 'timeout' ||
      exchange.networkError === 'refused'
    if (!passing || flow.unanswered + 1 >= maxUnanswered)
      return { ...flow, export: { state: 'failed', completion: exchange, ...accepted } }
    return schedulePoll(
      { ...flow, unanswered: flow.unanswered + 1, export: { state: 'in-progress', ...accepted } },
      brought,
    )
  }
  const value = isSuccess(status) ? body : undefined
  // Another 2XX than 202 without a manifest is a mistake of the server, but does not end the export.
  if (
    status === 202 ||
    (status > 200 && isSuccess(status) && !value) ||
    (status === answered && asksToRetry(status, headers, body))
  ) {
    const running = { ...flow, unanswered: 0, export: { state: 'in-progress', ...accepted } } as const
    const early = earlyFileOf(running, value && readManifest(value, brought.url, manifestOptions(flow)))
    return schedulePoll(early ? { ...running, early } : running, brought)
  }
  if (value && 'resourceType' in value && value.resourceType === 'OperationOutcome' && !('output' in value))
    return { ...flow, export: { state: 'failed', completion: exchange, ...accepted } }
  if (!value) {
    const meant = status === 200 ? { malformedManifest: true as const } : {}
    return { ...flow, export: { state: 'failed', completion: exchange, ...meant, ...accepted } }
  }
  const manifest = readManifest(value, brought.url, manifestOptions(flow))
  return { ...flow, export: { state: 'complete', completion: exchange, ...accepted, manifest, files: [] } }
}

function afterEarlyFile(flow: ExportFlow, it: AcceptedExport, { file }: ActionOutcome): ExportFlow {
  const { early, ...rest } = flow
  if (!early || !file) return rest
  const earlyFiles = [...(it.earlyFiles ?? []), { url: early.item.url, file }]
  return { ...rest, export: { state: 'in-progress', ...it, earlyFiles } }
}

function applyPage(flow: ExportFlow, it: CompletedExport, brought: ActionOutcome): ExportFlow {
  const { exchange, headers = [] } = brought
  const body = parseJsonObject(brought.body)
  const pages = [...(it.pages ?? []), exchange]
  const status = exchange.response?.status
  const mayCome = pages.length < maxPages && flow.now < flow.deadline
  if (status !== undefined && mayCome && asksToRetry(status, headers, body)) {
    const interval = pollingInterval(
      retryAfterMs(headers, brought.at, flow.limits.retryAfterCapMs),
      flow,
      flow.limits,
    )
    return { ...flow, ...interval, export: { state: 'complete', ...it, pages } }
  }
  const most = flow.limits.manifestEntries - it.manifest.items.length
  const page =
    body && isSuccess(status)
      ? readManifest(body, brought.url, { ...manifestOptions(flow), most })
      : undefined
  const pageUrls = [...(it.pageUrls ?? []), it.manifest.next ?? '']
  const manifest = withPage(it.manifest, mayCome ? page : undefined, [it.statusUrl, ...pageUrls])
  return { ...flow, pauseMs: 0, export: { state: 'complete', ...it, pages, pageUrls, manifest } }
}

/** Sets the wait before the next status request, or ends the export as overdue. */
function schedulePoll(flow: ExportFlow, brought: ActionOutcome): ExportFlow {
  const { export: it, limits, intent } = flow
  if (it.state !== 'in-progress') return flow
  const asked = retryAfterMs(brought.headers ?? [], brought.at, limits.retryAfterCapMs)
  const interval = pollingInterval(asked, flow, limits)
  const overdue = overdueCause(flow, it, interval.pauseMs)
  if (overdue && intent.upTo !== 'kickoff' && intent.delete !== 'running' && intent.delete !== 'twice')
    return { ...flow, export: { ...it, state: 'overdue', overdue } }
  return { ...flow, ...interval }
}

function overdueCause(flow: ExportFlow, it: AcceptedExport, pauseMs: number): OverdueCause | undefined {
  const left = flow.deadline - flow.now
  if (it.polls.length >= maxPolls) return { limit: 'polls', polls: maxPolls }
  if (left <= 0) return { limit: 'time', seconds: seconds(flow.limits.exportTimeoutMs) }
  // A status request after the limit shows whether the job is still in progress then.
  if (pauseMs <= left + flow.limits.exportTimeoutMs / 10) return undefined
  return { limit: 'retry-after', dueIn: seconds(pauseMs), left: seconds(left) }
}

function afterDelete(flow: ExportFlow, it: AcceptedExport | CompletedExport, deletion: Exchange): ExportFlow {
  const { kickoff, statusUrl, polls } = it
  const done = 'manifest' in it ? { completion: it.completion, manifest: it.manifest, files: it.files } : {}
  return {
    ...flow,
    goneBy: flow.now + flow.limits.deletionGraceMs,
    export: { state: 'deleted', kickoff, statusUrl, polls, ...done, deletion, afterDeletion: [] },
  }
}

function manifestOptions({ limits, messages }: ExportFlow) {
  return { most: limits.manifestEntries, messages }
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000)
}
