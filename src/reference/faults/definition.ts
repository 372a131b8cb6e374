import type { ResponseContext, AnswerKind, Conduct } from '../conduct/conduct.ts'
import type { ProviderConfiguration, Release } from '../conduct/configurations.ts'
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

/** An `answer` that changes responses of some kinds and leaves all others alone. */
export function onAnswer(
  kinds: AnswerKind | readonly AnswerKind[],
  change: (response: Response, about: ResponseContext) => Response,
): Pick<Conduct, 'answer'> {
  const chosen = new Set<AnswerKind>(typeof kinds === 'string' ? [kinds] : kinds)
  return { answer: (kind, response, about) => (chosen.has(kind) ? change(response, about) : response) }
}
