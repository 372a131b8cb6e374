import type { ResourceProblem } from '../fhir/resource-problem.ts'
import type { PolicyStop } from './policy-stop.ts'

import type { Handshake } from './handshake.ts'

/** Header fields as sent, in order and with duplicates. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

/** Why a response is missing or incomplete. */
export type NetworkErrorKind =
  | 'refused'
  | 'reset'
  | 'cut'
  | 'timeout'
  | 'tls'
  | 'dns'
  | 'malformed'
  | 'undecodable'
  | 'too-large'
  | 'forbidden'

/** One HTTP request and its response. Secrets and personal text are masked before an Exchange is made. */
export interface Exchange {
  /** Position in the run, from 1; reports say "exchange 7". */
  readonly number: number
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: HeaderList
    readonly body?: string
    /** The client assertion in the body, decoded; absent if it is not a JWT. */
    readonly assertion?: DecodedAssertion
  }
  /** Absent when the target never answered; `networkError` then says why. */
  readonly response?: ExchangeResponse
  /** The server made this request, and the harness responded. */
  readonly received?: true
  /** A TLS handshake in place of a request: `request` says with whom, and what was offered. */
  readonly handshake?: Handshake
  readonly networkError?: NetworkErrorKind
  /** Says more about `networkError`, in our own words. */
  readonly problem?: string
  /** Why bulkcheck did not send the request, if `networkError` is `forbidden`. */
  readonly stop?: PolicyStop
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly durationMs: number
}

/** The header and the claims of a client assertion. Its compact form and its signature are secret, and `body` has neither. */
export interface DecodedAssertion {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

/** The response of an Exchange. */
interface ExchangeResponse {
  readonly status: number
  readonly headers: HeaderList
  /** What marked the end of the body; `none`: only the end of the connection. */
  readonly framing: 'length' | 'chunked' | 'none'
  /** Text of a control response, masked. Absent when empty, not text, too long, or spooled as an output file. */
  readonly body?: string
  /** Of a long manifest `body` has one item of each kind; this says where they stand. */
  readonly rows?: ManifestRows
  /** The end of a long body, masked, of which `body` is only the beginning. */
  readonly bodyEnd?: string
  /** A flaw in the bytes of a control response: they begin with a byte order mark, or are not UTF-8. */
  readonly encoding?: 'byte-order-mark' | 'not-utf-8'
  /** Length in bytes after decoding. */
  readonly bytes: number
  /** SHA-256 of the decoded body, hex; absent for output files. */
  readonly digest?: string
}

/** Where the items of a long manifest stand, by list. */
export interface ManifestRows {
  /** Kind and number of consecutive items, in turn; a kind is a position in the list that `body` has. */
  readonly runs: Readonly<Record<string, readonly number[]>>
  /** The first item whose URL an item before it has. */
  readonly repeated?: { readonly list: string; readonly position: number }
}

/** Whether a connection was lost before a response, or in the middle of one. */
export function isConnectionLost(kind: NetworkErrorKind | undefined): kind is 'reset' | 'cut' {
  return kind === 'reset' || kind === 'cut'
}

/** All values of a header field, in order, by case-insensitive name. */
export function headerValues(headers: HeaderList, name: string): readonly string[] {
  const wanted = name.toLowerCase()
  return headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value)
}

/** The first value of a header field, by case-insensitive name. */
export function header(headers: HeaderList, name: string): string | undefined {
  return headerValues(headers, name)[0]
}

/** The media type of a Content-Type value without parameters, in lower case. */
export function mediaType(contentType: string | undefined): string | undefined {
  return contentType?.split(';')[0]?.trim().toLowerCase() || undefined
}

/** The exchange with a number, in a list that is ordered by numbers. */
export function findExchange(all: readonly Exchange[], number: number): Exchange | undefined {
  let from = 0
  let to = all.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((all[middle]?.number ?? number) < number) from = middle + 1
    else to = middle
  }
  return all[from]?.number === number ? all[from] : undefined
}

/** Where a file stands in the manifest. */
export type FileKind = 'output' | 'deleted' | 'error'

/** A downloaded file of a manifest. Its bytes are in the spool under `exchange`. */
export interface OutputFile {
  /** Position among the files of its export, from 0. */
  readonly number: number
  readonly kind: FileKind
  /** Resource type of its lines, as the manifest gives it. */
  readonly type?: string
  /** As the manifest gives it. */
  readonly count?: unknown
  /** Number of the exchange that downloaded it (the last hop of redirects). */
  readonly exchange: number
  /** Whether the response was a 200 with a whole body. */
  readonly retrieved: boolean
  /** Why bulkcheck did not fetch it. */
  readonly stop?: PolicyStop
  readonly bytes: number
}

/** One line of an output file. `json` is absent if the line is not JSON. */
export interface Line {
  readonly file: OutputFile
  /** From 1. */
  readonly number: number
  /** The line without its LF; bytes that are not UTF-8 are replaced, and `utf8` is false. */
  readonly text: string
  readonly utf8: boolean
  /** The line is longer than the harness reads: `text` is its beginning, and the line is not judged. */
  readonly cut?: true
  readonly json?: unknown
  /** Why a resource is not valid FHIR R4; absent if no check needs it, or if the line is not a JSON object. */
  readonly problems?: readonly ResourceProblem[]
  /** Its codes that cannot be checked; absent if there are none, or if `problems` is. */
  readonly unchecked?: UncheckedCodes
  /** Violations of profiles; absent if no package is given. */
  readonly profiles?: ProfileProblems
}

/** Violations of the profiles that a resource claims, and of those chosen for it; a list is absent if it would be empty. */
interface ProfileProblems {
  readonly claimed?: readonly ResourceProblem[]
  readonly chosen?: readonly ResourceProblem[]
  /** A profile that the resource claims needs a definition that cannot be used. */
  readonly unusable?: true
}

/**
 * Consecutive lines of one file, each in UTF-8 and an R4 resource of the same type with a FHIR id. If the manifest gives a type for the file, it is
 * that type. The resources need not be valid otherwise. The arrays have one entry for each line.
 */
export interface ResourceLines {
  readonly file: OutputFile
  /** Number of the first line, from 1. */
  readonly first: number
  readonly count: number
  readonly type: string
  /** Whether the resource has `meta.lastUpdated`: 0 no, 1 yes. */
  readonly dated: Uint8Array
  /** Whether the resource has a reference: 0 no, 1 yes, 2 yes and one of them is neither relative, absolute nor internal. */
  readonly references: Uint8Array
  /** Codes that cannot be checked; absent if there are none, or if no check wants to know. */
  readonly unchecked?: UncheckedCodes
}

/** How many codes cannot be checked without a terminology server, by system; those of systems that R4 does not name are under the empty text. */
export type UncheckedCodes = ReadonlyMap<string, number>
