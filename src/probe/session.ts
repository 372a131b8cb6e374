import type { Clock } from '../model/clock.ts'
import type { Exchange, OutputFile } from '../model/http/exchange.ts'
import { header } from '../model/http/exchange.ts'
import type { ExportIntent } from '../model/export/export.ts'
import type { Evidence } from '../model/evidence.ts'
import type { RequestCredentials, MergePatch, TokenProbe } from '../model/suite.ts'
import type { Target } from '../model/target.ts'
import { resolveUrl } from '../model/http/url.ts'
import { type HttpResponse, type HttpRequest, type ProbeEvent, openHttpClient } from './http-client.ts'
import {
  type ExportHooks,
  type DownloadList,
  type ProbeContext,
  deleteJob,
  downloadFiles,
  driveExport,
} from './export/driver.ts'
import { patchHeaders, patchesHeader } from './header-patch.ts'
import { openJobRegistry } from './export/job-registry.ts'
import { type ResolvedExport, kickoffOf } from './export/kickoff.ts'
import { openRecorder } from './recorder.ts'
import { type Spool, openSpoolStore } from './transport/spool.ts'
import { openAccessTokens } from './authorization/access-tokens.ts'
import type { Transport } from './transport/message.ts'

export type { ProbeEvent } from './http-client.ts'
export type { ExportHooks, DownloadList } from './export/driver.ts'
export type { ResolvedExport } from './export/kickoff.ts'

/** A request whose references have been resolved: URLs are relative to the FHIR base, or absolute. */
export interface ResolvedRequest {
  readonly get?: string
  readonly post?: string
  readonly delete?: string
  readonly headers?: MergePatch
  /** Sent as JSON. */
  readonly body?: unknown
  readonly authorization?: RequestCredentials
  /** The body is kept as an output file. */
  readonly spooled?: boolean
}

/** What a session needs. */
export interface SessionOptions {
  readonly target: Target
  readonly transport: Transport
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly notify?: (event: ProbeEvent) => void
  /** Random bytes, for `jti` and the like; default: node:crypto. */
  readonly random?: (bytes: number) => Uint8Array
  /** Folder in which output files are left, each named `<number of its exchange>.ndjson`. */
  readonly keep?: string
  /** Free text of the server's is shown as it is, secrets apart. */
  readonly showDiagnostics?: boolean
  /** Exchanges are numbered after this one; 0 unless given. */
  readonly after?: number
}

/** Performs probes against one target and records every exchange. */
export interface Session {
  /** `key` names the probe for `replays` and `jtiOf` of later ones. */
  performToken(spec: TokenProbe, key: string): Promise<Evidence>
  performRequest(spec: ResolvedRequest): Promise<Evidence>
  performExport(spec: ResolvedExport, intent: ExportIntent, attending?: ExportHooks): Promise<Evidence>
  /** Downloads those files of a complete export, which another session has asked for, and that it did not download. */
  performDownloads(given: DownloadList): Promise<readonly OutputFile[]>
  /** Leaves the job at that live URL to others, who delete it. */
  handOverJob(statusUrl: string): void
  /** Takes a token now that must have expired by the time it is used. */
  obtainExpiringToken(): Promise<void>
  readonly exchanges: readonly Exchange[]
  /** A value that is masked wherever it shows from now on. */
  conceal(value: string): void
  /** Masks what is known to be secret in any text. */
  mask(text: string): string
  /** The bytes of a file that was retrieved and not taken. */
  read(file: OutputFile): AsyncIterable<Uint8Array>
  /** URLs are masked. */
  readonly jobs: {
    readonly started: number
    readonly deleted: number
    readonly perhapsLeft: readonly string[]
  }
  /** How many output files were to be kept and are not, since they could not be written. */
  readonly unkept: number
  /** Deletes every job still open, each within 2 s and also after an abort, and removes the files that are not kept. */
  close(): Promise<void>
}

