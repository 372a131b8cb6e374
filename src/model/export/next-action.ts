import {
  type Exchange,
  type HeaderList,
  type OutputFile,
  header,
  isConnectionLost,
} from '../http/exchange.ts'
import { asksToRetry, isSuccess } from '../http/status.ts'
import type {
  AcceptedExport,
  CompletedExport,
  Export,
  ExportIntent,
  Manifest,
  ManifestItem,
  OverdueCause,
} from './export.ts'
import { readManifest } from './manifest.ts'
import { pollingInterval } from './polling-interval.ts'
import { retryAfterMs } from '../http/retry-after.ts'
import { filesOfShard } from './shard.ts'
import type { Limits } from '../target.ts'
import { resolveUrl } from '../http/url.ts'

/** The next action of an export. Pauses are in milliseconds. */
export type ExportAction =
  | { readonly do: 'kick-off' }
  | { readonly do: 'poll'; readonly url: string; readonly afterMs: number }
  | { readonly do: 'ask-again'; readonly url: string }
  | { readonly do: 'download'; readonly item: ManifestItem; readonly number: number }
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
  /** The manifest, where the body was read as it came. */
  readonly manifest?: Manifest
  readonly file?: OutputFile
  /** Time of arrival, in milliseconds since 1970. */
  readonly at: number
}

/** An export in progress, and the state of its client besides the evidence. Times are in milliseconds since 1970. */
export interface ExportFlow {
  readonly export: Export
  readonly intent: ExportIntent
  readonly limits: Limits
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
  /** Positions of the files that this machine downloads, if others download the rest. */
  readonly positions?: readonly number[]
  /** What was downloaded; the export has it once nothing more will be. */
  readonly downloaded?: DownloadedFiles
  readonly now: number
}

/** Downloaded files, the last one and those before it: a list would be copied for every file. */
interface DownloadedFiles {
  readonly file: OutputFile
  readonly before: DownloadedFiles | undefined
  readonly count: number
}

const maxPolls = 2_000
const maxUnanswered = 3

/** An export before its kick-off request. */
export function beginExport(intent: ExportIntent, limits: Limits, now: number): ExportFlow {
  const deadline = now + limits.exportTimeoutMs
  const it: Export = { state: 'requested' }
  return { export: it, intent, limits, deadline, pauseMs: 0, backOffMs: 0, unanswered: 0, goneBy: 0, now }
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
  const { intent } = flow
  if (intent.delete === 'running' || intent.delete === 'twice') return { do: 'delete', url: it.statusUrl }
  if (intent.polling !== 'polite' && it.polls.length < intent.polling.burst)
    return { do: 'poll', url: it.statusUrl, afterMs: 0 }
  if (intent.upTo === 'kickoff' && !intent.delete) return undefined
  return { do: 'poll', url: it.statusUrl, afterMs: flow.pauseMs }
}

function nextWhenComplete(flow: ExportFlow, it: CompletedExport): ExportAction | undefined {
  const { intent } = flow
  if (intent.again && !it.completionAgain) return { do: 'ask-again', url: it.statusUrl }
  const { items } = it.manifest
  const done = flow.downloaded?.count ?? 0
  const number = flow.positions ? flow.positions[done] : done
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
      if (action.do === 'delete') return afterDelete({ ...flow, now }, it, exchange)
      return applyPoll({ ...flow, now }, it, brought)
    case 'complete':
      if (action.do === 'delete') return afterDelete({ ...flow, now }, it, exchange)
      if (action.do === 'ask-again') return { ...flow, now, export: { ...it, completionAgain: exchange } }
      return brought.file ? applyDownload({ ...flow, now }, it, brought.file) : flow
    case 'deleted':
      if (action.do === 'delete-again') return { ...flow, now, export: { ...it, secondDeletion: exchange } }
      return { ...flow, now, export: { ...it, afterDeletion: [...it.afterDeletion, exchange] } }
    default:
      return flow
  }
}

function applyDownload(flow: ExportFlow, it: CompletedExport, file: OutputFile): ExportFlow {
  const before = flow.downloaded
  const next = { ...flow, downloaded: { file, before, count: (before?.count ?? 0) + 1 } }
  return nextWhenComplete(next, it)?.do === 'download' ? next : { ...next, export: exportOf(next) }
}

/** The export of a flow, with all files that were downloaded so far. */
export function exportOf({ export: it, downloaded }: ExportFlow): Export {
  if (it.state !== 'complete' || !downloaded || it.files.length === downloaded.count) return it
  const files: OutputFile[] = []
  for (let last: DownloadedFiles | undefined = downloaded; last; last = last.before) files.push(last.file)
  return { ...it, files: files.reverse() }
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
  const body = object(brought.body)
  const accepted = { kickoff: it.kickoff, statusUrl: it.statusUrl, polls: [...it.polls, exchange] }
  const status = exchange.response?.status
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
  if (status === 202 || (status > 200 && isSuccess(status) && !value) || asksToRetry(status, headers, body))
    return schedulePoll({ ...flow, unanswered: 0, export: { state: 'in-progress', ...accepted } }, brought)
  if (value && 'resourceType' in value && value.resourceType === 'OperationOutcome' && !('output' in value))
    return { ...flow, export: { state: 'failed', completion: exchange, ...accepted } }
  if (!value) {
    const meant = status === 200 ? { malformedManifest: true as const } : {}
    return { ...flow, export: { state: 'failed', completion: exchange, ...meant, ...accepted } }
  }
  const manifest = brought.manifest ?? readManifest(value, brought.url, flow.limits.manifestEntries)
  return {
    ...flow,
    ...(flow.intent.share ? { positions: [...filesOfShard(manifest.items, flow.intent.share)] } : {}),
    export: { state: 'complete', completion: exchange, ...accepted, manifest, files: [] },
  }
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

function object(body: string | undefined): object | undefined {
  if (body === undefined) return undefined
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    // A body that is not JSON is not a manifest; the checks read the body themselves.
    return undefined
  }
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000)
}
