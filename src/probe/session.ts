import { randomBytes } from 'node:crypto'
import type { Clock } from '../model/clock.ts'
import type { Evidence } from '../model/evidence.ts'
import type { ExportIntent } from '../model/export/export.ts'
import type { Exchange, OutputFile } from '../model/http/exchange.ts'
import type { FlakyAnswer } from '../model/http/flaky.ts'
import type { JobCounts } from '../model/jobs.ts'
import { type KnownSecrets, openKnownSecrets } from '../model/secrets/known-secrets.ts'
import type { Reason } from '../model/reason.ts'
import type { RequestCredentials, TokenProbe } from '../model/suite.ts'
import type { Target } from '../model/target.ts'
import type { TokenOutcome } from './authorization/access-token.ts'
import { openAccessTokens } from './authorization/access-tokens.ts'
import { hiddenNamesOf } from './authorization/client-secrets.ts'
import type { ProbeContext } from './context.ts'
import type { ProbeEvent } from './events.ts'
import { type DownloadList, downloadFiles } from './export/download.ts'
import { type ExportHooks, driveExport } from './export/driver.ts'
import { openJobRegistry } from './export/job-registry.ts'
import {
  type JobRemoval,
  removeAllJobs,
  removeJob,
  removeUntriedJobs,
  removeWrite,
} from './export/job-deletion.ts'
import { type ResolvedExport, kickoffOf } from './export/kickoff.ts'
import { openDigest } from './masking/digest.ts'
import { patchesHeader } from './header-patch.ts'
import { type HttpClient, openHttpClient } from './http-client.ts'
import type { KeySetHost } from './key-set-host.ts'
import { lastPage, openRecorder, type Recorder } from './recording/recorder.ts'
import { openResending } from './resending.ts'
import { type ResolvedRequest, performRequest } from './request.ts'
import { type ResolvedConnection, performConnection } from './tls.ts'
import type { Transport } from './transport/message.ts'
import { openSpoolStore } from './transport/spool-store.ts'
import type { Spool } from './transport/spool.ts'
import { isTrustedOrigin } from './url-policy.ts'

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
  /** Hosts the JWK Set of a client that is registered by URL. */
  readonly keySetHost?: KeySetHost | undefined
  /** Exchanges are numbered after this one; 0 unless given. */
  readonly after?: number
  /** What is secret; what becomes known is added. */
  readonly secrets?: KnownSecrets
  /** Names and values that the suites mention, which are shown wherever they are. */
  readonly mentioned?: ReadonlySet<string>
}

/** Performs probes. */
export interface ProbePerformer {
  /** `key` names the probe for `replays` and `jtiOf` of later ones. */
  performToken(spec: TokenProbe, key: string): Promise<Evidence>
  performRequest(spec: ResolvedRequest): Promise<Evidence>
  performConnection(spec: ResolvedConnection): Promise<Evidence>
  performExport(spec: ResolvedExport, intent: ExportIntent, hooks?: ExportHooks): Promise<Evidence>
}

/** How probes are performed beside others. */
interface PageOptions {
  /**
   * Called where the server puts a kick-off off. Resolves to true when another export has ended, so that the server may accept
   * the kick-off now, and to false at once if no other export runs.
   */
  readonly whenPutOff?: () => Promise<boolean>
}

