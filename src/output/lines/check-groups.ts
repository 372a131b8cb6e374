import type { LinesCheck } from '../../checks/check.ts'
import type { FileKind, Line, ResourceLines } from '../../model/http/exchange.ts'

/** A check on the lines of one kind of file. */
export interface FileCheck {
  readonly check: LinesCheck<never, unknown>
  readonly params: unknown
  readonly kind: FileKind
}

/** A check and what it has tallied. */
export interface TalliedCheck extends FileCheck {
  readonly tally: unknown
}

/** The checks on files of one kind. */
export interface CheckGroup {
  /** Checks that conclude the same for all sound resources. */
  readonly common: readonly TalliedCheck[]
  /** Checks that read each line. */
  readonly detailed: readonly TalliedCheck[]
  readonly needsProblems: boolean
  readonly needsProfiles: boolean
  readonly needsAttachments: boolean
  /** Sound resources can be given to the common checks several at once. */
  readonly inRuns: boolean
}

type UntypedLinesCheck = LinesCheck<unknown, unknown>

/** The checks with empty tallies, in their order. */
export function talliedChecks(checks: readonly FileCheck[]): readonly TalliedCheck[] {
  return checks.map((it) => ({ ...it, tally: it.check.empty(it.params as never) }))
}

/** The checks by the kind of file that they read; each kind has a group. */
export function groupChecks(
  checks: readonly TalliedCheck[],
  hasProfiles: boolean,
): Readonly<Record<FileKind, CheckGroup>> {
  const groupOf = (kind: FileKind): CheckGroup => {
    const own = checks.filter((it) => it.kind === kind)
    const common = own.filter((it) => it.check.wants === undefined)
    const detailed = own.filter((it) => it.check.wants !== undefined)
    return {
      ...{ common, detailed },
      needsProblems: detailed.some((it) => it.check.wants === 'problems'),
      needsProfiles: hasProfiles && kind === 'output' && detailed.some((it) => it.check.wants === 'profiles'),
      needsAttachments: detailed.some((it) => it.check.wants === 'attachments'),
      inRuns: kind !== 'deleted' && common.every(({ check }) => check.resources !== undefined),
    }
  }
  return { output: groupOf('output'), deleted: groupOf('deleted'), error: groupOf('error') }
}

/** Gives a line to checks. */
export function addLine(checks: readonly TalliedCheck[], line: Line): void {
  for (const { check, tally, params } of checks) (check as UntypedLinesCheck).line(tally, line, params)
}

/** Gives several resources to checks at once. */
export function addResources(checks: readonly TalliedCheck[], lines: ResourceLines): void {
  for (const { check, tally, params } of checks)
    (check as UntypedLinesCheck).resources?.(tally, lines, params)
}
