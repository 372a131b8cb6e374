import type { ExportDepth } from './export/export.ts'
import type { FileKind } from './http/exchange.ts'

/** The kinds of probes. */
export type ProbeKind = 'request' | 'token' | 'connection' | 'export'

/** What a check reads: HTTP exchanges one by one, the lines of files, or the index of all resources. */
type CheckSubject = 'exchange' | 'lines' | 'index'

/** How an export must end for a part to exist. */
type ExportEnding = 'completed' | 'asked-again' | 'failed' | 'deleted' | 'deleted-twice'

/** The description of a part of the evidence. */
export interface EvidencePart {
  /** The kinds of probes that have the part. */
  readonly of: readonly ProbeKind[]
  /** The description in suites/README.md. */
  readonly is: string
  /** What checks of the part read. */
  readonly reads: CheckSubject
  /** How far an export is taken for the part. */
  readonly upTo: ExportDepth
  /** Absent: the part can exist however the export ends. */
  readonly ending?: ExportEnding
  /** The files whose lines are the part. */
  readonly fileKind?: FileKind
  /** The part is gathered from every export of the run at the level. */
  readonly ofEveryExport?: true
}

/** Every part of the evidence that a test can read, by name. */
export const evidenceParts = {
  response: {
    of: ['request', 'token'],
    is: 'the request and its response',
    reads: 'exchange',
    upTo: 'kickoff',
  },
  'key-set': {
    of: ['token'],
    is: 'every request for the hosted JWK Set that the authorization server made meanwhile, and the response of bulkcheck',
    reads: 'exchange',
    upTo: 'kickoff',
  },
  handshakes: {
    of: ['connection'],
    is: 'the TLS handshakes with each host: one offers the versions before 1.2, one TLS 1.2, and one TLS 1.3',
    reads: 'exchange',
    upTo: 'kickoff',
  },
  plain: {
    of: ['connection'],
    is: 'the request for the CapabilityStatement over plain HTTP, without credentials, and its response; needs `plain` in the connection',
    reads: 'exchange',
    upTo: 'kickoff',
  },
  kickoff: {
    of: ['export'],
    is: 'the kick-off request and its response',
    reads: 'exchange',
    upTo: 'kickoff',
  },
  job: {
    of: ['export'],
    is: 'the kick-off request and its response; bulkcheck follows the export to its end',
    reads: 'exchange',
    upTo: 'completion',
  },
  refusals: {
    of: ['export'],
    is: 'every refused kick-off request of the run at the level of the export, if it deviates from the plain one and has the credentials of the harness',
    reads: 'exchange',
    upTo: 'kickoff',
    ofEveryExport: true,
  },
  progress: {
    of: ['export'],
    is: 'every status response that said "in progress": by 202, or by 200 with `X-Export-Status: 202`',
    reads: 'exchange',
    upTo: 'completion',
  },
  throttled: {
    of: ['export'],
    is: 'every status response that asked the client to wait longer (429, 503)',
    reads: 'exchange',
    upTo: 'completion',
  },
  completion: {
    of: ['export'],
    is: 'the status response with the manifest',
    reads: 'exchange',
    upTo: 'completion',
    ending: 'completed',
  },
  pages: {
    of: ['export'],
    is: 'every manifest that the manifest links to, directly or by another',
    reads: 'exchange',
    upTo: 'completion',
    ending: 'completed',
  },
  'early-files': {
    of: ['export'],
    is: 'every download of a file that a status response listed while the export was in progress; bulkcheck downloads at most two',
    reads: 'exchange',
    upTo: 'files',
    ending: 'completed',
  },
  'completion-again': {
    of: ['export'],
    is: 'the response to a second status request after completion',
    reads: 'exchange',
    upTo: 'completion',
    ending: 'asked-again',
  },
  outcome: {
    of: ['request', 'export'],
    is: 'the response that ended the export: the refused kick-off, the manifest, or the status response of an export that failed; of a request that writes, the response that says how that ended',
    reads: 'exchange',
    upTo: 'completion',
  },
  failure: {
    of: ['export'],
    is: 'the status response of an export that failed',
    reads: 'exchange',
    upTo: 'completion',
    ending: 'failed',
  },
  files: {
    of: ['export'],
    is: 'every download of a file',
    reads: 'exchange',
    upTo: 'files',
    ending: 'completed',
  },
  resources: {
    of: ['request', 'export'],
    is: 'the lines of the files under `output`, or of the one file that a request downloaded',
    reads: 'lines',
    upTo: 'files',
    ending: 'completed',
    fileKind: 'output',
  },
  outcomes: {
    of: ['export'],
    is: 'the lines of the files under `error`',
    reads: 'lines',
    upTo: 'files',
    ending: 'completed',
    fileKind: 'error',
  },
  deleted: {
    of: ['export'],
    is: 'the lines of the files under `deleted`',
    reads: 'lines',
    upTo: 'files',
    ending: 'completed',
    fileKind: 'deleted',
  },
  index: {
    of: ['request', 'export'],
    is: 'all resources together, to compare with another export; lines of a type that R4 does not define, or without an id, do not count',
    reads: 'index',
    upTo: 'files',
    ending: 'completed',
  },
  deletion: {
    of: ['export'],
    is: 'the delete request and its response; needs `delete` in the export',
    reads: 'exchange',
    upTo: 'kickoff',
    ending: 'deleted',
  },
  'second-deletion': {
    of: ['export'],
    is: 'the second delete request and its response; needs `delete: twice` in the export',
    reads: 'exchange',
    upTo: 'kickoff',
    ending: 'deleted-twice',
  },
  'after-deletion': {
    of: ['export'],
    is: 'the last status response after the deletion; needs `delete` in the export',
    reads: 'exchange',
    upTo: 'kickoff',
    ending: 'deleted',
  },
} as const satisfies Readonly<Record<string, EvidencePart>>

/** The part of this name; `undefined` if there is none. */
export function evidencePart(name: string): EvidencePart | undefined {
  return Object.hasOwn(evidenceParts, name) ? evidenceParts[name as keyof typeof evidenceParts] : undefined
}

/** The names of the parts of a kind of probe. */
export function partNames(kind: ProbeKind): readonly string[] {
  return Object.entries<EvidencePart>(evidenceParts).flatMap(([name, { of }]) =>
    of.includes(kind) ? [name] : [],
  )
}

/** Why an export with such a deletion cannot have a part, completing "because …"; `undefined` if it can. */
export function missingPartReason(
  { ending }: EvidencePart,
  deletion: 'running' | 'complete' | 'twice' | undefined,
): string | undefined {
  switch (ending) {
    case undefined:
      return undefined
    case 'deleted-twice':
      return deletion === 'twice' ? undefined : 'the export is not deleted twice; add `delete: twice`'
    case 'deleted':
      return deletion ? undefined : 'the export is not deleted; add `delete`'
    default:
      return deletion === 'running' || deletion === 'twice'
        ? `\`delete: ${deletion}\` deletes the export before it completes`
        : undefined
  }
}
