import type { PreflightStep, RequestOutcome } from './reason.ts'
import type { ExportLevel } from './target.ts'

/** A setting, or something outside the server's conformance, that explains a refusal. `seconds`: how far the server's clock is ahead. */
export type PreflightCause =
  | { readonly kind: 'clock-skew'; readonly seconds: number }
  | {
      readonly kind:
        | 'wrong-key'
        | 'wrong-secret'
        | 'wrong-token'
        | 'no-token-url'
        | 'no-authorization'
        | 'no-permission'
        | 'not-running'
        | 'network'
    }
  | {
      readonly kind:
        | 'client-not-registered'
        | 'grant-not-enabled'
        | 'wrong-token-url'
        | 'no-such-group'
        | 'base-path'
        | 'host-name'
      /** The setting as it is. */
      readonly value: string
    }
  /** `isSet`: `value` is the setting `aud`; otherwise it is the URL of the token endpoint. */
  | { readonly kind: 'wrong-audience'; readonly value: string; readonly isSet?: true }
  /** `names`: what the setting already names. */
  | { readonly kind: 'token-fields' | 'claims' | 'gateway'; readonly names: readonly string[] }
  | { readonly kind: 'scope'; readonly value: string; readonly granted?: string }
  | { readonly kind: 'level-not-offered'; readonly levels: readonly ExportLevel[] }

/** A refusal at first contact that cannot be distinguished from a wrong setting. No test fails for it, and nothing that depends on it is sent. */
export interface PreflightProblem {
  readonly step: PreflightStep
  /** Levels whose kick-off requests were refused in the same way. */
  readonly levels?: readonly ExportLevel[]
  /** The first request that was refused; its URL is masked. */
  readonly request: { readonly method: string; readonly url: string }
  readonly outcome: RequestOutcome
  /** The OAuth error code, or the code of the first issue of an OperationOutcome. */
  readonly error?: string
  /** `error_description` of an OAuth error, masked, 200 characters at most. */
  readonly description?: string
  /** The likeliest first. */
  readonly causes: readonly PreflightCause[]
}
