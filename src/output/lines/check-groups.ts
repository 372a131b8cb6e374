import type { LinesCheck } from '../../checks/check.ts'
import type { FileKind, Line, ResourceLines } from '../../model/http/exchange.ts'

/** A check on the lines of one kind of file. */
export interface FileCheck {
  readonly check: LinesCheck<never, unknown>
  readonly params: unknown
  readonly kind: FileKind
}

/** A check and the position of its tally. */
interface GroupedCheck extends FileCheck {
  readonly at: number
}

/** The checks on files of one kind. */
export interface CheckGroup {
  /** Checks that conclude the same for all sound resources. */
  readonly common: readonly GroupedCheck[]
  /** Checks that read each line. */
  readonly detailed: readonly GroupedCheck[]
  readonly needsProblems: boolean
  readonly needsProfiles: boolean
  readonly needsAttachments: boolean
  /** Sound resources can be given to the common checks several at once. */
  readonly inRuns: boolean
}

type UntypedLinesCheck = LinesCheck<unknown, unknown>

/** A tally for each check that has seen nothing. */
export function emptyTallies(checks: readonly FileCheck[]): readonly unknown[] {
  return checks.map(({ check, params }) => check.empty(params as never))
}

// Groups depend on the checks alone, and there may be many files.
const known = new WeakMap<readonly FileCheck[], CheckGroups>()

/** The checks by the kind of file that they read; each kind has a group. */
export function groupChecks(checks: readonly FileCheck[], hasProfiles: boolean): CheckGroups {
  const last = known.get(checks)
  if (last?.hasProfiles === hasProfiles) return last
  const groupOf = (kind: FileKind): CheckGroup => {
    const own = checks.map((it, at) => ({ ...it, at })).filter((it) => it.kind === kind)
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
  const groups = {
    hasProfiles,
    ...{ output: groupOf('output'), deleted: groupOf('deleted'), error: groupOf('error') },
  }
  known.set(checks, groups)
  return groups
}

/** The group of each kind of file. */
export type CheckGroups = Readonly<Record<FileKind, CheckGroup>> & { readonly hasProfiles: boolean }

/** Gives a line to checks. */
export function addLine(checks: readonly GroupedCheck[], tallies: readonly unknown[], line: Line): void {
  for (const { check, at, params } of checks) (check as UntypedLinesCheck).line(tallies[at], line, params)
}

/** Gives several resources to checks at once. */
export function addResources(
  checks: readonly GroupedCheck[],
  tallies: readonly unknown[],
  lines: ResourceLines,
): void {
  for (const { check, at, params } of checks)
    (check as UntypedLinesCheck).resources?.(tallies[at], lines, params)
}
