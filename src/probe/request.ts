import type { Evidence } from '../model/evidence.ts'
import { jobLocationOf } from '../model/export/job-location.ts'
import type { OutputFile } from '../model/http/exchange.ts'
import { isSuccess } from '../model/http/status.ts'
import type { MergePatch, RequestCredentials } from '../model/suite.ts'
import { sendAuthorized } from './authorization/authorized-request.ts'
import { bodyKindOf, mostBytes } from './body-limits.ts'
import type { ProbeContext } from './context.ts'
import { patchHeaders, patchesHeader } from './header-patch.ts'
import type { HttpRequest, HttpResponse } from './http-client.ts'
import { attachmentContent } from './attachment-content.ts'

const mostAttachmentBytes = 5 << 20

/** A request whose references have been resolved: URLs are relative to the FHIR base, or absolute. */
export interface ResolvedRequest {
  readonly get?: string
  readonly post?: string
  readonly delete?: string
  readonly headers?: MergePatch
  /** Sent as JSON. */
  readonly body?: unknown
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
  const method = spec.get !== undefined ? 'GET' : spec.post !== undefined ? 'POST' : 'DELETE'
  const path = spec.get ?? spec.post ?? spec.delete ?? ''
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
      isUnsafe: method === 'POST' && !isKickoff,
      // A job that has just been accepted must have a status.
      mustSucceed: method === 'GET' && as === 'own' && spec.when === 'running',
      whenPutOff: isKickoff ? context.whenPutOff : undefined,
    },
    onAttempt() {
      if (isKickoff) jobs.recordIntent(context.nextExchange())
    },
    onAnswer(answer) {
      if (isKickoff)
        jobs.recordKickoff(answer, as, jobLocationOf(answer, { fhirUrl: target.fhirUrl, kickoffUrl: url }))
    },
  })
  if (method === 'DELETE' && isSuccess(response.status)) jobs.recordGone(url)
  const file = spec.spooled ? keptFile(context, response) : undefined
  const content = spec.attachment && response.spool ? await attachmentContent(response) : undefined
  if (!file) response.spool?.drop()
  return {
    ...{ probe: 'request', exchanges: response.hops },
    ...(file ? { file } : {}),
    ...(content ? { content } : {}),
  }
}

function keptFile(context: ProbeContext, { exchange, spool }: HttpResponse): OutputFile | undefined {
  if (spool) context.keepFile(exchange.number, spool)
  const bytes = exchange.response?.bytes ?? 0
  return { number: 0, kind: 'output', exchange: exchange.number, retrieved: spool !== undefined, bytes }
}
