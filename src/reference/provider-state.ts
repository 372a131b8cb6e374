import type { PopulationCatalogue } from './population/catalogue.ts'
import type { RegisteredClients, Jwks } from './authorization/clients.ts'
import type { ResponseContext, AnswerKind, Conduct } from './conduct/conduct.ts'
import type { ProviderConfiguration, Release } from './conduct/configurations.ts'
import type { ProviderJob } from './export/job.ts'
import type { Request, Response } from './http-message.ts'
import type { Resource } from './population/model.ts'
import type { Scope } from './authorization/scopes.ts'

/** The grant of an access token. */
export interface Grant {
  readonly clientId: string
  readonly scopes: readonly Scope[]
  /** In ms since 1970. */
  readonly expiresAt: number
  /** Absent on an open server, and for a request that was admitted without a token. */
  readonly anonymous?: boolean
}

/** An asynchronous request about a Group. */
interface GroupInteraction {
  polls: number
  /** In ms since 1970. */
  readonly startedAt: number
  finish(): Response
  result?: Response
}

/** The recent requests of a provider. */
interface Traffic {
  requests: number
  /** Times of the requests of the last minute that were served, in ms since 1970. */
  served: readonly number[]
}

/** The whole state of a provider. */
export interface ProviderState {
  readonly release: Release
  readonly configuration: ProviderConfiguration
  readonly conduct: Conduct
  readonly catalogue: PopulationCatalogue
  readonly clients: RegisteredClients
  readonly authorization: boolean
  /** The public FHIR base, without a trailing slash; absent: the origin to which the request was sent. */
  readonly baseUrl?: string
  /** In ms since 1970. */
  now(): number
  /** Requests the JWK Set of a client that is registered by URL. */
  fetchKeySet(request: Request): Promise<Response>
  readonly grants: Map<string, Grant>
  /** For `iss` and `jti` of each assertion, the time (in seconds) after which they can be forgotten. */
  readonly usedIds: Map<string, number>
  /** Fetched JWK Sets by URL, with the time (in ms since 1970) until which they may be used. */
  readonly keySets: Map<string, { readonly keys: Jwks; readonly until: number }>
  readonly traffic: Traffic
  /** Groups that clients created, by id. */
  readonly groups: Map<string, Resource>
  /** Ids of those that were deleted. */
  readonly goneGroups: Set<string>
  /** Asynchronous requests about Groups by the ids in their polling locations. */
  readonly interactions: Map<string, GroupInteraction>
  jobs: readonly ProviderJob[]
  readonly deletedJobs: Set<string>
}

/** One request on its way through the provider. */
export interface RequestContext {
  readonly state: ProviderState
  readonly request: Request
  /** As sent. */
  readonly url: URL
  /** Of the URL, below the FHIR base: with a leading slash, not decoded. */
  readonly path: string
  /** The public FHIR base, without a trailing slash. */
  readonly base: string
  /** Of the access token endpoint. */
  readonly tokenUrl: string
  /** In ms since 1970. */
  readonly now: number
  /** Lets the conduct change a response. */
  answer(kind: AnswerKind, response: Response, about?: Partial<ResponseContext>): Response
}
