import type { Evidence, WriteOutcome } from '../model/evidence.ts'
import { jobLocationOf } from '../model/export/job-location.ts'
import type { OutputFile } from '../model/http/exchange.ts'
import { isSuccess } from '../model/http/status.ts'
import { isJsonObject, parseJsonObject } from '../model/json.ts'
import type { MergePatch, RequestCredentials } from '../model/suite.ts'
import { sendAuthorized } from './authorization/authorized-request.ts'
import { bodyKindOf, mostBytes } from './body-limits.ts'
import type { ProbeContext } from './context.ts'
import { createdUrlOf, pollingLocationOf, writeOutcome } from './interaction.ts'
import { patchHeaders, patchesHeader } from './header-patch.ts'
import type { HttpRequest, HttpResponse } from './http-client.ts'
import { attachmentContent } from './attachment-content.ts'

const mostAttachmentBytes = 5 << 20

/** A request whose references have been resolved: URLs are relative to the FHIR base, or absolute. */
export interface ResolvedRequest {
  readonly get?: string
  readonly post?: string
  readonly put?: string
  readonly delete?: string
  readonly headers?: MergePatch
  /** Sent as JSON. */
  readonly body?: unknown
  readonly writes?: 'synchronously' | 'asynchronously'
  readonly authorization?: RequestCredentials
  /** When it is sent. */
  readonly when?: string
  /** The response is the content of an attachment. */
  readonly attachment?: true
  /** The body is kept as an output file. */
  readonly spooled?: boolean
}

/** Sends a request; if that is impossible, the evidence has the reason. */
export async function performRequest(context: ProbeContext, spec: ResolvedRequest): Promise<Evidence> {
  const { target, jobs } = context
  const { limits } = target
  if (spec.writes && !target.allowsWrites)
    return { probe: 'none', reason: { kind: 'feature-missing', feature: 'writes' } }
  const [method, path] = methodAndPath(spec)
  const isAbsolute = /^[a-z][a-z0-9+.-]*:/i.test(path)
  const url = isAbsolute ? path : `${target.fhirUrl}/${path.replace(/^\//, '')}`
  const as = spec.authorization ?? 'own'
  const credentials = patchesHeader(spec.headers, 'authorization') ? {} : await context.tokens.credentials(as)
  if ('reason' in credentials) return { probe: 'none', reason: credentials.reason }
  if (context.signal?.aborted) return { probe: 'none', reason: { kind: 'interrupted' } }
  // An absolute URL may lead to an output file of any size.
  const isFile = method === 'GET' && (spec.spooled === true || isAbsolute)
  const accept = spec.attachment
    ? '*/*'
    : isFile
      ? 'application/fhir+ndjson, application/fhir+json, application/json'
      : 'application/fhir+json'
  const defaults: [string, string][] = [['Accept', accept]]
  if (isFile) defaults.push(['Accept-Encoding', 'gzip'])
  if (spec.body !== undefined) defaults.push(['Content-Type', 'application/fhir+json'])
  if (spec.writes === 'asynchronously') defaults.push(['Prefer', 'respond-async'])
  const request: Omit<HttpRequest, 'authorization'> = {
    method,
    url,
    headers: patchHeaders(defaults, spec.headers),
    ...(spec.body === undefined ? {} : { body: JSON.stringify(spec.body) }),
    token: 'required',
    timeoutMs: isFile ? limits.downloadTimeoutMs : limits.requestTimeoutMs,
    maxBytes: spec.attachment
      ? mostAttachmentBytes
      : mostBytes(limits, isFile ? 'file' : bodyKindOf(method, url)),
    ...(isFile ? { newSpool: context.newSpool } : {}),
  }
  const isKickoff = /\$export(?![\w-])/.test(url)
  const response = await sendAuthorized(context, {
    purpose: isKickoff ? 'kick-off' : method === 'DELETE' ? 'deletion' : spec.spooled ? 'file' : 'request',
    as: patchesHeader(spec.headers, 'authorization') ? undefined : as,
    request,
    followsRedirects: method === 'GET' && !isKickoff,
    repeating: {
      // The refusal of a second export is what is wanted.
      ...(isKickoff && spec.when === 'running' ? { reportsThrottling: true } : {}),
      isUnsafe: (method === 'POST' || method === 'PUT') && !isKickoff,
      // A job that has just been accepted must have a status.
      mustSucceed: method === 'GET' && as === 'own' && spec.when === 'running',
      whenPutOff: isKickoff ? context.whenPutOff : undefined,
    },
    onAttempt() {
      if (isKickoff || spec.writes) jobs.recordIntent(context.nextExchange())
    },
    onAnswer(answer) {
      if (isKickoff)
        jobs.recordKickoff(answer, as, jobLocationOf(answer, { fhirUrl: target.fhirUrl, kickoffUrl: url }))
      else if (spec.writes) recordWrite(context, answer, { as, creates: method === 'POST' })
    },
  })
  if (method === 'DELETE' && isSuccess(response.status)) jobs.recordGone(url)
  const file = spec.spooled ? keptFile(context, response) : undefined
  const content = spec.attachment && response.spool ? await attachmentContent(response) : undefined
  if (!file) response.spool?.drop()
  const write = spec.writes ? await followedWrite(context, response, as) : undefined
  return {
    ...{ probe: 'request', exchanges: response.hops },
    ...(file ? { file } : {}),
    ...(content ? { content } : {}),
    ...(write ? { write } : {}),
    ...identifierIn(context, response),
  }
}

