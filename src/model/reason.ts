import type { OverdueCause } from './export/export.ts'
import type { FileKind } from './http/exchange.ts'
import type { PolicyStop } from './http/policy-stop.ts'
import type { IgRelease, SmartRelease } from './requirement.ts'
import type { ClaimedFeature, ExportLevel, Feature, NarrowingParameter } from './target.ts'

/** How a request ended. A member named `exchange` is the number of an exchange, wherever it stands in a reason. */
export interface RequestOutcome {
  readonly exchange: number
  readonly status?: number
  /** Why there was no response, in our own words. */
  readonly problem?: string
  /** Why bulkcheck did not send it. */
  readonly stop?: PolicyStop
  /** A 200 response whose body was meant as the manifest of an export, and is none. */
  readonly flaw?: 'no-manifest'
}

/** Requests that a server refuses together if it refuses everything. */
export type RequestKind =
  | { readonly requests: 'token' | 'status' | 'file' | 'delete' | 'group' }
  | { readonly requests: 'kick-off'; readonly level: ExportLevel }

/** What was refused at first contact: every request to the FHIR base, the discovery of a token endpoint, the token request, or a kick-off request. */
export type PreflightStep = 'base' | 'discovery' | 'token' | 'kick-off'

/** How an export ended that did not complete. */
export type ExportEnding = RequestOutcome | { readonly overdue: OverdueCause }

/**
 * Why a test has no verdict of pass or fail, as data; `report/reason-text.ts` turns it into a sentence. `probe` is a
 * probe as people call it; where it is absent the export is the one that a test compares with.
 */
