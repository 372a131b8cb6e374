import { type AuthConduct, type ProtectedEndpoint, honestAuth } from './authorization.ts'
import { honestKickoff, type KickoffConduct } from './kickoff.ts'
import { honestOutput, type OutputConduct } from './output.ts'
import { type GroupConduct, honestGroups } from './groups.ts'
import { honestTls, type TlsConduct } from './tls.ts'
import type { ProviderConfiguration, Release, ServedLevel } from './configurations.ts'
import type { ProviderJob, ParsedKickoff, ServedFile, KickoffProblem } from '../export/job.ts'
import type { Request, Response } from '../http-message.ts'

/** The kind of request and response that is answered. */
export type AnswerKind =
  | 'metadata'
  | 'discovery'
  | 'token.granted'
  | 'token.refused'
  | 'access.refused'
  | 'kickoff.accepted'
  | 'kickoff.refused'
  | 'status.progress'
  | 'status.throttled'
  | 'status.complete'
  | 'status.failed'
  | 'status.unknown'
  | 'file.served'
  | 'file.refused'
  | 'deletion.accepted'
  | 'deletion.refused'
  | 'rest.read'
  | 'rest.search'
  | 'rest.refused'
  | 'group.accepted'
  | 'group.progress'
  | 'group.finished'
  | 'group.interaction-deleted'
  | 'group.written'
  | 'group.refused'
  | 'group.deleted'

/** The context of an answer; members that do not apply are absent. */
export interface ResponseContext {
  readonly release: Release
  readonly configuration: ProviderConfiguration
  readonly request: Request
  /** The FHIR base, without a trailing slash. */
  readonly base: string
  /** In ms since 1970. */
  readonly now: number
  /** If access was refused. */
  readonly endpoint?: ProtectedEndpoint
  readonly level?: ServedLevel
  readonly kickoff?: ParsedKickoff
  readonly job?: ProviderJob
  readonly file?: ServedFile
  /** Why a kick-off was refused. */
  readonly problems?: readonly KickoffProblem[]
  /** Of a manifest that another one links to: its number, from 1. */
  readonly page?: number
  /** The job existed until it was deleted. */
  readonly deleted?: boolean
}

/** Every decision in which the provider could break the specification; `honestConduct` makes each correctly. */
export interface Conduct extends AuthConduct, KickoffConduct, OutputConduct, GroupConduct, TlsConduct {
  /** Changes a response last. */
  answer(kind: AnswerKind, response: Response, about: ResponseContext): Response
}

/** The conduct that keeps to the specification. */
export const honestConduct: Conduct = {
  ...honestAuth,
  ...honestKickoff,
  ...honestOutput,
  ...honestGroups,
  ...honestTls,
  answer: (_kind, response) => response,
}

/** The honest conduct with deviations: their `answer` functions are chained, and of other decisions the last deviation wins. */
export function conductOf(deviations: readonly Partial<Conduct>[]): Conduct {
  return {
    ...Object.assign({}, honestConduct, ...deviations),
    answer: (kind, response, about) =>
      deviations.reduce((answer, deviation) => deviation.answer?.(kind, answer, about) ?? answer, response),
  }
}
