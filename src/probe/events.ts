/** What happens while probes are performed, for progress displays. */
export type ProbeEvent =
  | { readonly kind: 'request'; readonly method: string; readonly url: string }
  /** `number` counts the status requests of one export; `progress` has numbers and known words, and no others. */
  | { readonly kind: 'poll'; readonly number: number; readonly progress?: string }
  | { readonly kind: 'wait'; readonly seconds: number; readonly for: string }
  | { readonly kind: 'download'; readonly number: number; readonly of: number }
  /** Bytes of a spooled body that have arrived so far; sent every now and then. */
  | { readonly kind: 'body'; readonly bytes: number }
  | { readonly kind: 'job-deleted'; readonly url: string }
