import { type Exchange, type FileKind, type OutputFile, findExchange } from '../model/http/exchange.ts'
import type { Export } from '../model/export/export.ts'
import { recordedJobStatus } from '../model/export/job-status.ts'
import { endingOf, exportFailure, requestOutcomeOf } from '../model/export/failure.ts'
import { isSuccess, isThrottled } from '../model/http/status.ts'
import type { Evidence } from '../model/evidence.ts'
import { type Reason, type RequestOutcome, stated } from '../model/reason.ts'
import { evidencePart } from '../model/parts.ts'

/** The part of a probe's evidence that a claim is about. */
export type ClaimSubject =
  | { readonly is: 'exchanges'; readonly exchanges: readonly Exchange[] }
  /** `lost`: why not all of the files were judged. */
  | {
      readonly is: 'lines'
      readonly kind: FileKind
      readonly files: readonly OutputFile[]
      readonly lost?: Reason
    }
  | { readonly is: 'index'; readonly files: readonly OutputFile[] }
  /** `never`: the condition did not arise; otherwise evidence that there should be is not there. */
  | { readonly is: 'missing'; readonly reason: Reason; readonly never: boolean }

/** A probe as people call it, and the exchanges of the run. */
interface RunLabel {
  readonly label: string
  readonly all: readonly Exchange[]
  /** The refused kick-off requests at the level of the export. */
  readonly refusals?: () => readonly Exchange[]
}

/** The part of the evidence that a claim names. */
export function subjectOf(evidence: Evidence, part: string, run: RunLabel): ClaimSubject {
  const { label, all } = run
  if (evidence.probe === 'none') return missing(evidence.reason)
  if (evidence.probe === 'files') return filesSubject(evidence.files, part, run)
  if (evidence.probe === 'token' && part === 'key-set')
    return exchangesThatArose(
      evidence.keySetRequests ?? [],
      stated('the authorization server did not request the JWK Set'),
    )
  if (evidence.probe === 'token')
    return exchanges(evidence.exchanges.slice(-1), { kind: 'not-sent', probe: label })
  if (evidence.probe === 'connection') {
    if (evidence.withoutTls) return missing(evidence.withoutTls, true)
    const list = part === 'plain' ? [evidence.plain].filter((it) => it !== undefined) : evidence.exchanges
    return exchanges(list, { kind: 'not-sent', probe: label })
  }
  if (evidence.probe === 'request') {
    if (part === 'response')
      return exchanges(evidence.exchanges.slice(-1), { kind: 'not-sent', probe: label })
    if (!evidence.file?.retrieved)
      return missing({ kind: 'no-file', probe: label, ...lastOutcome(evidence.exchanges) })
    return evidencePart(part)?.reads === 'index'
      ? { is: 'index', files: [evidence.file] }
      : { is: 'lines', kind: 'output', files: [evidence.file] }
  }
  if (part === 'refusals')
    return exchangesThatArose(run.refusals?.() ?? [], stated('no such kick-off request was refused'))
  if (part === 'files') {
    const downloads = downloadsOf(evidence.export, all)
    if (downloads.length > 0) return { is: 'exchanges', exchanges: downloads }
  }
  return partOf(evidence.export, part, run)
}

/** The export of some evidence, unless it was never accepted: then why it was not. */
function partOf(it: Export, part: string, run: RunLabel): ClaimSubject {
  const { label } = run
  if (it.state === 'requested') return missing({ kind: 'not-sent', probe: label })
  if (part === 'kickoff' || part === 'job') return { is: 'exchanges', exchanges: [it.kickoff] }
  if (part === 'outcome' && it.state === 'refused') return { is: 'exchanges', exchanges: [it.kickoff] }
  if (it.state === 'refused') return missing(refused(it.kickoff, label))
  // If an export was cut short, it is unknown what would have arisen.
  const cut = isCutShort(it) ? missing(exportFailure(it, label)) : undefined
  switch (part) {
    case 'progress':
      return exchangesThatArose(
        it.polls.filter((poll) => recordedJobStatus(poll) === 202),
        stated('no status response said that the export was in progress'),
        cut,
      )
    case 'throttled':
      return exchangesThatArose(
        pollsWith(it.polls, isThrottled),
        stated('no status request was throttled'),
        cut,
      )
    case 'outcome':
      return 'completion' in it && it.completion
        ? { is: 'exchanges', exchanges: [it.completion] }
        : missing({ kind: 'not-completed', probe: label, ...endingOf(it) })
    case 'failure':
      return it.state === 'failed' && !it.malformedManifest
        ? { is: 'exchanges', exchanges: [it.completion] }
        : it.state === 'overdue'
          ? missing(exportFailure(it, label))
          : (cut ?? missing(stated('the export did not fail'), true))
    case 'deletion':
      return it.state === 'deleted'
        ? { is: 'exchanges', exchanges: [it.deletion] }
        : missing({ kind: 'not-deleted', probe: label, times: 1, ...endingOf(it) })
    case 'second-deletion':
      return it.state === 'deleted' && it.secondDeletion
        ? { is: 'exchanges', exchanges: [it.secondDeletion] }
        : missing({ kind: 'not-deleted', probe: label, times: 2, ...endingOf(it) })
    case 'after-deletion':
      return it.state === 'deleted'
        ? exchanges(it.afterDeletion.slice(-1), {
            kind: 'status-not-requested',
            probe: label,
            after: 'deletion',
          })
        : missing({ kind: 'not-deleted', probe: label, times: 1, ...endingOf(it) })
    default:
      return completedPart(it, part, run)
  }
}

