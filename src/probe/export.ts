import type { Clock } from '../model/clock.ts'
import type { OutputFile } from '../model/evidence.ts'
import { header } from '../model/evidence.ts'
import type { Intent, Kickoff, Manifest, ManifestItem } from '../model/export.ts'
import { type Action, type Brought, begin, next, observe } from '../model/export-flow.ts'
import type { Evidence } from '../model/probe.ts'
import { parseRetryAfter } from '../model/retry-after.ts'
import type { As } from '../model/suite.ts'
import type { FileBegun, Taking } from '../model/taking.ts'
import type { Target } from '../model/target.ts'
import type { Answer, Call, Caller, ProbeEvent } from './call.ts'
import type { Jobs } from './jobs.ts'
import { type Spool, type TakenSpool, takenSpool } from './spool.ts'
import type { Tokens } from './token.ts'

/** What a session lends to an export. */
export interface Means {
  readonly target: Target
  readonly caller: Caller
  readonly tokens: Tokens
  readonly jobs: Jobs
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly notify: (event: ProbeEvent) => void
  /** `copy`: the bytes are needed where files are kept, and nowhere else. */
  readonly newSpool: (copy?: boolean) => Spool
  /** Takes over the bytes of a downloaded file. */
  readonly keep: (exchange: number, spool: Spool) => void
  /** Whether they remain after the run. */
  readonly keeps: boolean
  /** The number that the next exchange will have. */
  readonly nextExchange: () => number
}

/** Who has something to do while an export goes on. */
export interface Attending {
  /** Called once, right after the kick-off was accepted. */
  whileRunning?(running: ExportEvidence): Promise<void>
  /** Called for each output file before it is downloaded; `undefined` leaves it to be read afterwards. */
  take?(file: FileBegun, running: ExportEvidence): Taking | undefined
  /** Resolves once there is room for another file. */
  room?(): Promise<void>
}

type ExportEvidence = Evidence & { probe: 'export' }

/** An export to be driven. */
export interface Drive {
  readonly sent: Kickoff
  readonly as: As
  /** The kick-off has a header field Authorization of its own, or must have none. */
  readonly ownAuthorization: boolean
  readonly intent: Intent
  readonly attending: Attending
}

/** Files of a complete export to be downloaded. */
export interface Downloads {
  readonly manifest: Manifest
  /** Positions in the manifest. */
  readonly positions: Iterable<number>
  /** With whose token it was started. */
  readonly as: As
  readonly attending: DownloadAttending
}

/** Who takes files as they come. */
export interface DownloadAttending {
  take(file: FileBegun): Taking | undefined
  room(): Promise<void>
}

const mostDownloadAttempts = 3

/** Drives an export as far as its intent says; an abort ends it where it is. */
export async function driveExport(means: Means, drive: Drive): Promise<Evidence> {
  const { sent, as, intent, attending } = drive
  const credentials = await means.tokens.credentials(as)
  if ('because' in credentials) return { probe: 'none', because: credentials.because }
  let flow = begin(intent, means.target.limits, means.clock.now())
  let told = false
  const job = means.jobs.expect(sent.url, as)
  const evidence = () => ({ probe: 'export', sent, export: flow.it }) as const
  for (let action = next(flow); action; action = next(flow)) {
    await pause(means, action)
    if (means.signal?.aborted) break
    const manifest = 'manifest' in flow.it ? flow.it.manifest : undefined
    const brought = await act(means, drive, {
      action,
      running: evidence(),
      ...(manifest ? { manifest } : {}),
    })
    flow = observe(flow, action, brought)
    if (action.do === 'kick-off') {
      const { statusUrl } = flow.it as { statusUrl?: string }
      means.jobs.answered(job, { ...brought.answer, ...(statusUrl ? { statusUrl } : {}) })
    }
    if (flow.it.state !== 'in-progress' || told) continue
    told = true
    await attending.whileRunning?.(evidence())
  }
  if (job.state === 'sent') job.state = 'none'
  return flow.it.state === 'requested'
    ? { probe: 'none', because: 'the run was interrupted before' }
    : evidence()
}

async function pause(means: Means, action: Action): Promise<void> {
  if (!('afterMs' in action) || action.afterMs <= 0) return
  if (action.do === 'poll')
    means.notify({ kind: 'wait', seconds: Math.round(action.afterMs / 1000), for: 'the next status request' })
  await means.clock.sleep(action.afterMs, means.signal)
}

type Did = Brought & { readonly answer: Answer }

interface Doing {
  readonly action: Action
  readonly running: ExportEvidence
  readonly manifest?: Manifest
}

