import type { Exchange } from '../model/http/exchange.ts'
import type { FlakyAnswer } from '../model/http/flaky.ts'
import type { RequestCredentials } from '../model/suite.ts'

/** What happens while probes are performed. Events of jobs have live URLs: whoever shows or keeps them masks them. */
export type ProbeEvent =
  | { readonly kind: 'request'; readonly method: string; readonly url: string }
  | { readonly kind: 'exchange'; readonly exchange: Exchange }
  /** `number` counts the status requests of one export; `progress` has numbers and known words, and no others. */
  | { readonly kind: 'poll'; readonly number: number; readonly progress?: string }
  | { readonly kind: 'wait'; readonly seconds: number; readonly for: string }
  | { readonly kind: 'download'; readonly number: number; readonly of: number }
  /** Bytes of a spooled body that have arrived so far; sent every now and then. */
  | { readonly kind: 'body'; readonly bytes: number }
  | { readonly kind: 'flaky'; readonly answer: FlakyAnswer }
  | JobEvent

/** What happens to jobs. `exchange` is the number that the exchange of the kick-off will have, or has. */
export type JobEvent =
  /** A kick-off request is about to be sent. */
  | { readonly kind: 'kick-off'; readonly exchange: number }
  /** Its response named a polling location; `isCertain`: a DELETE there can destroy nothing but the job. */
  | {
      readonly kind: 'job-started'
      readonly exchange: number
      readonly statusUrl: string
      readonly as: RequestCredentials
      readonly isCertain: boolean
      /** It creates a resource, whose URL its last status response says. */
      readonly creates?: true
    }
  /** It may have started a job, but no polling location is known. */
  | {
      readonly kind: 'job-unlocated'
      readonly exchange: number
      readonly answer: number | 'no response'
    }
  | { readonly kind: 'no-job'; readonly exchange: number }
  /** The jobs of these kick-offs are gone. */
  | { readonly kind: 'job-gone'; readonly exchanges: readonly number[] }
  /** Others delete the jobs of these kick-offs. */
  | { readonly kind: 'job-handed-over'; readonly exchanges: readonly number[] }
