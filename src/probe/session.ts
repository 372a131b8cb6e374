import type { Clock } from '../model/clock.ts'
import type { Evidence } from '../model/evidence.ts'
import type { ExportIntent } from '../model/export/export.ts'
import type { Exchange, OutputFile } from '../model/http/exchange.ts'
import type { FlakyAnswer } from '../model/http/flaky.ts'
import type { JobCounts } from '../model/jobs.ts'
import type { RequestCredentials, TokenProbe } from '../model/suite.ts'
import type { Target } from '../model/target.ts'
import { openAccessTokens } from './authorization/access-tokens.ts'
import { hiddenNamesOf } from './authorization/client-secrets.ts'
import type { ProbeContext } from './context.ts'
import type { ProbeEvent } from './events.ts'
import { type DownloadList, downloadFiles } from './export/download.ts'
import { type ExportHooks, driveExport } from './export/driver.ts'
import { openJobRegistry } from './export/job-registry.ts'
import { removeAllJobs, removeJob, removeUntriedJobs } from './export/job-deletion.ts'
import { type ResolvedExport, kickoffOf } from './export/kickoff.ts'
import { patchesHeader } from './header-patch.ts'
import { openHttpClient } from './http-client.ts'
import { openRecorder } from './recorder.ts'
import { openResending } from './resending.ts'
import { type ResolvedRequest, performRequest } from './request.ts'
import type { Transport } from './transport/message.ts'
import { openSpoolStore } from './transport/spool-store.ts'
import type { Spool } from './transport/spool.ts'

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
  performExport(spec: ResolvedExport, intent: ExportIntent, hooks?: ExportHooks): Promise<Evidence>
  /** Downloads those files of a complete export, which another session has asked for, and that it did not download. */
  performDownloads(list: DownloadList): Promise<readonly OutputFile[]>
  /** Leaves the job at that live URL to others, who delete it. */
  handOverJob(statusUrl: string): void
  /** Requests a token now that a later request uses after its expiry. */
  obtainExpiringToken(): Promise<void>
  readonly exchanges: readonly Exchange[]
  /** Adds a value that is masked from now on. */
  conceal(value: string): void
  /** Masks what is known to be secret in any text. */
  mask(text: string): string
  /** The `error_description` of a refusal, masked, though exchanges show no free text. */
  descriptionOf(exchange: number): string | undefined
  /** The bytes of a file that was retrieved and not taken. */
  read(file: OutputFile): AsyncIterable<Uint8Array>
  /** Deletes every job that is not at one of these live URLs, each once. */
  deleteJobs(except: ReadonlySet<string>): Promise<void>
  /** Deletes the job at a live URL; resolves to whether it is gone. */
  deleteJobAt(statusUrl: string, as: RequestCredentials): Promise<boolean>
  readonly jobs: JobCounts
  /** Responses that were not judged. */
  readonly flaky: readonly FlakyAnswer[]
  /** How many output files could not be kept because they could not be written. */
  readonly unkept: number
  /** The longest that `close` takes, in milliseconds. */
  readonly closingLimitMs: number
  /** Deletes the jobs that are left, a few at a time and also after an abort, and removes the files that are not kept. */
  close(): Promise<void>
}

/** The longest that closing takes, in milliseconds; after an interruption somebody waits for it. */
function closingLimitMs(signal: AbortSignal | undefined): number {
  return signal?.aborted ? 30_000 : 120_000
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
    hiddenNames: hiddenNamesOf(target),
    ...(options.showDiagnostics ? { showDiagnostics: true } : {}),
  })
  const client = openHttpClient({ target, transport, recorder, clock, notify, ...aborting })
  const resending = openResending({ client, clock, limits: target.limits, notify })
  const onWait = (ms: number) =>
    notify({ kind: 'wait', seconds: Math.round(ms / 1000), for: 'a token to expire' })
  const { masker } = recorder
  const tokens = openAccessTokens({
    target,
    client,
    resending,
    clock,
    masker,
    onWait,
    ...aborting,
    ...(random ? { random } : {}),
  })
  const spools = openSpoolStore(options.keep)
  const files = new Map<number, Spool>()
  const context: ProbeContext = {
    target,
    client,
    resending,
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
    performRequest: (spec) => performRequest(context, spec),
    async performExport(spec, intent, hooks = {}) {
      const sent = kickoffOf(spec, target)
      if ('reason' in sent) return { probe: 'none', reason: sent.reason }
      const as = spec.authorization ?? 'own'
      const ownAuthorization = patchesHeader(spec.headers, 'authorization')
      const isPlain = Object.keys(spec).every((it) => it === 'level')
      return driveExport(context, { sent, as, ownAuthorization, isPlain, intent, hooks })
    },
    performDownloads: (list) => downloadFiles(context, list),
    deleteJobs: (except) => removeUntriedJobs(context, except),
    deleteJobAt: (statusUrl, as) => removeJob(context, statusUrl, as),
    handOverJob: (statusUrl) => context.jobs.handOver(statusUrl),
    obtainExpiringToken: () => tokens.obtainExpiringToken(),
    exchanges: recorder.exchanges,
    conceal: (value) => masker.conceal(value),
    mask: (text) => recorder.mask(text),
    descriptionOf: (exchange) => recorder.descriptionOf(exchange),
    read: (file) => files.get(file.exchange)?.read() ?? noBytes(),
    get jobs() {
      const { perhapsLeft, ...counts } = context.jobs.counts()
      return { ...counts, perhapsLeft: perhapsLeft.map((url) => recorder.mask(url)) }
    },
    get flaky() {
      return resending.flaky
    },
    get unkept() {
      return spools.unkept
    },
    get closingLimitMs() {
      return closingLimitMs(signal)
    },
    async close() {
      client.startCleanup(closingLimitMs(signal))
      await removeAllJobs(context)
      spools.close()
      files.clear()
    },
  }
}

async function* noBytes(): AsyncIterable<Uint8Array> {}
