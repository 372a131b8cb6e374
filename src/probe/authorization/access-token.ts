import { type Reason, stated } from '../../model/reason.ts'

/** A token, and what has become of it. */
export interface AccessToken {
  readonly value: string
  readonly takenAt: number
  readonly livesMs: number
  /** `expires_in` of its response, in seconds. */
  readonly promised?: number
  /** The server has accepted it, or does not accept it any more. */
  state?: 'accepted' | 'dead'
}

/** A token, or why there is none; `transient` says that the next request may bring one. */
export type TokenOutcome =
  | AccessToken
  | { readonly reason: Reason; readonly transient: boolean; readonly withheld?: string }

/** There is no token because a command or a person did not give a new one. */
export function notRenewed(because: string): TokenOutcome {
  return { reason: stated(because), transient: true, withheld: because }
}

/** Whether a token can still be sent. */
export function isFresh({ takenAt, livesMs, state }: AccessToken, now: number): boolean {
  if (state === 'dead') return false
  // Ten percent of its life, at most five seconds, for the way to the server.
  return now < takenAt + livesMs - Math.min(livesMs / 10, 5_000)
}