/** The first identifier of a Group that was read; it is masked from now on. */
function identifierIn({ recorder }: ProbeContext, { status, body }: HttpResponse): { identifier?: string } {
  const { resourceType, identifier } = (status === 200 && parseJsonObject(body)) || {}
  if (resourceType !== 'Group' || !Array.isArray(identifier)) return {}
  const [first] = identifier.filter(isJsonObject)
  if (typeof first?.value !== 'string' || first.value === '') return {}
  recorder.masker.conceal(first.value)
  const token = typeof first.system === 'string' ? `${first.system}|${first.value}` : first.value
  recorder.masker.conceal(token)
  return { identifier: token }
}

function methodAndPath({ get, post, put, delete: deleted = '' }: ResolvedRequest): readonly [string, string] {
  if (get !== undefined) return ['GET', get]
  if (post !== undefined) return ['POST', post]
  return put === undefined ? ['DELETE', deleted] : ['PUT', put]
}

/** Notes what has to be deleted after a write: its asynchronous job, and the resource that it creates. */
function recordWrite(
  context: ProbeContext,
  answer: HttpResponse,
  { as, creates }: { readonly as: RequestCredentials; readonly creates: boolean },
): void {
  const pollingLocation = pollingLocationOf(answer)
  const created = creates ? createdUrlOf(context, answer) : undefined
  const statusUrl = pollingLocation ?? created
  // Without a location of what was created, nobody can delete it.
  const isLost = creates && statusUrl === undefined && isSuccess(answer.status)
  context.jobs.recordKickoff(
    isLost ? { ...answer, status: 202 } : answer,
    as,
    statusUrl === undefined
      ? undefined
      : { statusUrl, isCertain: true, ...(creates && pollingLocation !== undefined ? { creates } : {}) },
  )
}

async function followedWrite(
  context: ProbeContext,
  response: HttpResponse,
  as: RequestCredentials,
): Promise<WriteOutcome> {
  const write = await writeOutcome(context, response, as)
  const statusUrl = pollingLocationOf(response)
  const { exchange, status, created } = write
  if (statusUrl !== undefined && status !== undefined)
    context.jobs.recordWritten(statusUrl, {
      exchange: exchange.number,
      ...(created === undefined ? {} : { created }),
    })
  return write
}

function keptFile(context: ProbeContext, { exchange, spool }: HttpResponse): OutputFile | undefined {
  if (spool) context.keepFile(exchange.number, spool)
  const bytes = exchange.response?.bytes ?? 0
  return { number: 0, kind: 'output', exchange: exchange.number, retrieved: spool !== undefined, bytes }
}
