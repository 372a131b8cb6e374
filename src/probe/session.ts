import type { Clock } from '../model/clock.ts'
import type { Exchange, OutputFile } from '../model/evidence.ts'
import { header } from '../model/evidence.ts'
import type { Intent } from '../model/export.ts'
import type { Evidence } from '../model/probe.ts'
import type { As, Patch, TokenProbe } from '../model/suite.ts'
import type { Target } from '../model/target.ts'
import { resolveUrl } from '../model/url.ts'
import { type Answer, type Call, type ProbeEvent, openCaller } from './call.ts'
import { type Attending, type Downloads, type Means, deleteJob, downloadAll, driveExport } from './export.ts'
import { patchHeaders, patches } from './headers.ts'
import { openJobs } from './jobs.ts'
import { type ResolvedExport, kickoffOf } from './kickoff.ts'
import { openRecorder } from './record.ts'
import { type Spool, openSpools } from './spool.ts'
import { openTokens } from './token.ts'
import type { Transport } from './wire.ts'

export type { ProbeEvent } from './call.ts'
export type { Attending, Downloads } from './export.ts'
export type { ResolvedExport } from './kickoff.ts'

/** A request whose references have been resolved: URLs are relative to the FHIR base, or absolute. */
export interface ResolvedRequest {
  readonly get?: string
  readonly post?: string
  readonly delete?: string
  readonly headers?: Patch
  /** Sent as JSON. */
  readonly body?: unknown
  readonly authorization?: As
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
  performExport(spec: ResolvedExport, intent: Intent, attending?: Attending): Promise<Evidence>
  /** Downloads those files of a complete export, which another session has asked for, and that it did not download. */
  performDownloads(given: Downloads): Promise<readonly OutputFile[]>
  /** Leaves the job at that live URL to others, who delete it. */
  leave(statusUrl: string): void
  /** Takes a token now that must have expired by the time it is used. */
  takeEarly(): Promise<void>
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
  const caller = openCaller({ target, transport, recorder, clock, notify, ...aborting })
  const waiting = (ms: number) =>
    notify({ kind: 'wait', seconds: Math.round(ms / 1000), for: 'a token to expire' })
  const { masker } = recorder
  const tokens = openTokens({
    target,
    caller,
    clock,
    masker,
    waiting,
    ...aborting,
    ...(random ? { random } : {}),
  })
  const spools = openSpools(options.keep)
  const files = new Map<number, Spool>()
  const means: Means = {
    target,
    caller,
    tokens,
    jobs: openJobs(),
    clock,
    notify,
    ...aborting,
    newSpool: (copy) => spools.create(copy),
    keeps: spools.keeps,
    nextExchange: () => after + recorder.exchanges.length + 1,
    keep(exchange, spool) {
      spool.settle(`${exchange}.ndjson`)
      files.set(exchange, spool)
    },
  }

  return {
    performToken: (spec, key) => tokens.perform(spec, key),
    performRequest: (spec) => performRequest(means, spec),
    async performExport(spec, intent, attending = {}) {
      const sent = kickoffOf(spec, target)
      if ('because' in sent) return { probe: 'none', because: sent.because }
      const as = spec.authorization ?? 'own'
      const ownAuthorization = patches(spec.headers, 'authorization')
      const drive = { sent, as, ownAuthorization, intent, attending }
      const evidence = await driveExport(means, drive)
      const open =
        evidence.probe === 'export' && evidence.export.state === 'in-progress' ? evidence.export : undefined
      // Nobody reads more of it: the server need not go on.
      if (open && intent.upTo === 'kickoff' && !signal?.aborted && !means.jobs.isShared(open.statusUrl))
        await deleteJob(means, open.statusUrl, as)
      return evidence
    },
    performDownloads: (given) => downloadAll(means, given),
    leave: (statusUrl) => means.jobs.leave(statusUrl),
    takeEarly: () => tokens.takeEarly(),
    exchanges: recorder.exchanges,
    conceal: (value) => masker.conceal(value),
    mask: (text) => recorder.mask(text),
    read: (file) => files.get(file.exchange)?.read() ?? nothing(),
    get jobs() {
      const { perhapsLeft, ...counts } = means.jobs.counts()
      return { ...counts, perhapsLeft: perhapsLeft.map((url) => recorder.mask(url)) }
    },
    get unkept() {
      return spools.unkept
    },
    async close() {
      caller.hurry()
      const open = new Map(means.jobs.open().map((job) => [job.statusUrl ?? job.kickoffUrl, job.as]))
      await Promise.all([...open].map(([url, as]) => deleteJob(means, url, as)))
      spools.close()
      files.clear()
    },
  }
}

async function performRequest(means: Means, spec: ResolvedRequest): Promise<Evidence> {
  const { target, caller, jobs } = means
  const { limits } = target
  const method = spec.get !== undefined ? 'GET' : spec.post !== undefined ? 'POST' : 'DELETE'
  const given = spec.get ?? spec.post ?? spec.delete ?? ''
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(given)
  const url = absolute ? given : `${target.fhirUrl}/${given.replace(/^\//, '')}`
  const as = spec.authorization ?? 'own'
  const credentials = patches(spec.headers, 'authorization') ? {} : await means.tokens.credentials(as)
  if ('because' in credentials) return { probe: 'none', because: credentials.because }
  if (means.signal?.aborted) return { probe: 'none', because: 'the run was interrupted before' }
  // What an absolute URL leads to may be an output file, of any size.
  const isFile = method === 'GET' && (spec.spooled === true || absolute)
  const accept = isFile
    ? 'application/fhir+ndjson, application/fhir+json, application/json'
    : 'application/fhir+json'
  const defaults: [string, string][] = [['Accept', accept]]
  if (isFile) defaults.push(['Accept-Encoding', 'gzip'])
  if (spec.body !== undefined) defaults.push(['Content-Type', 'application/fhir+json'])
  const call: Call = {
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
  const job = /\$export(?![\w-])/.test(url) ? jobs.expect(url, as) : undefined
  const answer = await (method === 'GET' && !job ? caller.follow(call) : caller.call(call))
  if (job) jobs.answered(job, { ...answer, ...statusUrlOf(answer) })
  if (method === 'DELETE') jobs.deletion(url, answer.status)
  const file = spec.spooled ? keptFile(means, answer) : undefined
  if (!file) answer.spool?.drop()
  return { probe: 'request', exchanges: answer.hops, ...(file ? { file } : {}) }
}

function statusUrlOf({ status, headers = [], url }: Answer): { statusUrl?: string } {
  const named =
    status === 202 ? (header(headers, 'content-location') ?? header(headers, 'location')) : undefined
  const statusUrl = named === undefined ? undefined : resolveUrl(named, url)
  return statusUrl === undefined ? {} : { statusUrl }
}

function keptFile(means: Means, { exchange, spool }: Answer): OutputFile | undefined {
  if (spool) means.keep(exchange.number, spool)
  const bytes = exchange.response?.bytes ?? 0
  return { number: 0, kind: 'output', exchange: exchange.number, retrieved: spool !== undefined, bytes }
}

async function* nothing(): AsyncIterable<Uint8Array> {}