export type Reason =
  /** What a check or a pick says in its own words, and the exchanges it speaks of, which the words do not name. */
  | { readonly kind: 'stated'; readonly text: string; readonly exchanges?: readonly number[] }
  // Known before anything is sent.
  | {
      readonly kind: 'other-release'
      readonly release: IgRelease
      readonly since?: IgRelease
      readonly until?: IgRelease
    }
  | {
      readonly kind: 'other-smart-release'
      readonly release: SmartRelease
      readonly since?: SmartRelease
      readonly until?: SmartRelease
    }
  | { readonly kind: 'level-not-claimed'; readonly level: ExportLevel }
  | { readonly kind: 'feature-missing'; readonly feature: Feature }
  | { readonly kind: 'feature-offered'; readonly feature: Feature }
  /** A run found out that the server refuses it, or ignores it. */
  | { readonly kind: 'feature-not-offered'; readonly feature: Feature; readonly how: 'refused' | 'ignored' }
  /** The server accepted it, and the data is such that it can have no effect. */
  | { readonly kind: 'feature-unknown'; readonly feature: Feature }
  | { readonly kind: 'no-group' }
  /** The baseline of the target narrows the exports of the test by these parameters. */
  | { readonly kind: 'narrowed'; readonly by: readonly NarrowingParameter[] }
  | { readonly kind: 'level-unknown' }
  /** `files`: it is unknown which files are of that kind. */
  | { readonly kind: 'no-manifest'; readonly files?: FileKind }
  | { readonly kind: 'no-package' }
  // The condition of the test.
  /** `message` is that of the finding. */
  | { readonly kind: 'condition-not-met'; readonly message: string }
  /** The target claims a feature, or the release requires it, and no kick-off request with it was accepted. */
  | {
      readonly kind: 'offer-refused'
      readonly feature: ClaimedFeature
      readonly level: ExportLevel
      readonly by: 'claim' | 'release'
      readonly outcome: RequestOutcome
    }
  // A probe that brought nothing to judge.
  | { readonly kind: 'interrupted' }
  /** The time that the run had was over. */
  | { readonly kind: 'out-of-time'; readonly seconds: number }
  | { readonly kind: 'no-evidence' }
  | { readonly kind: 'not-performed'; readonly probe: string }
  | { readonly kind: 'not-sent'; readonly probe: string }
  | { readonly kind: 'never-running'; readonly probe?: string }
  | { readonly kind: 'refused'; readonly probe?: string; readonly outcome: RequestOutcome }
  | { readonly kind: 'not-successful'; readonly probe: string; readonly outcome?: RequestOutcome }
  | { readonly kind: 'no-file'; readonly probe: string; readonly outcome?: RequestOutcome }
  | { readonly kind: 'not-completed'; readonly probe?: string; readonly ending?: ExportEnding }
  | {
      readonly kind: 'not-deleted'
      readonly probe: string
      readonly times: 1 | 2
      readonly ending?: ExportEnding
    }
  | {
      readonly kind: 'status-not-requested'
      readonly probe: string
      readonly after: 'completion' | 'deletion'
    }
  | { readonly kind: 'no-files-listed'; readonly probe?: string; readonly files?: FileKind }
  | { readonly kind: 'no-token'; readonly outcome: RequestOutcome; readonly error?: string }
  | { readonly kind: 'no-token-endpoint'; readonly exchanges: readonly number[] }
  /** Refused at first contact, which a wrong setting can cause; `levels` are those of the kick-off requests. */
  | {
      readonly kind: 'preflight'
      readonly step: PreflightStep
      readonly levels?: readonly ExportLevel[]
      readonly outcome: RequestOutcome
      readonly error?: string
    }
  | { readonly kind: 'token-lives-too-long'; readonly seconds: number; readonly waits: number }
  | { readonly kind: 'expired'; readonly exchange: number }
  // A response that decides nothing.
  | ({ readonly kind: 'no-response' } & Omit<RequestOutcome, 'status' | 'flaw'>)
  | {
      readonly kind: 'indecisive-status'
      readonly exchange: number
      readonly status: number
      readonly meaning: 'throttled' | 'redirected' | 'unavailable' | 'gateway' | 'other'
    }
  | {
      readonly kind: 'unusable-body'
      readonly exchange: number
      readonly flaw: 'too-long' | 'not-recorded' | 'no-manifest' | 'no-capability-statement'
    }
  // A refusal that shows nothing, because the server may refuse everything.
  /** A correct request near it was refused, too. */
  | ({ readonly kind: 'refused-alike'; readonly outcome: RequestOutcome } & RequestKind)
  /** None was accepted on one side of an exchange; without a side, none at all. */
  | ({
      readonly kind: 'none-accepted'
      readonly side?: 'before' | 'after'
      readonly exchange?: number
    } & RequestKind)
  // Files that were not judged, or cannot be looked up.
  | ({ readonly kind: 'file-lost'; readonly probe: string } & RequestOutcome)
  | { readonly kind: 'line-too-long'; readonly exchange: number }
  | { readonly kind: 'lines-without-id'; readonly exchange: number }
  /** Lines longer, or nested deeper, than is judged; the place is that of the first. */
  | {
      readonly kind: 'lines-not-read'
      readonly times: number
      readonly exchange: number
      readonly line: number
    }
  | { readonly kind: 'files-not-kept' }
  | { readonly kind: 'disk-full' }
  | { readonly kind: 'patient-ids-not-recorded' }
  | { readonly kind: 'not-shared' }

/** A reason in the words of a check; `exchanges` are those that it speaks of. */
export function stated(text: string, ...exchanges: readonly number[]): Reason {
  return { kind: 'stated', text, ...(exchanges.length > 0 ? { exchanges } : {}) }
}

/** That a status decides nothing. */
export function indecisiveStatus(
  exchange: number,
  status: number,
  meaning: (Reason & { kind: 'indecisive-status' })['meaning'],
): Reason {
  return { kind: 'indecisive-status', exchange, status, meaning }
}

/** The reason; text becomes a reason of kind `stated`. */
export function reasonOf(reason: string | Reason): Reason {
  return typeof reason === 'string' ? stated(reason) : reason
}

/** Equal for reasons that are equal, in whichever order their members were written. */
export function reasonKey(reason: Reason): string {
  return JSON.stringify(reason, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

/** Numbers of the exchanges that a reason speaks of, in order. */
export function exchangesOfReason(reason: Reason): readonly number[] {
  const found: number[] = []
  mapExchanges(reason, (number) => {
    found.push(number)
    return number
  })
  return found
}

/** The same value, such as a reason, with the numbers of its exchanges replaced. */
export function mapExchanges<T>(value: T, map: (exchange: number) => number): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((it) => mapExchanges(it, map)) as T
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name === 'exchange') return [name, map(member as number)]
      if (name === 'exchanges') return [name, (member as readonly number[]).map(map)]
      return [name, mapExchanges(member, map)]
    }),
  ) as T
}
