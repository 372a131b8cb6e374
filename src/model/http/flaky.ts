/** What a request is for. */
export type RequestPurpose =
  | 'discovery'
  | 'token request'
  | 'kick-off'
  | 'status request'
  | 'file'
  | 'deletion'
  | 'request'

/** A response that the harness did not judge, because the repeated request was answered otherwise. */
export interface FlakyAnswer {
  readonly exchange: number
  readonly request: RequestPurpose
  /** The status of a gateway, 401 for an access token that was accepted before, or a connection that was reset. */
  readonly answer: 401 | 502 | 503 | 504 | 'reset'
  /** Seconds that an access token was accepted for, and those that its `expires_in` promised; absent unless `answer` is 401. */
  readonly token?: { readonly lived: number; readonly promised?: number }
}
