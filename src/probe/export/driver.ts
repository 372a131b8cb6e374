import type { Clock } from '../../model/clock.ts'
import type { OutputFile } from '../../model/http/exchange.ts'
import { header } from '../../model/http/exchange.ts'
import type { ExportIntent, Kickoff, Manifest, ManifestItem } from '../../model/export/export.ts'
import {
  type ExportAction,
  type ActionOutcome,
  beginExport,
  nextAction,
  applyOutcome,
} from '../../model/export/flow.ts'
import type { Evidence } from '../../model/evidence.ts'
import { parseRetryAfter } from '../../model/http/retry-after.ts'
import type { RequestCredentials } from '../../model/suite.ts'
import type { OutputFileStart, FileSink } from '../../model/export/file-sink.ts'
import type { Target } from '../../model/target.ts'
import type { HttpResponse, HttpRequest, HttpClient, ProbeEvent } from '../http-client.ts'
import type { JobRegistry } from './job-registry.ts'
import { type Spool, type PassThroughSpool, passThroughSpool } from '../transport/spool.ts'
import type { AccessTokens } from '../authorization/access-tokens.ts'

/** What a session lends to an export. */
export interface ProbeContext {
  readonly target: Target
  readonly caller: HttpClient
  readonly tokens: AccessTokens
  readonly jobs: JobRegistry
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly notify: (event: ProbeEvent) => void
  /** `copy`: the bytes are needed where files are kept, and nowhere else. */
  readonly newSpool: (copy?: boolean) => Spool
  /** Takes over the bytes of a downloaded file. */
  readonly keepFile: (exchange: number, spool: Spool) => void
  /** Whether they remain after the run. */
  readonly keepsFiles: boolean
  /** The number that the next exchange will have. */
  readonly nextExchange: () => number
}

/** Who has something to do while an export goes on. */
export interface ExportHooks {
  /** Called once, right after the kick-off was accepted. */
  whileRunning?(running: ExportEvidence): Promise<void>
  /** Called for each output file before it is downloaded; `undefined` leaves it to be read afterwards. */
  beginFile?(file: OutputFileStart, running: ExportEvidence): FileSink | undefined
  /** Resolves once there is room for another file. */
  waitForSpace?(): Promise<void>
}

type ExportEvidence = Evidence & { probe: 'export' }

/** An export to be driven. */
export interface ExportTask {
  readonly sent: Kickoff
  readonly as: RequestCredentials
  /** The kick-off has a header field Authorization of its own, or must have none. */
  readonly ownAuthorization: boolean
  readonly intent: ExportIntent
  readonly attending: ExportHooks
}

/** Files of a complete export to be downloaded. */
export interface DownloadList {
  readonly manifest: Manifest
  /** Positions in the manifest. */
  readonly positions: Iterable<number>
  /** With whose token it was started. */
  readonly as: RequestCredentials
  readonly attending: FileReceiver
}

/** Who takes files as they come. */
export interface FileReceiver {
  beginFile(file: OutputFileStart): FileSink | undefined
  waitForSpace(): Promise<void>
}

const mostDownloadAttempts = 3

/** Drives an export as far as its intent says; an abort ends it where it is. */
export async function driveExport(means: ProbeContext, drive: ExportTask): Promise<Evidence> {
  const { sent, as, intent, attending } = drive
  const credentials = await means.tokens.credentials(as)
  if ('reason' in credentials) return { probe: 'none', reason: credentials.reason }
  let flow = beginExport(intent, means.target.limits, means.clock.now())
  let told = false
  const job = means.jobs.register(sent.url, as)
  const evidence = () => ({ probe: 'export', sent, export: flow.export }) as const
  for (let action = nextAction(flow); action; action = nextAction(flow)) {
    await pause(means, action)
    if (means.signal?.aborted) break
    const manifest = 'manifest' in flow.export ? flow.export.manifest : undefined
    const brought = await performAction(means, drive, {
      action,
      running: evidence(),
      ...(manifest ? { manifest } : {}),
    })
    flow = applyOutcome(flow, action, brought)
    if (action.do === 'kick-off') {
      const { statusUrl } = flow.export as { statusUrl?: string }
      means.jobs.recordKickoff(job, { ...brought.answer, ...(statusUrl ? { statusUrl } : {}) })
    }
    if (flow.export.state !== 'in-progress' || told) continue
    told = true
    await attending.whileRunning?.(evidence())
  }
  if (job.state === 'sent') job.state = 'none'
  return flow.export.state === 'requested' ? { probe: 'none', reason: { kind: 'interrupted' } } : evidence()
}