/** Performs probes against one target and records every exchange. Probes that are performed at the same time need pages of their own. */
export interface Session extends ProbePerformer {
  /** What is performed there is numbered after all that is on the pages before; the session itself writes on page 0. */
  onPage(page: number, options?: PageOptions): ProbePerformer
  /** From now on, requests for tokens and for the deletion of jobs come after everything else: they belong to no single probe. */
  moveErrandsToEnd(): void
  /** Downloads those files of a complete export, which another session has asked for, and that it did not download. */
  performDownloads(list: DownloadList): Promise<readonly OutputFile[]>
  /** Leaves the job at that live URL to others, who delete it. */
  handOverJob(statusUrl: string): void
  /** The access token of the harness, in clear, or why there is none. */
  ownToken(): Promise<TokenOutcome>
  /** A client assertion of the harness, in clear, with the deviations of a probe; nothing sends it. */
  ownAssertion(spec: TokenProbe): Promise<{ readonly assertion: string } | { readonly reason: Reason }>
  /** Requests a token now that a later request uses after its expiry. */
  obtainExpiringToken(): Promise<void>
  /** In the order of their numbers. */
  readonly exchanges: readonly Exchange[]
  /** Adds a value that is masked from now on. */
  conceal(value: string): void
  /** A URL as it is shown in exchanges. */
  showUrl(url: string): string
  /** Masks what is known to be secret in any text. */
  mask(text: string): string
  /** What is known to be secret by now, for what was masked when less was known. */
  readonly secrets: Pick<KnownSecrets, 'hide' | 'size'>
  /** The `error_description` of a refusal, masked, though exchanges show no free text. */
  descriptionOf(exchange: number): string | undefined
  /** The bytes of a file that was retrieved and not taken. */
  read(file: OutputFile): AsyncIterable<Uint8Array>
  /** Deletes every job that is not at one of these live URLs, and was not started on one of these pages, each once. */
  deleteJobs(except: () => ReadonlySet<string>, busyPages?: ReadonlySet<number>): Promise<void>
  /** Gives files that are kept the final numbers of their exchanges. */
  renumberKept(numberOf: (exchange: number) => number): void
  /** Deletes the job at a live URL, and with `creates` the resource that it created. */
  deleteJobAt(statusUrl: string, as: RequestCredentials, creates?: true): Promise<JobRemoval>
  readonly jobs: JobCounts
  /** Responses that were not judged. */
  readonly flaky: readonly FlakyAnswer[]
  /** How many output files could not be kept because they could not be written. */
  readonly unkept: number
  /** The longest that `close` takes, in milliseconds. */
  readonly closingLimitMs: number
  /** Deletes the jobs that are left, a few at a time and also after an abort, and removes the files that are not kept. An abort meanwhile leaves less time. */
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
  const { after = 0, secrets = openKnownSecrets() } = options
  const recorder = openRecorder({
    clock,
    after,
    hiddenNames: hiddenNamesOf(target),
    ownUrls: ownUrlsOf(target),
    isTrusted: (url) => isTrustedOrigin(url, target),
    digest: openDigest((options.random ?? randomBytes)(32)),
    ...(options.mentioned ? { mentioned: options.mentioned } : {}),
    secrets,
    notify,
    ...(options.showDiagnostics ? { showDiagnostics: true } : {}),
  })
  const client = openHttpClient({ target, transport, recorder, clock, notify, ...aborting })
  const errands = openErrands(recorder, client)
  const resending = openResending({ client, clock, limits: target.limits, notify })
  const onWait = (ms: number) =>
    notify({ kind: 'wait', seconds: Math.round(ms / 1000), for: 'a token to expire' })
  const { masker } = recorder
  for (const it of target.baseline?.patient ?? []) masker.conceal(it)
  const tokens = openAccessTokens({
    target,
    client: errands.client,
    resending,
    clock,
    masker,
    onWait,
    ...aborting,
    ...(random ? { random } : {}),
    keySetHost: options.keySetHost,
  })
  const spools = openSpoolStore(options.keep)
  const files = new Map<number, Spool>()
  const context: ProbeContext = {
    target,
    client: errands.client,
    resending,
    tokens,
    jobs: openJobRegistry(notify),
    clock,
    ...{ transport, recorder, handshakes: new Map() },
    notify,
    ...aborting,
    newSpool: (copy) => spools.create(copy),
    keepsFiles: spools.keepsFiles,
    nextExchange: errands.nextNumber,
    keepFile(exchange, spool) {
      spool.keepAs(`${exchange}.ndjson`)
      files.set(exchange, spool)
    },
  }

