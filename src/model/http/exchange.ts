import type { ResourceProblem } from '../fhir/resource-problem.ts'

/** Header fields as sent: order and duplicates kept. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

/** Why there was no whole response. */
export type NetworkErrorKind =
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'tls'
  | 'dns'
  | 'malformed'
  | 'too-large'
  | 'forbidden'

/** One HTTP request and what came back. Secrets and personal text are masked before an Exchange exists. */
export interface Exchange {
  /** Position in the run, from 1; reports say "exchange 7". */
  readonly number: number
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: HeaderList
    readonly body?: string
  }
  /** Absent when the target never answered; `networkError` then says why. */
  readonly response?: ExchangeResponse
  readonly networkError?: NetworkErrorKind
  /** Says more about `networkError`, in our own words. */
  readonly problem?: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly durationMs: number
}

/** The response of an Exchange. */
interface ExchangeResponse {
  readonly status: number
  readonly headers: HeaderList
  /** How the end of the body was known: `none` means by the end of the connection alone. */
  readonly framing: 'length' | 'chunked' | 'none'
  /** Text of a control response, masked. Absent when empty, not text, too long, or spooled as an output file. */
  readonly body?: string
  /** Length in bytes after decoding. */
  readonly bytes: number
  /** SHA-256 of the decoded body, hex; absent for output files. */
  readonly digest?: string
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

/** Where a file stands in the manifest. */
export type FileKind = 'output' | 'deleted' | 'error'

/** A file that a manifest listed and that was downloaded. Its bytes are in the spool under `exchange`. */
export interface OutputFile {
  /** Position among the files of its export, from 0. */
  readonly number: number
  readonly kind: FileKind
  /** As the manifest gives it: resource type of its lines. */
  readonly type?: string
  /** As the manifest gives it. */
  readonly count?: unknown
  /** Number of the exchange that brought its bytes (the last hop of redirects). */
  readonly exchange: number
  /** Whether a 200 brought a whole body. */
  readonly retrieved: boolean
  readonly bytes: number
}

/** One line of an output file. `json` is absent when the line is no JSON. */
export interface Line {
  readonly file: OutputFile
  /** From 1. */
  readonly number: number
  /** The line without its LF; bytes that are no UTF-8 are replaced, and `utf8` is false. */
  readonly text: string
  readonly utf8: boolean
  /** It is longer than the harness reads: `text` is its beginning, and what it is cannot be told. */
  readonly cut?: true
  readonly json?: unknown
  /** In what ways a resource is not valid FHIR R4; absent if nobody asked, or if the line is no JSON object. */
  readonly problems?: readonly ResourceProblem[]
  /** What it lacks of profiles; absent if no package was given. */
  readonly profiles?: ProfileProblems
}

/** What a resource lacks of profiles that it claims, and of those that are about it although it does not claim them; absent if there are none. */
interface ProfileProblems {
  readonly claimed?: readonly ResourceProblem[]
  readonly chosen?: readonly ResourceProblem[]
}

/**
 * Lines that follow each other in one file, each an R4 resource of the same type with a FHIR id, in UTF-8, and of the type that the manifest gives for
 * the file if it gives one. They need not be valid otherwise. The arrays have an entry a line.
 */
export interface ResourceLines {
  readonly file: OutputFile
  /** Number of the first, from 1. */
  readonly first: number
  readonly count: number
  readonly type: string
  /** Whether it has `meta.lastUpdated`: 0 no, 1 yes. */
  readonly dated: Uint8Array
  /** Whether it refers to something: 0 no, 1 yes, 2 yes and in a form that is neither relative, absolute nor internal. */
  readonly references: Uint8Array
}