/** Opens a session; nothing is sent before the first probe. */
export function openSession(options: SessionOptions): Session {
  const { target, transport, clock, signal, random } = options
  const notify = options.notify ?? (() => undefined)
  const aborting = signal ? { signal } : {}
  const { after = 0 } = options
  const recorder = openRecorder({
    clock,
    after,
    ...(options.showDiagnostics ? { showDiagnostics: true } : {}),
  })
  const caller = openHttpClient({ target, transport, recorder, clock, notify, ...aborting })
  const waiting = (ms: number) =>
    notify({ kind: 'wait', seconds: Math.round(ms / 1000), for: 'a token to expire' })
  const { masker } = recorder
  const tokens = openAccessTokens({
    target,
    caller,
    clock,
    masker,
    waiting,
    ...aborting,
    ...(random ? { random } : {}),
  })
  const spools = openSpoolStore(options.keep)
  const files = new Map<number, Spool>()
  const means: ProbeContext = {
    target,
    caller,
    tokens,
    jobs: openJobRegistry(),
    clock,
    notify,
    ...aborting,
    newSpool: (copy) => spools.create(copy),
    keepsFiles: spools.keepsFiles,
    nextExchange: () => after + recorder.exchanges.length + 1,
    keepFile(exchange, spool) {
      spool.keepAs(`${exchange}.ndjson`)
      files.set(exchange, spool)
    },
  }

  return {
    performToken: (spec, key) => tokens.perform(spec, key),
    performRequest: (spec) => performRequest(means, spec),
    async performExport(spec, intent, attending = {}) {
      const sent = kickoffOf(spec, target)
      if ('reason' in sent) return { probe: 'none', reason: sent.reason }
      const as = spec.authorization ?? 'own'
      const ownAuthorization = patchesHeader(spec.headers, 'authorization')
      const drive = { sent, as, ownAuthorization, intent, attending }
      const evidence = await driveExport(means, drive)
      const open =
        evidence.probe === 'export' && evidence.export.state === 'in-progress' ? evidence.export : undefined
      // Nobody reads more of it: the server need not go on.
      if (open && intent.upTo === 'kickoff' && !signal?.aborted && !means.jobs.isShared(open.statusUrl))
        await deleteJob(means, open.statusUrl, as)
      return evidence
    },
    performDownloads: (given) => downloadFiles(means, given),
    handOverJob: (statusUrl) => means.jobs.handOver(statusUrl),
    obtainExpiringToken: () => tokens.obtainExpiringToken(),
    exchanges: recorder.exchanges,
    conceal: (value) => masker.conceal(value),
    mask: (text) => recorder.mask(text),
    read: (file) => files.get(file.exchange)?.read() ?? noBytes(),
    get jobs() {
      const { perhapsLeft, ...counts } = means.jobs.counts()
      return { ...counts, perhapsLeft: perhapsLeft.map((url) => recorder.mask(url)) }
    },
    get unkept() {
      return spools.unkept
    },
    async close() {
      caller.startCleanup()
      const open = new Map(means.jobs.openJobs().map((job) => [job.statusUrl ?? job.kickoffUrl, job.as]))
      await Promise.all([...open].map(([url, as]) => deleteJob(means, url, as)))
      spools.close()
      files.clear()
    },
  }
}

async function performRequest(means: ProbeContext, spec: ResolvedRequest): Promise<Evidence> {
  const { target, caller, jobs } = means
  const { limits } = target
  const method = spec.get !== undefined ? 'GET' : spec.post !== undefined ? 'POST' : 'DELETE'
  const given = spec.get ?? spec.post ?? spec.delete ?? ''
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(given)
  const url = absolute ? given : `${target.fhirUrl}/${given.replace(/^\//, '')}`
  const as = spec.authorization ?? 'own'
  const credentials = patchesHeader(spec.headers, 'authorization') ? {} : await means.tokens.credentials(as)
  if ('reason' in credentials) return { probe: 'none', reason: credentials.reason }
  if (means.signal?.aborted) return { probe: 'none', reason: { kind: 'interrupted' } }
  // What an absolute URL leads to may be an output file, of any size.
  const isFile = method === 'GET' && (spec.spooled === true || absolute)
  const accept = isFile
    ? 'application/fhir+ndjson, application/fhir+json, application/json'
    : 'application/fhir+json'
  const defaults: [string, string][] = [['Accept', accept]]
  if (isFile) defaults.push(['Accept-Encoding', 'gzip'])
  if (spec.body !== undefined) defaults.push(['Content-Type', 'application/fhir+json'])
  const call: HttpRequest = {
    method,
    url,
    headers: patchHeaders(defaults, spec.headers),
    ...(spec.body === undefined ? {} : { body: JSON.stringify(spec.body) }),
    ...credentials,
    token: 'required',
    timeoutMs: isFile ? limits.downloadTimeoutMs : limits.requestTimeoutMs,
    maxBytes: isFile ? limits.fileBytes : method === 'GET' ? limits.manifestBytes : limits.controlBodyBytes,
    ...(isFile ? { newSpool: means.newSpool } : {}),
  }
  const job = /\$export(?![\w-])/.test(url) ? jobs.register(url, as) : undefined
  const answer = await (method === 'GET' && !job ? caller.sendFollowingRedirects(call) : caller.send(call))
  if (job) jobs.recordKickoff(job, { ...answer, ...statusUrlOf(answer) })
  if (method === 'DELETE') jobs.recordDeletion(url, answer.status)
  const file = spec.spooled ? keptFile(means, answer) : undefined
  if (!file) answer.spool?.drop()
  return { probe: 'request', exchanges: answer.hops, ...(file ? { file } : {}) }
}

function statusUrlOf({ status, headers = [], url }: HttpResponse): { statusUrl?: string } {
  const named =
    status === 202 ? (header(headers, 'content-location') ?? header(headers, 'location')) : undefined
  const statusUrl = named === undefined ? undefined : resolveUrl(named, url)
  return statusUrl === undefined ? {} : { statusUrl }
}

function keptFile(means: ProbeContext, { exchange, spool }: HttpResponse): OutputFile | undefined {
  if (spool) means.keepFile(exchange.number, spool)
  const bytes = exchange.response?.bytes ?? 0
  return { number: 0, kind: 'output', exchange: exchange.number, retrieved: spool !== undefined, bytes }
}

async function* noBytes(): AsyncIterable<Uint8Array> {}
