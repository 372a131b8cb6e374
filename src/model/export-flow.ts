import { type Exchange, type HeaderList, type OutputFile, header } from './evidence.ts'
import type { Accepted, Completed, Export, Intent, ManifestItem } from './export.ts'
import { readManifest } from './manifest.ts'
import { parseRetryAfter } from './retry-after.ts'
import { shareOf } from './shard.ts'
import type { Limits } from './target.ts'
import { resolveUrl } from './url.ts'

/** The one thing to do next. Pauses are in milliseconds. */
export type Action =
  | { readonly do: 'kick-off' }
  | { readonly do: 'poll'; readonly url: string; readonly afterMs: number }
  | { readonly do: 'ask-again'; readonly url: string }
  | { readonly do: 'download'; readonly item: ManifestItem; readonly number: number }
  | { readonly do: 'delete'; readonly url: string }
  | { readonly do: 'delete-again'; readonly url: string }
  | { readonly do: 'poll-deleted'; readonly url: string; readonly afterMs: number }

/** What an action brought: the exchange as recorded, and what is live of it, which is never printed. */
export interface Brought {
  readonly exchange: Exchange
  /** URL of the last hop. */
  readonly url: string
  readonly headers?: HeaderList
  readonly body?: string
  readonly file?: OutputFile
  /** Milliseconds since 1970 when it had come. */
  readonly at: number
}

/** An export under way and what its client has to remember besides the evidence. */
export interface Flow {
  readonly it: Export
  readonly intent: Intent
  readonly limits: Limits
  /** Until when it has to be complete. */
  readonly deadline: number
  /** How long to wait before the next status request. */
  readonly pauseMs: number
  /** The last pause that the server had not asked for. */
  readonly backOffMs: number
  /** Status requests without any response, in a row. */
  readonly unanswered: number
  /** Until when a deleted export may still be there; set by the deletion. */
  readonly goneBy: number
  readonly now: number
}

const longestBackOffMs = 60_000
const mostPolls = 2_000
const mostUnanswered = 3
const transientIssues = new Set(['transient', 'lock-error', 'no-store', 'timeout', 'incomplete', 'throttled'])

/** An export that has not been asked for yet. */
export function begin(intent: Intent, limits: Limits, now: number): Flow {
  const deadline = now + limits.exportTimeoutMs
  const it: Export = { state: 'requested' }
  return { it, intent, limits, deadline, pauseMs: 0, backOffMs: 0, unanswered: 0, goneBy: 0, now }
}

/** Decides the next action; `undefined`: nothing is left to do. */
export function next(flow: Flow): Action | undefined {
  const { it, intent } = flow
  switch (it.state) {
    case 'requested':
      return { do: 'kick-off' }
    case 'in-progress':
      return nextInProgress(flow, it)
    case 'complete':
      return nextComplete(intent, it)
    case 'deleted':
      if (intent.delete === 'twice' && !it.secondDeletion) return { do: 'delete-again', url: it.statusUrl }
      return nextDeleted(flow, it)
    default:
      return undefined
  }
}

function nextInProgress(flow: Flow, it: Accepted): Action | undefined {
  const { intent } = flow
  if (intent.delete === 'running' || intent.delete === 'twice') return { do: 'delete', url: it.statusUrl }
  if (intent.polling !== 'polite' && it.polls.length < intent.polling.burst)
    return { do: 'poll', url: it.statusUrl, afterMs: 0 }
  if (intent.upTo === 'kickoff' && !intent.delete) return undefined
  return { do: 'poll', url: it.statusUrl, afterMs: flow.pauseMs }
}

function nextComplete(intent: Intent, it: Completed): Action | undefined {
  if (intent.again && !it.completionAgain) return { do: 'ask-again', url: it.statusUrl }
  const { items } = it.manifest
  const number = intent.share ? [...shareOf(items, intent.share)][it.files.length] : it.files.length
  const item = number === undefined ? undefined : items[number]
  if (intent.upTo === 'files' && item && number !== undefined) return { do: 'download', item, number }
  return intent.delete === 'complete' ? { do: 'delete', url: it.statusUrl } : undefined
}

function nextDeleted(flow: Flow, it: Extract<Export, { state: 'deleted' }>): Action | undefined {
  const last = it.afterDeletion.at(-1)
  if (!last) return succeeded(it.deletion) ? { do: 'poll-deleted', url: it.statusUrl, afterMs: 0 } : undefined
  const left = flow.goneBy - flow.now
  if (last.response?.status === 404 || left <= 0 || it.afterDeletion.length > mostUnanswered * 20)
    return undefined
  return { do: 'poll-deleted', url: it.statusUrl, afterMs: Math.min(1_000, left) }
}

/** Takes in what an action brought. */
export function observe(flow: Flow, action: Action, brought: Brought): Flow {
  const { it } = flow
  const { exchange, at: now } = brought
  switch (it.state) {
    case 'requested':
      return observeKickoff({ ...flow, now }, brought)
    case 'in-progress':
      if (action.do === 'delete') return deleted({ ...flow, now }, it, exchange)
      return observePoll({ ...flow, now }, it, brought)
    case 'complete':
      if (action.do === 'delete') return deleted({ ...flow, now }, it, exchange)
      if (action.do === 'ask-again') return { ...flow, now, it: { ...it, completionAgain: exchange } }
      return brought.file ? { ...flow, now, it: { ...it, files: [...it.files, brought.file] } } : flow
    case 'deleted':
      if (action.do === 'delete-again') return { ...flow, now, it: { ...it, secondDeletion: exchange } }
      return { ...flow, now, it: { ...it, afterDeletion: [...it.afterDeletion, exchange] } }
    default:
      return flow
  }
}