/** Whether an export was followed neither to its end nor as long as an export is waited for. */
function isCutShort(it: Export): boolean {
  return it.state === 'in-progress' || (it.state === 'overdue' && it.overdue.limit === 'run')
}

type StartedExport = Exclude<Export, { state: 'requested' | 'refused' }>

function completedPart(it: StartedExport, part: string, run: RunLabel): ClaimSubject {
  const { label } = run
  const completion = 'completion' in it && (it.state !== 'failed' || it.malformedManifest) && it.completion
  if (part === 'completion' && completion) return { is: 'exchanges', exchanges: [completion] }
  if (!('files' in it) || !it.files) return missing({ kind: 'not-completed', probe: label, ...endingOf(it) })
  if (part === 'completion-again')
    return it.state === 'complete' && it.completionAgain
      ? { is: 'exchanges', exchanges: [it.completionAgain] }
      : missing({ kind: 'status-not-requested', probe: label, after: 'completion' })
  if (part === 'pages')
    return exchangesThatArose(
      ('pages' in it && it.pages) || [],
      stated('the manifest links to no other manifest'),
    )
  if (part === 'early-files')
    return exchangesThatArose(
      (it.earlyFiles ?? []).flatMap(({ file }) => findExchange(run.all, file.exchange) ?? []),
      stated('no status response listed files while the export was in progress'),
    )
  if (part === 'files') return missing({ kind: 'no-files-listed', probe: label })
  return filesSubject(it.files, part, run)
}

/** The part of a complete export that is made of its files. */
function filesSubject(files: readonly OutputFile[], part: string, run: RunLabel): ClaimSubject {
  const { label } = run
  const kind = evidencePart(part)?.fileKind
  if (kind) {
    const mine = files.every((file) => file.kind === kind)
      ? files
      : files.filter((file) => file.kind === kind)
    const lost = fileLost(mine, run)
    if (mine.length > 0) return { is: 'lines', kind, files: mine, ...(lost === undefined ? {} : { lost }) }
    if (kind === 'output') return missing({ kind: 'no-files-listed', probe: label, files: kind })
    return missing({ kind: 'no-files-listed', files: kind }, true)
  }
  const lost = fileLost(files, run)
  return lost === undefined ? { is: 'index', files } : missing(lost)
}

/** Why the files of a probe cannot all be judged; `undefined` if they can. */
export function fileLost(
  files: readonly OutputFile[],
  { label, all }: RunLabel,
): (Reason & { kind: 'file-lost' }) | undefined {
  const lost = files.find((file) => !file.retrieved)
  if (!lost) return undefined
  const exchange = findExchange(all, lost.exchange)
  const outcome = exchange
    ? requestOutcomeOf(exchange)
    : { exchange: lost.exchange, ...(lost.stop ? { stop: lost.stop } : {}) }
  return { kind: 'file-lost', probe: label, ...outcome }
}

function downloadsOf(it: Export, all: readonly Exchange[]): readonly Exchange[] {
  const files = 'files' in it ? (it.files ?? []) : []
  return files.flatMap((file) => findExchange(all, file.exchange) ?? [])
}

/** Why the outcome of a control probe makes probes that deviate from it inconclusive; `undefined` if it does not. */
export function probeFailure(evidence: Evidence | undefined, label: string): Reason | undefined {
  if (!evidence) return { kind: 'not-performed', probe: label }
  if (evidence.probe === 'none') return evidence.reason
  if (evidence.probe === 'files') return undefined
  if (evidence.probe === 'export') {
    if (evidence.export.state === 'refused') return refused(evidence.export.kickoff, label)
    return evidence.export.state === 'requested' ? { kind: 'not-sent', probe: label } : undefined
  }
  const last = evidence.exchanges.at(-1)
  if (last && succeeded(last)) return undefined
  return { kind: 'not-successful', probe: label, ...lastOutcome(evidence.exchanges) }
}

function pollsWith(polls: readonly Exchange[], accepts: (status: number) => boolean): readonly Exchange[] {
  return polls.filter((poll) => poll.response && accepts(poll.response.status))
}

function succeeded(exchange: Exchange): boolean {
  return isSuccess(exchange.response?.status)
}

function refused(kickoff: Exchange, probe: string): Reason {
  return { kind: 'refused', probe, outcome: requestOutcomeOf(kickoff) }
}

function lastOutcome(list: readonly Exchange[]): { readonly outcome?: RequestOutcome } {
  const last = list.at(-1)
  return last ? { outcome: requestOutcomeOf(last) } : {}
}

function exchanges(list: readonly Exchange[], otherwise: Reason): ClaimSubject {
  return list.length > 0 ? { is: 'exchanges', exchanges: list } : missing(otherwise)
}

function exchangesThatArose(list: readonly Exchange[], otherwise: Reason, cut?: ClaimSubject): ClaimSubject {
  return list.length > 0 ? { is: 'exchanges', exchanges: list } : (cut ?? missing(otherwise, true))
}

function missing(reason: Reason, never = false): ClaimSubject {
  return { is: 'missing', reason, never }
}
