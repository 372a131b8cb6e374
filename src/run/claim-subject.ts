import { type Exchange, type FileKind, type OutputFile, findExchange } from '../model/http/exchange.ts'
import type { Export } from '../model/export/export.ts'
import { isSuccess, isThrottled } from '../model/http/status.ts'
import type { Evidence } from '../model/evidence.ts'
import { evidencePart } from '../model/parts.ts'

/** What a claim is about, taken from the evidence of its probe. */
export type ClaimSubject =
  | { readonly is: 'exchanges'; readonly exchanges: readonly Exchange[] }
  /** `lost`: why not all of the files were judged. */
  | {
      readonly is: 'lines'
      readonly kind: FileKind
      readonly files: readonly OutputFile[]
      readonly lost?: string
    }
  | { readonly is: 'index'; readonly files: readonly OutputFile[] }
  /** `never`: the condition did not arise; otherwise evidence that there should be is not there. */
  | { readonly is: 'missing'; readonly because: string; readonly never: boolean }

/** The part of the evidence that a claim names. `label` names the probe for people; `all` are the exchanges of the run. */
export function subjectOf(
  evidence: Evidence,
  part: string,
  run: { label: string; all: readonly Exchange[] },
): ClaimSubject {
  const { label } = run
  if (evidence.probe === 'none') return missing(evidence.because)
  if (evidence.probe === 'files') return filesSubject(evidence.files, part, label)
  if (evidence.probe === 'token') return exchanges(evidence.exchanges.slice(-1), `${label} was not sent`)
  if (evidence.probe === 'request') {
    if (part === 'response') return exchanges(evidence.exchanges.slice(-1), `${label} was not sent`)
    if (!evidence.file?.retrieved) return missing(`${label} brought no file${lastSeen(evidence.exchanges)}`)
    return evidencePart(part)?.reads === 'index'
      ? { is: 'index', files: [evidence.file] }
      : { is: 'lines', kind: 'output', files: [evidence.file] }
  }
  if (part === 'files') {
    const downloads = downloadsOf(evidence.export, run.all)
    if (downloads.length > 0) return { is: 'exchanges', exchanges: downloads }
  }
  return partOf(evidence.export, part, label)
}

/** The export of some evidence, unless it was never accepted: then why it was not. */
function partOf(it: Export, part: string, label: string): ClaimSubject {
  if (it.state === 'requested') return missing(`${label} was never asked for`)
  if (part === 'kickoff') return exchanges([it.kickoff], '')
  if (it.state === 'refused') return missing(`${label} was refused${answered(it.kickoff)}`)
  switch (part) {
    case 'progress':
      return exchangesThatArose(
        pollsWith(it.polls, (status) => status === 202),
        'no status response said that the export was in progress',
      )
    case 'throttled':
      return exchangesThatArose(pollsWith(it.polls, isThrottled), 'no status request was throttled')
    case 'failure':
      return it.state === 'failed' && !it.malformedManifest
        ? exchanges([it.completion], '')
        : missing('no export failed', true)
    case 'deletion':
      return it.state === 'deleted'
        ? exchanges([it.deletion], '')
        : missing(`${label} was not deleted${ended(it)}`)
    case 'second-deletion':
      return it.state === 'deleted' && it.secondDeletion
        ? exchanges([it.secondDeletion], '')
        : missing(`${label} was not deleted twice${ended(it)}`)
    case 'after-deletion':
      return it.state === 'deleted'
        ? exchanges(it.afterDeletion.slice(-1), `${label} was not asked for after its deletion`)
        : missing(`${label} was not deleted${ended(it)}`)
    default:
      return completedPart(it, part, label)
  }
}

type StartedExport = Exclude<Export, { state: 'requested' | 'refused' }>

function completedPart(it: StartedExport, part: string, label: string): ClaimSubject {
  const completion = 'completion' in it && (it.state !== 'failed' || it.malformedManifest) && it.completion
  if (part === 'completion' && completion) return exchanges([completion], '')
  if (!('files' in it) || !it.files) return missing(`${label} did not complete${ended(it)}`)
  if (part === 'completion-again')
    return it.state === 'complete' && it.completionAgain
      ? exchanges([it.completionAgain], '')
      : missing(`the status of ${label} was not asked for again`)
  if (part === 'files') return missing(`the manifest of ${label} lists no files`)
  return filesSubject(it.files, part, label)
}

/** The part of a complete export that is made of its files. */
function filesSubject(files: readonly OutputFile[], part: string, label: string): ClaimSubject {
  const kind = evidencePart(part)?.fileKind
  if (kind) {
    const mine = files.filter((file) => file.kind === kind)
    const lost = lostOf(mine, label)
    if (mine.length > 0) return { is: 'lines', kind, files: mine, ...(lost === undefined ? {} : { lost }) }
    if (kind === 'output') return missing(`the manifest of ${label} lists no output files`)
    return missing(`the manifest lists no ${kind === 'error' ? 'error' : 'deleted'} files`, true)
  }
  const lost = lostOf(files, label)
  return lost === undefined ? { is: 'index', files } : missing(lost)
}

function lostOf(files: readonly OutputFile[], label: string): string | undefined {
  const lost = files.find((file) => !file.retrieved)
  return lost && `a file of ${label} was not read as a whole (exchange ${lost.exchange})`
}

function downloadsOf(it: Export, all: readonly Exchange[]): readonly Exchange[] {
  const files = 'files' in it ? (it.files ?? []) : []
  return files.flatMap((file) => findExchange(all, file.exchange) ?? [])
}

/** Why a control probe does not vouch for the probes that deviate from it; `undefined` if it does. */
export function probeFailure(evidence: Evidence | undefined, label: string): string | undefined {
  if (!evidence) return `${label} was not performed`
  if (evidence.probe === 'none') return evidence.because
  if (evidence.probe === 'files') return undefined
  if (evidence.probe === 'export') {
    if (evidence.export.state === 'refused') return `${label} was refused${answered(evidence.export.kickoff)}`
    return evidence.export.state === 'requested' ? `${label} was never asked for` : undefined
  }
  const last = evidence.exchanges.at(-1)
  if (last && succeeded(last)) return undefined
  return `${label} did not succeed${last ? answered(last) : ''}`
}

function pollsWith(polls: readonly Exchange[], accepts: (status: number) => boolean): readonly Exchange[] {
  return polls.filter((poll) => poll.response && accepts(poll.response.status))
}

function succeeded(exchange: Exchange): boolean {
  return isSuccess(exchange.response?.status)
}

function ended(it: StartedExport): string {
  if (it.state === 'failed') return `: it ended${answered(it.completion)}`
  if (it.state === 'overdue') return `: ${it.because}`
  return ''
}

function answered(exchange: Exchange): string {
  const { response, number } = exchange
  if (response) return ` with ${response.status} (exchange ${number})`
  return `: ${exchange.problem ?? 'there was no answer'} (exchange ${number})`
}

function lastSeen(list: readonly Exchange[]): string {
  const last = list.at(-1)
  return last ? `: it was answered${answered(last)}` : ''
}

function exchanges(list: readonly Exchange[], otherwise: string): ClaimSubject {
  return list.length > 0 ? { is: 'exchanges', exchanges: list } : missing(otherwise)
}

function exchangesThatArose(list: readonly Exchange[], otherwise: string): ClaimSubject {
  return list.length > 0 ? { is: 'exchanges', exchanges: list } : missing(otherwise, true)
}

function missing(because: string, never = false): ClaimSubject {
  return { is: 'missing', because, never }
}