async function pause(means: ProbeContext, action: ExportAction): Promise<void> {
  if (!('afterMs' in action) || action.afterMs <= 0) return
  if (action.do === 'poll')
    means.notify({ kind: 'wait', seconds: Math.round(action.afterMs / 1000), for: 'the next status request' })
  await means.clock.sleep(action.afterMs, means.signal)
}

type ActionResponse = ActionOutcome & { readonly answer: HttpResponse }

interface ActionContext {
  readonly action: ExportAction
  readonly running: ExportEvidence
  readonly manifest?: Manifest
}

async function performAction(
  means: ProbeContext,
  drive: ExportTask,
  it: ActionContext,
): Promise<ActionResponse> {
  const { action } = it
  switch (action.do) {
    case 'kick-off':
      return kickOff(means, drive)
    case 'download':
      return download(means, {
        as: drive.as,
        item: action.item,
        number: action.number,
        attending: {
          beginFile: (file) => drive.attending.beginFile?.(file, it.running),
          waitForSpace: async () => drive.attending.waitForSpace?.(),
        },
        ...(it.manifest ? { manifest: it.manifest } : {}),
      })
    case 'delete':
    case 'delete-again':
      return actionResponse(means, await deleteJob(means, action.url, drive.as))
    default: {
      const answer = await means.caller.sendFollowingRedirects({
        ...(await statusCall(means, drive.as)),
        method: 'GET',
        url: action.url,
      })
      const progress = header(answer.exchange.response?.headers ?? [], 'x-progress')
      means.notify({ kind: 'poll', number: answer.exchange.number, ...(progress ? { progress } : {}) })
      return actionResponse(means, answer)
    }
  }
}

function actionResponse(means: ProbeContext, answer: HttpResponse): ActionResponse {
  const { exchange, url, headers, body } = answer
  const live = { ...(headers ? { headers } : {}), ...(body === undefined ? {} : { body }) }
  return { answer, exchange, url, ...live, at: means.clock.now() }
}

async function kickOff(
  means: ProbeContext,
  { sent, as, ownAuthorization }: ExportTask,
): Promise<ActionResponse> {
  const { limits } = means.target
  const { method, url, headers, body } = sent
  const authorization = ownAuthorization ? {} : await authorizationOf(means, as)
  const call: HttpRequest = {
    method,
    url,
    headers,
    ...(body === undefined ? {} : { body }),
    ...authorization,
    token: 'required',
    timeoutMs: limits.requestTimeoutMs,
    maxBytes: limits.controlBodyBytes,
  }
  return actionResponse(means, await means.caller.send(call))
}

async function statusCall(
  means: ProbeContext,
  as: RequestCredentials,
): Promise<Omit<HttpRequest, 'method' | 'url'>> {
  const { limits } = means.target
  return {
    headers: [['Accept', 'application/json, application/fhir+json']],
    ...(await authorizationOf(means, followUpIdentity(as))),
    token: 'required',
    timeoutMs: limits.requestTimeoutMs,
    maxBytes: limits.manifestBytes,
  }
}

/** Deletes the job at a status URL with the token that it was started with. */
export async function deleteJob(
  means: ProbeContext,
  url: string,
  as: RequestCredentials,
): Promise<HttpResponse> {
  const answer = await means.caller.send({ ...(await statusCall(means, as)), method: 'DELETE', url })
  means.jobs.recordDeletion(url, answer.status)
  means.notify({ kind: 'job-deleted', url: answer.exchange.request.url })
  return answer
}

