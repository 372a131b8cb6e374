import { type AuthConduct, type Endpoint, honestAuth } from './conduct-auth.ts'
import { honestKickoff, type KickoffConduct } from './conduct-kickoff.ts'
import { honestOutput, type OutputConduct } from './conduct-output.ts'
import type { Configuration, Level } from './configurations.ts'
import type { Job, Kickoff, OutputFile, Problem } from './job.ts'
import type { Request, Response } from './message.ts'

/** A release of the Bulk Data Access IG that the provider keeps to. */
export type Release = '1.0.1' | '2.0.0'

/** What a response says, to whom it is an answer. */
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

/** What is known where an answer is given; absent is what does not belong to it. */
export interface About {
  readonly release: Release
  readonly configuration: Configuration
  readonly request: Request
  /** The FHIR base, without a trailing slash. */
  readonly base: string
  /** In ms since 1970. */
  readonly now: number
  /** Where access was refused. */
  readonly endpoint?: Endpoint
  readonly level?: Level
  readonly kickoff?: Kickoff
  readonly job?: Job
  readonly file?: OutputFile
  /** Why a kick-off was refused. */
  readonly problems?: readonly Problem[]
  /** The job was there until it was deleted. */
  readonly deleted?: boolean
}

/** Every decision in which the provider could break the specification; `honest` takes each as it must be. */
export interface Conduct extends AuthConduct, KickoffConduct, OutputConduct {
  /** The last word on a response. */
  answer(kind: AnswerKind, response: Response, about: About): Response
}

/** The conduct that keeps to the specification. */
export const honest: Conduct = {
  ...honestAuth,
  ...honestKickoff,
  ...honestOutput,
  answer: (_kind, response) => response,
}

/** Honest conduct but for what others decide; their answers follow one another, of other decisions the last counts. */
export function conductOf(deviations: readonly Partial<Conduct>[]): Conduct {
  return {
    ...Object.assign({}, honest, ...deviations),
    answer: (kind, response, about) =>
      deviations.reduce((answer, deviation) => deviation.answer?.(kind, answer, about) ?? answer, response),
  }
}
