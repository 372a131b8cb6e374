import {
  type CoverageTotal,
  coverageTotals,
  type ReleaseCoverage,
  type RequirementCoverage,
} from './coverage.ts'
import { requirementLevels, type SupportedRelease } from '../../model/requirement.ts'

/** Requirements with what proves them, as text. */
export function coverageText(
  rows: readonly RequirementCoverage[],
  releases: readonly SupportedRelease[],
): string {
  const lines = rows.flatMap((row) => {
    const held = releases.filter((it) => row.releases[it])
    if (held.length === 0) return []
    const differ = held.some((it) => !sameProof(row.releases[it], row.releases[held[0] ?? it]))
    const proofs = differ
      ? held.flatMap((it) => proofLines(row.releases[it], `${it}: `))
      : proofLines(row.releases[held[0] as SupportedRelease], '')
    return [
      `${row.level.padEnd(6)} ${row.id}  (${held.join(', ')})`,
      ...(row.untested === undefined ? proofs : [`       untested: ${row.untested}`]),
      ...(row.inferno ? [`       inferno: ${infernoText(row)}`] : []),
    ]
  })
  return [
    ...lines,
    '',
    ...coverageTotals(rows, releases, requirementLevels)
      .filter((it) => it.requirements > 0)
      .map(totalText),
    '',
  ].join('\n')
}

/** Inferno's tests of a requirement, and how far they prove it; empty if there are none. */
export function infernoText({ inferno = {} }: RequirementCoverage): string {
  const how = { full: 'asserts', partial: 'asserts a part', claimed: 'names, but does not assert' }
  return Object.entries(inferno)
    .map(([extent, tests]) => `${how[extent as keyof typeof how]}: ${tests.join(', ')}`)
    .join('; ')
}

/** Whether two releases have the same tests and faults. */
function sameProof(a: ReleaseCoverage | undefined, b: ReleaseCoverage | undefined): boolean {
  return JSON.stringify([a?.tests, a?.faults]) === JSON.stringify([b?.tests, b?.faults])
}

function proofLines(proof: ReleaseCoverage | undefined, prefix: string): readonly string[] {
  if (!proof) return []
  return [
    `       ${prefix}tests: ${proof.tests.join(', ') || 'none'}`,
    `       ${prefix}faults: ${proof.faults.join(', ') || 'none'}`,
  ]
}

function totalText({ release, level, requirements, tested, untested, inferno }: CoverageTotal): string {
  return `${release} ${level}: ${requirements} requirements, ${tested} tested, ${untested} untested, ${inferno} asserted by Inferno`
}