function observeKickoff(flow: Flow, brought: Brought): Flow {
  const { exchange, headers = [] } = brought
  const status = exchange.response?.status ?? 0
  const named =
    header(headers, 'content-location') ?? (status === 202 ? header(headers, 'location') : undefined)
  const statusUrl =
    status === 200 || status === 201 || status === 202 ? named && resolveUrl(named, brought.url) : undefined
  if (!statusUrl) return { ...flow, it: { state: 'refused', kickoff: exchange } }
  return wait({ ...flow, it: { state: 'in-progress', kickoff: exchange, statusUrl, polls: [] } }, brought)
}

function observePoll(flow: Flow, it: Accepted, brought: Brought): Flow {
  const { exchange, body } = brought
  const accepted = { kickoff: it.kickoff, statusUrl: it.statusUrl, polls: [...it.polls, exchange] }
  const status = exchange.response?.status
  if (status === undefined) {
    const passing =
      exchange.silence === 'reset' || exchange.silence === 'timeout' || exchange.silence === 'refused'
    if (!passing || flow.unanswered + 1 >= mostUnanswered)
      return { ...flow, it: { state: 'failed', completion: exchange, ...accepted } }
    return wait(
      { ...flow, unanswered: flow.unanswered + 1, it: { state: 'in-progress', ...accepted } },
      brought,
    )
  }
  const value = status >= 200 && status < 300 ? object(body) : undefined
  // 202 is not alone in saying "not yet": another 2XX without a manifest is the server's mistake, and no end.
  if (status === 202 || (status > 200 && status < 300 && !value) || isThrottled(status, brought))
    return wait({ ...flow, unanswered: 0, it: { state: 'in-progress', ...accepted } }, brought)
  if (value && 'resourceType' in value && value.resourceType === 'OperationOutcome' && !('output' in value))
    return { ...flow, it: { state: 'failed', completion: exchange, ...accepted } }
  if (!value) return { ...flow, it: { state: 'failed', completion: exchange, ...accepted } }
  const manifest = readManifest(value, brought.url, flow.limits.manifestEntries)
  return { ...flow, it: { state: 'complete', completion: exchange, ...accepted, manifest, files: [] } }
}

/** Decides how long to wait before the next status request, or that waiting is of no use. */
function wait(flow: Flow, brought: Brought): Flow {
  const { it, limits, intent } = flow
  if (it.state !== 'in-progress') return flow
  const { retryAfterCapMs = Number.MAX_SAFE_INTEGER } = limits
  const { headers = [] } = brought
  const field = header(headers, 'retry-after')
  const asked = field === undefined ? undefined : parseRetryAfter(field, brought.at, header(headers, 'date'))
  const backOffMs = Math.min(longestBackOffMs, Math.max(limits.pollFloorMs, flow.backOffMs * 2))
  const pauseMs =
    asked === undefined ? backOffMs : Math.max(limits.pollFloorMs, Math.min(asked, retryAfterCapMs))
  const because = overdue(flow, it, pauseMs)
  if (because && intent.upTo !== 'kickoff' && intent.delete !== 'running' && intent.delete !== 'twice')
    return { ...flow, it: { ...it, state: 'overdue', because } }
  return { ...flow, pauseMs, backOffMs: asked === undefined ? backOffMs : 0 }
}

function overdue(flow: Flow, it: Accepted, pauseMs: number): string | undefined {
  const left = flow.deadline - flow.now
  if (it.polls.length >= mostPolls) return `it was still in progress after ${mostPolls} status requests`
  if (left <= 0) return `it was still in progress after ${seconds(flow.limits.exportTimeoutMs)}`
  if (pauseMs <= left) return undefined
  return `the next status request was due in ${seconds(pauseMs)}, and the time limit for an export in ${seconds(left)}`
}

function deleted(flow: Flow, it: Accepted | Completed, deletion: Exchange): Flow {
  const { kickoff, statusUrl, polls } = it
  const done = 'manifest' in it ? { completion: it.completion, manifest: it.manifest, files: it.files } : {}
  return {
    ...flow,
    goneBy: flow.now + flow.limits.deletionGraceMs,
    it: { state: 'deleted', kickoff, statusUrl, polls, ...done, deletion, afterDeletion: [] },
  }
}

/** Whether a response asks its client to come again later: 429, or a 5XX that says that it will pass. */
function isThrottled(status: number, { headers = [], body }: Brought): boolean {
  if (status === 429) return true
  if (status < 500) return false
  if (status === 503 && header(headers, 'retry-after') !== undefined) return true
  const issues: unknown = (object(body) as { issue?: unknown } | undefined)?.issue
  return (
    Array.isArray(issues) &&
    issues.some((it) => transientIssues.has((it as { code?: string } | null)?.code ?? ''))
  )
}

function object(body: string | undefined): object | undefined {
  if (body === undefined) return undefined
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    // What is no JSON is no manifest; the checks look at the body itself.
    return undefined
  }
}

function succeeded(exchange: Exchange): boolean {
  const status = exchange.response?.status ?? 0
  return status >= 200 && status < 300
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`
}
