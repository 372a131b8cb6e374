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
  /** The status of a server error, 401 for an access token that was accepted before, or a connection that was lost, or a body that could not be decoded. */
  readonly answer: number | 'reset' | 'undecodable'
  /** Seconds that an access token was accepted for, and those that its `expires_in` promised; absent unless `answer` is 401. */
  readonly token?: { readonly lived: number; readonly promised?: number }
}
