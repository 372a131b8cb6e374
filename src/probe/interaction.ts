import type { WriteOutcome } from '../model/evidence.ts'
import { header } from '../model/http/exchange.ts'
import { retryAfterMs } from '../model/http/retry-after.ts'
import { resolveUrl } from '../model/http/url.ts'
import { parseJsonObject } from '../model/json.ts'
import type { RequestCredentials } from '../model/suite.ts'
import type { ProbeContext } from './context.ts'
import { requestStatus, type StatusRequest } from './export/status-request.ts'
import type { HttpResponse } from './http-client.ts'

/** The outcome of a write: an asynchronous one is followed to its end, as long as an export is. */
export async function writeOutcome(
  context: ProbeContext,
  response: HttpResponse,
  as: RequestCredentials,
): Promise<WriteOutcome> {
  const statusUrl = pollingLocationOf(response)
  if (statusUrl === undefined) return outcomeOf(context, response)
  const { clock, target } = context
  const last = await followToEnd(context, { url: statusUrl, as }, clock.now() + target.limits.exportTimeoutMs)
  return last ? outcomeOf(context, last) : { exchange: response.exchange }
}

/** The polling location of a write that was accepted. */
export function pollingLocationOf({ status, headers = [], url }: HttpResponse): string | undefined {
  const named = status === 202 ? header(headers, 'content-location') : undefined
  return named === undefined ? undefined : resolveUrl(named, url)
}

/** What an asynchronous write that was not followed to its end has created, asked for until `endsAt`, also after an abort. */
export async function lateOutcome(
  { signal: _, ...context }: ProbeContext,
  status: StatusRequest,
  endsAt: number,
): Promise<WriteOutcome | undefined> {
  const last = await followToEnd(context, status, endsAt)
  return last && outcomeOf(context, last)
}

async function followToEnd(
  context: ProbeContext,
  status: StatusRequest,
  endsAt: number,
): Promise<HttpResponse | undefined> {
  const { clock, target, signal } = context
  const { pollFloorMs, retryAfterCapMs } = target.limits
  let last: HttpResponse | undefined
  while (!signal?.aborted && clock.now() <= endsAt) {
    last = await requestStatus(context, status)
    if (last.status !== 202) return last
    const asked = retryAfterMs(last.headers ?? [], clock.now(), retryAfterCapMs) ?? 0
    await clock.sleep(Math.max(asked, pollFloorMs), signal)
  }
  return last
}

/** The response to a synchronous write, or the Bundle of an asynchronous one with its single response. */
function outcomeOf(context: ProbeContext, response: HttpResponse): WriteOutcome {
  const { exchange, status, body } = response
  const [entry] = bundleEntriesOf(body)
  const isBundle = status === 200 && entry !== undefined
  const ended = isBundle ? Number.parseInt(entry.status, 10) || undefined : status
  const named = isBundle && ended === 201 ? entry.location : undefined
  const created = named === undefined ? createdUrlOf(context, response) : resourceUrl(context, named)
  return {
    exchange,
    ...(ended === undefined || ended === 202 ? {} : { status: ended }),
    ...(created === undefined ? {} : { created }),
  }
}

/** The URL of the resource that a synchronous write created. */
export function createdUrlOf(
  context: ProbeContext,
  { status, headers = [] }: HttpResponse,
): string | undefined {
  const named = status === 201 ? header(headers, 'location') : undefined
  return named === undefined ? undefined : resourceUrl(context, named)
}

function bundleEntriesOf(body: string | undefined): readonly { status: string; location?: string }[] {
  const { resourceType, entry } = parseJsonObject(body) ?? {}
  if (resourceType !== 'Bundle' || !Array.isArray(entry)) return []
  return entry.flatMap((it) => {
    const { status, location } = (it as { response?: Record<string, unknown> } | null)?.response ?? {}
    if (typeof status !== 'string') return []
    return [{ status, ...(typeof location === 'string' ? { location } : {}) }]
  })
}

/**
 * The URL of a Group of the FHIR base without its version; `undefined` if it is something else, or a Group of the operator: what a write created is
 * changed and deleted later, so a wrong location must not lead to what was there before.
 */
function resourceUrl({ target }: ProbeContext, named: string): string | undefined {
  const prefix = `${target.fhirUrl}/Group/`
  const url = resolveUrl(named, `${target.fhirUrl}/`)
  if (!url?.startsWith(prefix)) return undefined
  const [id] =
    /^[A-Za-z0-9.-]{1,64}(?=$|\/_history\/[A-Za-z0-9.-]{1,64}$)/.exec(url.slice(prefix.length)) ?? []
  const { groupId, emptyGroupId, facts = {} } = target
  const isOfOperator = [groupId, emptyGroupId, facts.deniedGroupId, facts.otherGroupId].includes(id)
  return id === undefined || isOfOperator ? undefined : `${prefix}${id}`
}
