import { fhirResponse, type Headers, type Response } from './http-message.ts'

/** Codes of `issue.code` (http://hl7.org/fhir/R4/valueset-issue-type.html) that the provider uses. */
export type IssueCode =
  | 'invalid'
  | 'required'
  | 'value'
  | 'security'
  | 'login'
  | 'unknown'
  | 'expired'
  | 'forbidden'
  | 'processing'
  | 'not-supported'
  | 'not-found'
  | 'deleted'
  | 'throttled'
  | 'informational'

/** One issue of an OperationOutcome; diagnostics name the parameter, type or resource that caused it. */
export interface OutcomeIssue {
  readonly severity: 'error' | 'warning' | 'information'
  readonly code: IssueCode
  readonly diagnostics: string
}

/** An OperationOutcome in R4. */
export function operationOutcome(...issues: readonly OutcomeIssue[]): Record<string, unknown> {
  return { resourceType: 'OperationOutcome', issue: issues }
}

/** A response that refuses, with an OperationOutcome that says why. */
export function refusal(
  status: number,
  issue: { readonly code: IssueCode; readonly diagnostics: string },
  headers: Headers = [],
): Response {
  return fhirResponse(status, operationOutcome({ severity: 'error', ...issue }), headers)
}
