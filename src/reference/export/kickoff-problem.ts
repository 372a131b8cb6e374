import type { OptionalParameter } from '../conduct/configurations.ts'
import type { KickoffProblem, KickoffProblemKind } from './job.ts'
import type { IssueCode } from '../operation-outcome.ts'

const codes: Partial<Record<KickoffProblemKind, IssueCode>> = {
  group: 'not-found',
  'group-denied': 'forbidden',
  prefer: 'required',
  'patient-absent': 'not-found',
  'type-unauthorized': 'forbidden',
  'type-unsupported': 'not-supported',
  'type-filter': 'not-supported',
  'unknown-parameter': 'not-supported',
  'unsupported-parameter': 'not-supported',
  'associated-data': 'not-supported',
  format: 'not-supported',
  accept: 'not-supported',
  'content-type': 'not-supported',
  since: 'value',
  until: 'value',
  'organized-by': 'not-supported',
  value: 'value',
}

const statuses: Partial<Record<KickoffProblemKind, number>> = {
  group: 404,
  'group-denied': 403,
  accept: 406,
  'content-type': 415,
  'type-unauthorized': 403,
}

/** The problems that `handling=lenient` lets pass: unsupported features, but nothing that would add patients. */
const ignorable: ReadonlySet<KickoffProblemKind> = new Set([
  'associated-data',
  'elements',
  'format',
  'organized-by',
  'type-filter',
  'type-filter-outside',
  'type-outside-level',
  'type-unknown',
  'type-unsupported',
  'unknown-parameter',
  'unsupported-parameter',
])

/** A problem with the status, issue code and leniency of its kind. */
export function kickoffProblem(
  kind: KickoffProblemKind,
  diagnostics: string,
  parameter?: string,
): KickoffProblem {
  return {
    kind,
    ...(parameter === undefined ? {} : { parameter }),
    status: statuses[kind] ?? 400,
    code: codes[kind] ?? 'invalid',
    diagnostics,
    ignorable: ignorable.has(kind) && parameter !== ('patient' satisfies OptionalParameter),
  }
}
