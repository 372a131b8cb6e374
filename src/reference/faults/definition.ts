import type { ResponseContext, AnswerKind, Conduct } from '../conduct/conduct.ts'
import type { ProviderConfiguration, Release } from '../conduct/configurations.ts'
import type { ParsedKickoff } from '../export/job.ts'
import type { Response } from '../http-message.ts'

/** One deliberate violation of one requirement. */
export interface Fault {
  /** Kebab-case. */
  readonly id: string
  /** Id of the requirement in the catalogue. */
  readonly breaks: string
  /** Requirements that necessarily break with it; a comment gives the reason. */
  readonly also?: readonly string[]
  /** It has an effect only from this release on; absent: from the first that has the requirement. */
  readonly release?: Release
  /** Settings without which the fault has no effect. */
  readonly configuration?: Partial<ProviderConfiguration>
  readonly conduct: Partial<Conduct>
}

/** The parameters of a kick-off request as in a query, several values of one joined by commas. */
export function joinedParameters({ parameters }: Pick<ParsedKickoff, 'parameters'>): string {
  const names = [...new Set(parameters.map(([name]) => name))]
  return names
    .map((name) => {
      const values = parameters.flatMap(([each, value]) => (each === name ? value : []))
      return name === '_typeFilter'
        ? values.map((it) => `${name}=${it}`).join('&')
        : `${name}=${values.join(',')}`
    })
    .join('&')
}

/** An `answer` that changes responses of some kinds and leaves all others alone. */
export function onAnswer(
  kinds: AnswerKind | readonly AnswerKind[],
  change: (response: Response, about: ResponseContext) => Response,
): Pick<Conduct, 'answer'> {
  const chosen = new Set<AnswerKind>(typeof kinds === 'string' ? [kinds] : kinds)
  return { answer: (kind, response, about) => (chosen.has(kind) ? change(response, about) : response) }
}
