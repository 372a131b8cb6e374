import type { ExportEnding, Reason, RequestKind, RequestOutcome } from '../model/reason.ts'
import { offerText, planningText } from './planning-text.ts'
import { overdueText, problemText, unansweredText } from './stop-text.ts'
import { preflightClause } from './preflight-text.ts'

/** A piece of a sentence; `exchange` is the number of the exchange that it names. */
export interface ReasonPart {
  readonly text: string
  readonly exchange?: number
}

/** The name of a file on this machine, by its number in reasons; `undefined` for an exchange. */
export type FileNames = (number: number) => string | undefined

/** The sentence of a reason; it completes "cannot tell, because …" or "does not apply, because …". */
export function reasonText(reason: Reason, fileNames: FileNames = noFiles): string {
  return reasonParts(reason, fileNames)
    .map((it) => it.text)
    .join('')
}

/** The sentence of a reason in parts, each exchange that it names one of them. */
export function reasonParts(reason: Reason, fileNames: FileNames = noFiles): readonly ReasonPart[] {
  return piecesOf(reason, fileNames)
    .filter((it) => it !== '')
    .map((it) => (typeof it === 'string' ? { text: it } : it))
}

const noFiles: FileNames = () => undefined

type Pieces = readonly (string | ReasonPart)[]

function piecesOf(reason: Reason, fileNames: FileNames): Pieces {
  switch (reason.kind) {
    case 'stated':
      return [reason.text, ...inParentheses(reason.exchanges ?? [], fileNames)]
    case 'condition-not-met':
      return [`the condition of the test was not met; bulkcheck found: "${reason.message}"`]
    case 'offer-refused':
      return [offerText(reason), ': one ', ...answered(reason.outcome, fileNames)]
    case 'no-token':
      return [
        'no access token could be obtained: the token request ',
        ...answered(
          reason.outcome,
          fileNames,
          reason.outcome.status === 200 ? ' without an access_token' : reason.error && ` ${reason.error}`,
        ),
      ]
    case 'preflight':
      return [
        preflightClause(reason),
        ...inParentheses([reason.outcome.exchange], fileNames),
        reason.outcome.status === undefined ? '' : '; a wrong setting can be the cause',
      ]
    case 'no-token-endpoint':
      return ['no token endpoint could be discovered', ...inParentheses(reason.exchanges, fileNames)]
    case 'no-response':
      return [place(reason.exchange, fileNames), ` ${unansweredText(reason)}`]
    case 'expired':
      return [
        'the export had expired before the response arrived, according to the Expires header of ',
        place(reason.exchange, fileNames),
      ]
    case 'indecisive-status':
      return statusPieces(reason, fileNames)
    case 'unusable-body':
      return ['the body of ', place(reason.exchange, fileNames), ` ${bodyFlaws[reason.flaw]}`]
    case 'refused-alike':
      return [
        `a correct ${requestName(reason)} `,
        ...answered(reason.outcome, fileNames),
        ', too, so the server may refuse everything',
      ]
    case 'none-accepted':
      return [
        `the server accepted no ${requestName(reason)}`,
        ...(reason.side === undefined || reason.exchange === undefined
          ? []
          : [` ${reason.side} `, place(reason.exchange, fileNames)]),
        ', so it may refuse everything',
      ]
    case 'line-too-long':
      return ['a line in ', ...filePlace(reason.exchange, fileNames), tooLong(1)]
    case 'lines-without-id':
      return [...filePlace(reason.exchange, fileNames), ' has lines that are not resources with an id']
    case 'lines-not-read':
      return linesNotRead(reason, fileNames)
    case 'other-release':
    case 'other-smart-release':
    case 'level-not-claimed':
    case 'feature-missing':
    case 'feature-offered':
    case 'feature-not-offered':
    case 'feature-unknown':
    case 'no-group':
    case 'narrowed':
    case 'level-unknown':
    case 'no-manifest':
    case 'no-package':
      return [planningText(reason)]
    case 'out-of-time':
      return [`the run ended after ${reason.seconds} s (--max-time)`]
    case 'interrupted':
    case 'no-evidence':
    case 'files-not-kept':
    case 'disk-full':
    case 'patient-ids-not-recorded':
    case 'not-shared':
      return [plainTexts[reason.kind]]
    default:
      return probePieces(reason, fileNames)
  }
}

function requestName(kind: RequestKind): string {
  if (kind.requests === 'kick-off') return `kick-off request at ${kind.level} level`
  return kind.requests === 'group' ? 'request for the Group' : `${kind.requests} request`
}

const bodyFlaws = {
  'too-long': 'is too long to be recorded',
  'not-recorded': 'was not recorded',
  'no-manifest': 'is not a manifest',
  'no-capability-statement': 'is not a CapabilityStatement',
}

const plainTexts = {
  interrupted: 'the run was interrupted',
  'no-evidence': 'the run was interrupted, or did not include the probe of the test',
  'files-not-kept': 'the output files no longer exist; `bulkcheck run --keep` keeps them',
  'disk-full': 'the temporary folder is full or not writable: make room, or set TMPDIR to another folder',
  'patient-ids-not-recorded': 'a recording contains no patient ids',
  'not-shared': 'the first machine did not share a value that the test needs',
}

const comparedExport = 'the export to compare with'

type ProbeReason = Extract<
  Reason,
  {
    kind:
      | 'not-performed'
      | 'not-sent'
      | 'never-running'
      | 'refused'
      | 'not-successful'
      | 'no-file'
      | 'not-completed'
      | 'not-deleted'
      | 'status-not-requested'
      | 'no-files-listed'
      | 'file-lost'
      | 'token-lives-too-long'
  }
