import type { ServedLevel } from '../conduct/configurations.ts'
import type { IssueCode } from '../operation-outcome.ts'
import type { Resource } from '../population/model.ts'
import type { ResourceQuery } from '../search/query.ts'

/** The kinds of problems of a kick-off request; the server refuses each unless lenient handling allows to ignore it. */
export type KickoffProblemKind =
  | 'accept'
  | 'associated-data'
  | 'body'
  | 'content-type'
  | 'elements'
  | 'encoding'
  | 'format'
  | 'group'
  | 'group-denied'
  | 'parameter-in-url'
  | 'patient-in-get'
  | 'patient-at-system'
  | 'patient-absent'
  | 'patient-not-member'
  | 'prefer'
  | 'repeated'
  | 'since'
  | 'until'
  | 'organized-by'
  | 'type-filter'
  | 'type-filter-outside'
  | 'type-outside-level'
  | 'type-unauthorized'
  | 'type-unknown'
  | 'type-unsupported'
  | 'unknown-parameter'
  | 'unsupported-parameter'
  | 'value'

/** One thing that is wrong with a kick-off request. */
export interface KickoffProblem {
  readonly kind: KickoffProblemKind
  /** Absent: the problem is not about a parameter. */
  readonly parameter?: string
  readonly status: number
  readonly code: IssueCode
  readonly diagnostics: string
  /** Under `handling=lenient` it is ignored and reported in an error file. */
  readonly ignorable: boolean
}

/** One entry of `_elements`: a root element of one type, or of all types. */
export interface ElementFilter {
  readonly type?: string
  readonly element: string
}

/** A kick-off request with the values of its parameters. */
export interface ParsedKickoff {
  readonly level: ServedLevel
  readonly method: 'GET' | 'POST'
  readonly group?: Resource
  /** As sent, with its query. */
  readonly url: string
  /** Text of the parameters, in order. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
  /** Of `_type`; absent: the parameter was. */
  readonly types?: readonly string[]
  /** Of `_since`, in ms since 1970. */
  readonly since?: number
  /** Of `_until`, in ms since 1970. */
  readonly until?: number
  /** Of `organizeOutputBy`. */
  readonly organizedBy?: string
  /** Of `allowPartialManifests`. */
  readonly partialManifests?: boolean
  /** The preference `separate-export-status`, where it is honored. */
  readonly separateStatus?: boolean
  readonly elements?: readonly ElementFilter[]
  /** Of `_typeFilter`, joined by or for each type. */
  readonly queries: readonly ResourceQuery[]
  /** Ids of the Patients that `patient` names. */
  readonly patients?: readonly string[]
  readonly associated?: 'latest' | 'relevant'
  /** The problems that lenient handling lets pass. */
  readonly ignored: readonly KickoffProblem[]
}

/** Copies of a file's resources: consecutive copies, from number `first` on. */
export interface CopyRange {
  readonly first: number
  readonly number: number
}

/** A file of a complete export. */
export interface ServedFile {
  readonly kind: 'output' | 'deleted' | 'error'
  /** The resource type that the manifest names. */
  readonly type: string
  readonly name: string
  readonly resources: readonly Resource[]
  /** Name of the file in which the last block goes on. */
  readonly continuesIn?: string
  /** Absent: the file has the resources themselves. Otherwise its lines are copies of `resources`. */
  readonly copies?: CopyRange
}

/** An export that was accepted and not deleted yet. */
export interface ProviderJob {
  readonly id: string
  readonly clientId: string
  readonly kickoff: ParsedKickoff
  /** The exported resources: requested, within the level and authorized. */
  readonly types: readonly string[]
  /** The patients whose data are exported; absent: all, or system level. */
  readonly patients?: ReadonlySet<string>
  /** In ms since 1970. */
  readonly startedAt: number
  /** Status requests that were answered while the job ran, without 429. */
  polls: number
  /** Consecutive status requests that came before the end of Retry-After. */
  hastyPolls: number
  polledAt?: number
  /** Status requests that were answered 429. */
  throttledPolls: number
  /** Status requests that were answered after the job ended. */
  pollsAfterCompletion: number
  /** In ms since 1970. */
  completedAt?: number
  files?: readonly ServedFile[]
}
