/** What happens while probes are performed, for progress displays. */
export type ProbeEvent =
  | { readonly kind: 'request'; readonly method: string; readonly url: string }
  | { readonly kind: 'poll'; readonly number: number /** Masked. */; readonly progress?: string }
  | { readonly kind: 'wait'; readonly seconds: number; readonly for: string }
  | { readonly kind: 'download'; readonly number: number; readonly of: number }
  /** So many bytes of a body to be spooled have come so far; reported now and then. */
  | { readonly kind: 'body'; readonly bytes: number }
  | { readonly kind: 'job-deleted'; readonly url: string }
