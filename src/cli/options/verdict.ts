import type { Options } from 'yargs'
import { parseChoice } from '../../config/choices.ts'
import { defaultFailOn, defaultRelease } from '../../config/defaults.ts'
import { type Level, requirementLevels, supportedReleases } from '../../model/requirement.ts'
import type { Args } from '../command.ts'
import { packageOption } from './packages.ts'

/** Which release of the specification is tested. */
export const releaseOption: Options = {
  type: 'string',
  requiresArg: true,
  describe: `Release of the Bulk Data Access IG: ${supportedReleases.join(', ')}; ${defaultRelease} unless given`,
}

/** Options of commands that come to verdicts on what was found out before. */
export const verdictOptions = {
  suites: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'Suite file or folder instead of the bundled ones (repeatable)',
  },
  'ig-package': packageOption,
  'fail-on': {
    type: 'string',
    requiresArg: true,
    describe: `Least level that fails: ${requirementLevels.join(', ')}; ${defaultFailOn} unless given`,
  },
  'known-failing': {
    type: 'string',
    requiresArg: true,
    describe: 'File with test ids that are known to fail, one a line',
  },
} satisfies Readonly<Record<string, Options>>

/** The same options under a heading of `--help`. */
export function grouped<T extends string>(
  group: string,
  options: Readonly<Record<T, Options>>,
): Readonly<Record<T, Options>> {
  return Object.fromEntries(
    Object.entries<Options>(options).map(([name, it]) => [name, { ...it, group }]),
  ) as Record<T, Options>
}

/** What `--fail-on` says; a mistake is added to `problems`. */
export function failOnFrom(args: Args, problems: string[]): Level {
  return (
    parseChoice(args.text('fail-on'), requirementLevels, { name: '--fail-on', problems }) ?? defaultFailOn
  )
}