async function act(means: Means, drive: Drive, it: Doing): Promise<Did> {
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
          take: (file) => drive.attending.take?.(file, it.running),
          room: async () => drive.attending.room?.(),
        },
        ...(it.manifest ? { manifest: it.manifest } : {}),
      })
    case 'delete':
    case 'delete-again':
      return did(means, await deleteJob(means, action.url, drive.as))
    default: {
      const answer = await means.caller.follow({
        ...(await statusCall(means, drive.as)),
        method: 'GET',
        url: action.url,
      })
      const progress = header(answer.exchange.response?.headers ?? [], 'x-progress')
      means.notify({ kind: 'poll', number: answer.exchange.number, ...(progress ? { progress } : {}) })
      return did(means, answer)
    }
  }
}

function did(means: Means, answer: Answer): Did {
  const { exchange, url, headers, body } = answer
  const live = { ...(headers ? { headers } : {}), ...(body === undefined ? {} : { body }) }
  return { answer, exchange, url, ...live, at: means.clock.now() }
}

async function kickOff(means: Means, { sent, as, ownAuthorization }: Drive): Promise<Did> {
  const { limits } = means.target
  const { method, url, headers, body } = sent
  const authorization = ownAuthorization ? {} : await authorizationOf(means, as)
  const call: Call = {
    method,
    url,
    headers,
    ...(body === undefined ? {} : { body }),
    ...authorization,
    token: 'required',
    timeoutMs: limits.requestTimeoutMs,
    maxBytes: limits.controlBodyBytes,
  }
  return did(means, await means.caller.call(call))
}

async function statusCall(means: Means, as: As): Promise<Omit<Call, 'method' | 'url'>> {
  const { limits } = means.target
  return {
    headers: [['Accept', 'application/json, application/fhir+json']],
    ...(await authorizationOf(means, followUp(as))),
    token: 'required',
    timeoutMs: limits.requestTimeoutMs,
    maxBytes: limits.manifestBytes,
  }
}

/** Deletes the job at a status URL with the token that it was started with. */
export async function deleteJob(means: Means, url: string, as: As): Promise<Answer> {
  const answer = await means.caller.call({ ...(await statusCall(means, as)), method: 'DELETE', url })
  means.jobs.deletion(url, answer.status)
  means.notify({ kind: 'job-deleted', url: answer.exchange.request.url })
  return answer
}

/** Downloads files one after the other; an abort ends it. */
export async function downloadAll(
  means: Means,
  { positions, ...given }: Downloads,
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
  means: Means,
  it: {
    readonly as: As
    readonly attending: DownloadAttending
    readonly item: ManifestItem
    readonly number: number
    readonly manifest?: Manifest
  },
): Promise<Did> {
  const { as, attending, item, number, manifest } = it
  const { limits } = means.target
  const { kind, type, count } = item
  const begun = {
    number,
    kind,
    ...(type === undefined ? {} : { type }),
    ...(count === undefined ? {} : { count }),
  }
  let taken: TakenSpool | undefined
  const newSpool = () => {
    const taking = attending.take({ ...begun, exchange: means.nextExchange() })
    if (!taking) return means.newSpool()
    taken = takenSpool(taking, means.keeps ? means.newSpool(true) : undefined)
    return taken
  }
  await attending.room()
  const needed = manifest?.requiresAccessToken
  means.notify({ kind: 'download', number: number + 1, of: manifest?.items.length ?? 0 })
  for (let attempt = 1; ; attempt += 1) {
    const answer = await means.caller.follow({
      method: 'GET',
      url: item.url,
      headers: [
        ['Accept', 'application/fhir+ndjson'],
        ['Accept-Encoding', 'gzip'],
      ],
      ...(needed === false ? {} : await authorizationOf(means, followUp(as))),
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
    return { ...did(means, answer), file }
  }
}

function throttledMs(means: Means, { status, headers = [] }: Answer): number | undefined {
  const field = status === 429 || status === 503 ? header(headers, 'retry-after') : undefined
  const asked =
    field === undefined ? undefined : parseRetryAfter(field, means.clock.now(), header(headers, 'date'))
  const { retryAfterCapMs = Number.MAX_SAFE_INTEGER, downloadTimeoutMs } = means.target.limits
  const waitMs = asked === undefined ? undefined : Math.min(asked, retryAfterCapMs)
  return waitMs !== undefined && waitMs <= downloadTimeoutMs ? waitMs : undefined
}

function fileOf(means: Means, answer: Answer, begun: Omit<FileBegun, 'exchange'>): OutputFile {
  const { exchange, spool } = answer
  if (spool) means.keep(exchange.number, spool)
  return {
    ...begun,
    exchange: exchange.number,
    retrieved: spool !== undefined,
    bytes: exchange.response?.bytes ?? 0,
  }
}

/** What follows a kick-off with bad credentials that was accepted nevertheless is done with the own token. */
function followUp(as: As): As {
  return as === 'garbage' || as === 'tampered' || as === 'expired' || as === 'none' ? 'own' : as
}

/** Without a token the request is sent without: the answer shows what comes of it. */
async function authorizationOf(means: Means, as: As): Promise<{ readonly authorization?: string }> {
  const credentials = await means.tokens.credentials(as)
  return 'because' in credentials ? {} : credentials
}