>

function probePieces(reason: ProbeReason, fileNames: FileNames): Pieces {
  switch (reason.kind) {
    case 'not-performed':
      return [`bulkcheck did not perform ${reason.probe}`]
    case 'not-sent':
      return [`bulkcheck sent nothing for ${reason.probe}`]
    case 'never-running':
      return [`no status response showed ${reason.probe ?? 'its export'} in progress`]
    case 'refused':
      return [reason.probe ?? comparedExport, ...refusal(reason.outcome, fileNames)]
    case 'not-successful':
      return [
        `${reason.probe} did not succeed`,
        ...(reason.outcome ? [': it ', ...answered(reason.outcome, fileNames)] : []),
      ]
    case 'no-file':
      return [
        `${reason.probe} returned no file`,
        ...(reason.outcome ? [': it ', ...answered(reason.outcome, fileNames)] : []),
      ]
    case 'not-completed':
      return [`${reason.probe ?? comparedExport} did not complete`, ...ended(reason.ending, fileNames)]
    case 'not-deleted':
      return [
        `${reason.probe} was not deleted${reason.times === 2 ? ' a second time' : ''}`,
        ...ended(reason.ending, fileNames),
      ]
    case 'status-not-requested':
      return [`the status of ${reason.probe} was not requested again after its ${reason.after}`]
    case 'no-files-listed':
      return [
        `the manifest${reason.probe === undefined ? '' : ` of ${reason.probe}`} lists no files${reason.files === undefined ? '' : ` under \`${reason.files}\``}`,
      ]
    case 'file-lost':
      return [
        `a file of ${reason.probe} was not read completely`,
        ...(reason.status === undefined && problemText(reason) === undefined
          ? inParentheses([reason.exchange], fileNames)
          : [': it ', ...answered(reason, fileNames)]),
      ]
    case 'token-lives-too-long':
      return [
        `the access token may be valid for ${reason.seconds} s, but bulkcheck waits at most ${reason.waits} s for it to expire (--token-wait)`,
      ]
  }
}

function statusPieces(
  { exchange, status, meaning }: Reason & { kind: 'indecisive-status' },
  fileNames: FileNames,
): Pieces {
  const seen = inParentheses([exchange], fileNames)
  switch (meaning) {
    case 'throttled':
      return [`the server throttled the request with ${status}`, ...seen]
    case 'redirected':
      return [`the server redirected the request with ${status}`, ...seen]
    case 'unavailable':
      return [`the server was unavailable: it answered with ${status}`, ...seen]
    case 'gateway':
      return [
        `the ${status} of `,
        place(exchange, fileNames),
        ' can come from infrastructure in front of the FHIR server',
      ]
    case 'other':
      return [
        `the request was answered with ${status}`,
        ...seen,
        ', which does not show whether the requirement is met',
      ]
  }
}

function ended(ending: ExportEnding | undefined, fileNames: FileNames): Pieces {
  if (!ending) return []
  if ('overdue' in ending) return [`: ${overdueText(ending.overdue)}`]
  return [
    ': a status request ',
    ...answered(
      ending,
      fileNames,
      ending.flaw === undefined ? undefined : `, but the body ${bodyFlaws[ending.flaw]}`,
    ),
  ]
}

/** "was answered with 403 (exchange 7)", "had no response: … (exchange 7)". */
function answered(outcome: RequestOutcome, fileNames: FileNames, further = ''): Pieces {
  const { status, exchange } = outcome
  const seen = inParentheses([exchange], fileNames)
  return status === undefined
    ? [unansweredText(outcome), ...seen]
    : [`was answered with ${status}${further}`, ...seen]
}

/** A 202 without a polling location starts an export whose status cannot be requested. */
function refusal(outcome: RequestOutcome, fileNames: FileNames): Pieces {
  const { status, problem, exchange, stop } = outcome
  return [
    status === undefined
      ? stop
        ? ` ${unansweredText(outcome)}`
        : ` was refused: ${problem ?? 'there was no response'}`
      : status === 202
        ? ' was accepted with 202, but without a polling location'
        : ` was refused with ${status}`,
    ...inParentheses([exchange], fileNames),
  ]
}

function inParentheses(exchanges: readonly number[], fileNames: FileNames): Pieces {
  if (exchanges.length === 0) return []
  return [
    ' (',
    ...exchanges.flatMap((it, at): Pieces => [...(at > 0 ? [' and '] : []), place(it, fileNames)]),
    ')',
  ]
}

function place(exchange: number, fileNames: FileNames): ReasonPart {
  const name = fileNames(exchange)
  return name === undefined ? { text: `exchange ${exchange}`, exchange } : { text: name }
}

function filePlace(exchange: number, fileNames: FileNames): Pieces {
  return [...(fileNames(exchange) === undefined ? ['the file of '] : []), place(exchange, fileNames)]
}

type LinesNotRead = Extract<Reason, { kind: 'lines-not-read' }>

function linesNotRead({ times, exchange, line }: LinesNotRead, fileNames: FileNames): Pieces {
  const others = times > 1 ? ` and ${times - 1} other line${times === 2 ? '' : 's'}` : ''
  const how = `${tooLong(times)}, or nested too deep`
  return [`line ${line} of `, ...filePlace(exchange, fileNames), others, how]
}

function tooLong(times: number): string {
  return ` ${times === 1 ? 'is' : 'are'} longer than the limit (\`--max-line\`)`
}
