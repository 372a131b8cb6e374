import type { Options } from 'yargs'
import { requirementLevels } from '../../model/requirement.ts'
import { packageOption } from './packages.ts'

/** Options of commands that come to verdicts on what was found out before. */
export const verdictOptions: Readonly<Record<string, Options>> = {
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
    describe: `Least level that fails: ${requirementLevels.join(', ')}; SHALL unless given`,
  },
  'known-failing': {
    type: 'string',
    requiresArg: true,
    describe: 'File with test ids that are known to fail, one a line',
  },
}
