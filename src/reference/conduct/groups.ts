import type { Resource } from '../population/model.ts'

/** What can be wrong with a request that creates or updates a Group. */
export type GroupProblemKind =
  /** It asks for an asynchronous response, or does not. */
  | 'asynchronous'
  | 'synchronous'
  /** The resource is no Group, or lacks what every Group has. */
  | 'resource'
  /** The profile of cohort Groups is violated. */
  | 'profile'
  /** A filter is not a query, or its search parameter is not supported. */
  | 'filter'

/** How the members of a Group are calculated. */
export interface MemberSets {
  /** Ids of the patients that its `member` names; absent: it names none. */
  readonly named?: readonly string[]
  /** Ids of all patients. */
  readonly all: readonly string[]
  /** For each filter its resource type, and the ids of the patients that meet it. */
  readonly matching: readonly { readonly type: string; readonly patients: ReadonlySet<string> }[]
}

/** Decisions about Groups that clients create. */
export interface GroupConduct {
  /** Whether a problem is raised; `method` is that of the request. */
  raisesGroupProblem(kind: GroupProblemKind, method: string): boolean
  /** The Group as it is kept, made of the one that was sent. */
  keptGroup(sent: Resource): Resource
  /** Ids of the members of a cohort Group. */
  cohortMembers(sets: MemberSets): readonly string[]
  /** Whether the scopes of a token have to cover a write. */
  checksWriteScope(): boolean
  /** Whether a Group that a client created can be read, found and exported. */
  showsCreatedGroup(by: 'read' | 'search' | 'kickoff' | 'export'): boolean
}

/** Decides as the Bulk Cohort API and FHIR require. */
export const honestGroups: GroupConduct = {
  raisesGroupProblem: (kind) => kind !== 'asynchronous' && kind !== 'synchronous',
  keptGroup: (sent) => sent,
  cohortMembers: ({ named, all, matching }) =>
    (named ?? all).filter((id) => matching.every((it) => it.patients.has(id))),
  checksWriteScope: () => true,
  showsCreatedGroup: () => true,
}