/** Downloads files one after the other; an abort ends it. */
export async function downloadFiles(
  means: ProbeContext,
  { positions, ...given }: DownloadList,
): Promise<readonly OutputFile[]> {
  const files: OutputFile[] = []
  for (const number of positions) {
    const item = given.manifest.items[number]
    if (means.signal?.aborted || !item) break
    const { file } = await download(means, { ...given, item, number })
    if (file) files.push(file)
  }
  return files
}

async function download(
  means: ProbeContext,
  it: {
    readonly as: RequestCredentials
    readonly attending: FileReceiver
    readonly item: ManifestItem
    readonly number: number
    readonly manifest?: Manifest
  },
): Promise<ActionResponse> {
  const { as, attending, item, number, manifest } = it
  const { limits } = means.target
  const { kind, type, count } = item
  const begun = {
    number,
    kind,
    ...(type === undefined ? {} : { type }),
    ...(count === undefined ? {} : { count }),
  }
  let taken: PassThroughSpool | undefined
  const newSpool = () => {
    const taking = attending.beginFile({ ...begun, exchange: means.nextExchange() })
    if (!taking) return means.newSpool()
    taken = passThroughSpool(taking, means.keepsFiles ? means.newSpool(true) : undefined)
    return taken
  }
  await attending.waitForSpace()
  const needed = manifest?.requiresAccessToken
  means.notify({ kind: 'download', number: number + 1, of: manifest?.items.length ?? 0 })
  for (let attempt = 1; ; attempt += 1) {
    const answer = await means.caller.sendFollowingRedirects({
      method: 'GET',
      url: item.url,
      headers: [
        ['Accept', 'application/fhir+ndjson'],
        ['Accept-Encoding', 'gzip'],
      ],
      ...(needed === false ? {} : await authorizationOf(means, followUpIdentity(as))),
      token: needed === true ? 'required' : 'allowed',
      timeoutMs: limits.downloadTimeoutMs,
      maxBytes: limits.fileBytes,
      newSpool,
      bulk: true,
    })
    const waitMs = attempt < mostDownloadAttempts ? throttledMs(means, answer) : undefined
    if (waitMs !== undefined) {
      means.notify({ kind: 'wait', seconds: Math.round(waitMs / 1000), for: 'the next attempt at a file' })
      await means.clock.sleep(waitMs, means.signal)
    }
    if (waitMs !== undefined && !means.signal?.aborted) continue
    const file = fileOf(means, answer, begun)
    if (taken && answer.spool === taken) taken.commit(file)
    return { ...actionResponse(means, answer), file }
  }
}

function throttledMs(means: ProbeContext, { status, headers = [] }: HttpResponse): number | undefined {
  const field = status === 429 || status === 503 ? header(headers, 'retry-after') : undefined
  const asked =
    field === undefined ? undefined : parseRetryAfter(field, means.clock.now(), header(headers, 'date'))
  const { retryAfterCapMs = Number.MAX_SAFE_INTEGER, downloadTimeoutMs } = means.target.limits
  const waitMs = asked === undefined ? undefined : Math.min(asked, retryAfterCapMs)
  return waitMs !== undefined && waitMs <= downloadTimeoutMs ? waitMs : undefined
}

function fileOf(
  means: ProbeContext,
  answer: HttpResponse,
  begun: Omit<OutputFileStart, 'exchange'>,
): OutputFile {
  const { exchange, spool } = answer
  if (spool) means.keepFile(exchange.number, spool)
  return {
    ...begun,
    exchange: exchange.number,
    retrieved: spool !== undefined,
    bytes: exchange.response?.bytes ?? 0,
  }
}

/** What follows a kick-off with bad credentials that was accepted nevertheless is done with the own token. */
function followUpIdentity(as: RequestCredentials): RequestCredentials {
  return as === 'garbage' || as === 'tampered' || as === 'expired' || as === 'none' ? 'own' : as
}

/** Without a token the request is sent without: the answer shows what comes of it. */
async function authorizationOf(
  means: ProbeContext,
  as: RequestCredentials,
): Promise<{ readonly authorization?: string }> {
  const credentials = await means.tokens.credentials(as)
  return 'reason' in credentials ? {} : credentials
}
