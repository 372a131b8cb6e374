import type { Options } from 'yargs'
import { parseChoice } from '../../config/choices.ts'
import { defaultFailOn, defaultRelease } from '../../config/defaults.ts'
import { type Level, requirementLevels, supportedReleases } from '../../model/requirement.ts'
import { defaultLimits } from '../../model/target.ts'
import type { Args } from '../command.ts'
import { packageOption } from './packages.ts'

/** The option for the release of the specification. */
export const releaseOption: Options = {
  type: 'string',
  requiresArg: true,
  describe: `Release of the Bulk Data Access IG: ${supportedReleases.join(', ')} (default: ${defaultRelease})`,
}

/** The option for the longest line that is judged. */
export const maxLineOption: Options = {
  type: 'string',
  requiresArg: true,
  describe: `Longest line of an output file to judge, in MiB (default: ${defaultLimits.lineBytes >> 20})`,
}

/** Options of commands that judge evidence gathered before. */
export const verdictOptions = {
  suites: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'Suite file or folder to use instead of the bundled suites (repeatable)',
  },
  'ig-package': packageOption,
  'fail-on': {
    type: 'string',
    requiresArg: true,
    describe: `Weakest requirement level that counts as a failure: ${requirementLevels.join(', ')} (default: ${defaultFailOn})`,
  },
  'known-failing': {
    type: 'string',
    requiresArg: true,
    describe:
      'File of tests that are known to fail: an id or pattern on each line, optionally with owner=NAME, until=DATE and # reason',
  },
} satisfies Readonly<Record<string, Options>>

/** The same options under a heading in `--help`. */
export function grouped<T extends string>(
  group: string,
  options: Readonly<Record<T, Options>>,
): Readonly<Record<T, Options>> {
  return Object.fromEntries(
    Object.entries<Options>(options).map(([name, it]) => [name, { ...it, group }]),
  ) as Record<T, Options>
}

/** The level in `--fail-on`; a mistake is added to `problems`. */
export function failOnFrom(args: Args, problems: string[]): Level {
  return (
    parseChoice(args.text('fail-on'), requirementLevels, { name: '--fail-on', problems }) ?? defaultFailOn
  )
}
