import { parseChoice } from '../config/choices.ts'
import { UsageError } from '../config/error.ts'
import { coverageTotals, type RequirementCoverage } from '../selftest/coverage/coverage.ts'
import { requirementLevels, type SupportedRelease, supportedReleases } from '../model/requirement.ts'
import { didYouMean } from '../model/spelling.ts'
import { coverageText } from '../selftest/coverage/text.ts'
import { coverageOf } from '../selftest/coverage/coverage-of.ts'
import { testSelector } from '../suite/planning/selection.ts'
import type { Args } from './command.ts'
import { loadNamedSuites } from './options/suites.ts'
import type { Io } from './terminal/io.ts'

/** `bulkcheck list --requirements`: prints what proves each requirement in one release, or in all. */
export async function listRequirements(args: Args, io: Io): Promise<number> {
  const problems: string[] = []
  const asked = parseChoice(args.text('ig') ?? 'all', [...supportedReleases, 'all'], {
    name: '--ig',
    problems,
  })
  const all = coverageOf(await loadNamedSuites(args, io.cwd))
  const ids = all.map((it) => it.id)
  const patterns = args.texts('patterns')
  for (const pattern of patterns)
    if (!ids.some((id) => matches(pattern, id)))
      problems.push(`no requirement matches \`${pattern}\`${didYouMean(pattern, ids)}`)
  if (problems.length > 0) throw new UsageError(problems.join('\n'))
  const releases = supportedReleases.filter((it) => asked === 'all' || it === asked)
  const rows = all
    .filter(({ id }) => patterns.length === 0 || patterns.some((it) => matches(it, id)))
    .map((it) => limitedTo(it, releases))
    .filter((it) => Object.keys(it.releases).length > 0)
  io.out(
    args.flag('json')
      ? `${JSON.stringify({ totals: coverageTotals(rows, releases, requirementLevels), requirements: rows }, null, 2)}\n`
      : coverageText(rows, releases),
  )
  return 0
}

function matches(pattern: string, id: string): boolean {
  return testSelector([pattern])({ id, suite: '', requirement: id })
}

function limitedTo(row: RequirementCoverage, releases: readonly SupportedRelease[]): RequirementCoverage {
  const held = Object.entries(row.releases).filter(([it]) => releases.includes(it as SupportedRelease))
  return { ...row, releases: Object.fromEntries(held) }
}