  return {
    ...performerOf(context),
    onPage(page, { whenPutOff } = {}) {
      const own = recorder.onPage(page)
      return performerOf({
        ...{ ...context, client: client.recordingTo(own), recorder: own, nextExchange: own.nextNumber },
        jobs: context.jobs.startedBy(page),
        ...(whenPutOff ? { whenPutOff } : {}),
      })
    },
    moveErrandsToEnd: errands.moveToEnd,
    performDownloads: (list) => downloadFiles(context, list),
    deleteJobs: (except, busyPages) => removeUntriedJobs(context, except, busyPages),
    renumberKept(numberOf) {
      for (const [exchange, spool] of files)
        if (numberOf(exchange) !== exchange) spool.keepAs(`${numberOf(exchange)}.ndjson`)
    },
    deleteJobAt: (statusUrl, as, creates) =>
      creates ? removeWrite(context, statusUrl, as) : removeJob(context, statusUrl, as),
    handOverJob: (statusUrl) => context.jobs.handOver(statusUrl),
    ownToken: () => tokens.own(),
    ownAssertion: (spec) => tokens.assertion(spec),
    obtainExpiringToken: () => tokens.obtainExpiringToken(),
    get exchanges() {
      return recorder.exchanges
    },
    conceal: (value) => masker.conceal(value),
    mask: (text) => recorder.mask(text),
    showUrl: (url) => recorder.showUrl(url),
    secrets,
    descriptionOf: (exchange) => recorder.descriptionOf(exchange),
    read: (file) => files.get(file.exchange)?.read() ?? noBytes(),
    get jobs() {
      const { perhapsLeft, ...counts } = context.jobs.counts()
      return { ...counts, perhapsLeft: perhapsLeft.map((url) => recorder.showUrl(url)) }
    },
    get flaky() {
      return resending.flaky.toSorted((a, b) => a.exchange - b.exchange)
    },
    get unkept() {
      return spools.unkept
    },
    get closingLimitMs() {
      return closingLimitMs(signal)
    },
    async close() {
      const begin = () => client.startCleanup(closingLimitMs(signal))
      begin()
      signal?.addEventListener('abort', begin)
      await removeAllJobs(context).finally(() => signal?.removeEventListener('abort', begin))
      spools.close()
      files.clear()
    },
  }
}

/** The URLs that the configuration of a target names. */
function ownUrlsOf({
  fhirUrl,
  groupId,
  emptyGroupId,
  facts,
  authorization,
  otherClient,
}: Target): readonly string[] {
  const tokenUrls = [authorization, otherClient].flatMap((it) =>
    it && 'tokenUrl' in it ? (it.tokenUrl ?? []) : [],
  )
  const groups = [groupId, emptyGroupId, facts?.deniedGroupId, facts?.otherGroupId].flatMap((it) =>
    it ? encodeURIComponent(it) : [],
  )
  return [fhirUrl, ...tokenUrls, ...groups]
}

/** What is sent on nobody's account, recorded on the first page, and later on the last. */
function openErrands(recorder: Recorder, client: HttpClient) {
  let page = 0
  return {
    client: client.recordingTo({ ...recorder, record: (...it) => recorder.onPage(page).record(...it) }),
    nextNumber: () => recorder.onPage(page).nextNumber(),
    moveToEnd() {
      page = lastPage
    },
  }
}

function performerOf(context: ProbeContext): ProbePerformer {
  const { target, tokens } = context
  return {
    performToken: (spec, key) => tokens.perform(spec, key, context),
    performRequest: (spec) => performRequest(context, spec),
    performConnection: (spec) => performConnection(context, spec),
    async performExport(spec, intent, hooks = {}) {
      const sent = kickoffOf(spec, target)
      if ('reason' in sent) return { probe: 'none', reason: sent.reason }
      const as = spec.authorization ?? 'own'
      const ownAuthorization = patchesHeader(spec.headers, 'authorization')
      const isPlain = Object.keys(spec).every((it) => it === 'level')
      return driveExport(context, { sent, as, ownAuthorization, isPlain, intent, hooks })
    },
  }
}

async function* noBytes(): AsyncIterable<Uint8Array> {}
