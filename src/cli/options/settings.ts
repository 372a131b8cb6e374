import { resolve } from 'node:path'
import type { Options } from 'yargs'
import { parseChoice, parseChoices } from '../../config/choices.ts'
import { defaultScope } from '../../config/defaults.ts'
import { durationMs, durationText } from '../../config/duration.ts'
import { authKinds, withoutUndefined, type PartialSettings } from '../../config/partial-settings.ts'
import { supportedReleases, requirementLevels as verbs } from '../../model/requirement.ts'
import { claimableFeatures, defaultLimits, exportLevels, type Limits } from '../../model/target.ts'
import type { Args } from '../command.ts'
import { reportNames } from '../../report/format-files.ts'
import { defaultFolderName } from '../output-folder.ts'
import { findingsOption } from './report.ts'
import { grouped, releaseOption, verdictOptions } from './verdict.ts'

const textOption = (group: string, describe: string): Options => ({
  type: 'string',
  requiresArg: true,
  group,
  describe,
})
const textListOption = (group: string, describe: string): Options => ({
  ...textOption(group, describe),
  array: true,
})
const flagOption = (group: string, describe: string): Options => ({ type: 'boolean', group, describe })

/** What is tested: options that `run` and `list` share. */
export const targetOptions: Readonly<Record<string, Options>> = {
  url: textOption('Server:', 'Base of the FHIR API under test'),
  reference: flagOption('Server:', 'Test the reference provider, started for this run; --url wins'),
  ...grouped('Server:', { ig: releaseOption }),
  level: textListOption('Server:', `Export level that it offers: ${exportLevels.join(', ')} (repeatable)`),
  'group-id': textOption('Server:', 'Id of a Group that can be exported'),
  supports: textListOption(
    'Server:',
    'Optional feature that it offers, e.g. _typeFilter (repeatable); found out unless given',
  ),
  auth: textOption('Authorization:', authKinds.join(', ')),
  'client-id': textOption('Authorization:', 'Id under which the harness is registered'),
  scope: textOption('Authorization:', `Scope to ask for, e.g. system/*.rs; ${defaultScope} unless given`),
  'token-url': textOption('Authorization:', 'Token endpoint; discovered unless given'),
  key: textOption('Authorization:', 'File with the private key: JWK, JWK Set or PEM'),
  kid: textOption('Authorization:', 'Id of that key'),
  'token-origin': textListOption(
    'Authorization:',
    'Further origin to which the access token may be sent (repeatable)',
  ),
  config: textOption(
    'Configuration:',
    'Configuration file; harness.config.{ts,js,mjs,json,yaml} unless given',
  ),
  suites: textListOption(
    'Configuration:',
    'Suite file or folder to run instead of the bundled ones (repeatable)',
  ),
}

/** How it is tested: options of `run` alone. */
export const runOptions: Readonly<Record<string, Options>> = {
  ca: textOption('Connection:', 'PEM file with certificates of further authorities'),
  cert: textOption('Connection:', 'PEM file with a client certificate'),
  'cert-key': textOption('Connection:', 'PEM file with the key of that certificate'),
  insecure: flagOption('Connection:', 'Do not verify certificates; such a run never exits 0'),
  timeout: textOption(
    'Time:',
    `Longest time for one request, e.g. 30s (ms, s, m, h); ${durationText(defaultLimits.requestTimeoutMs)} unless given`,
  ),
  'export-timeout': textOption(
    'Time:',
    `Longest time from kick-off to completion; ${durationText(defaultLimits.exportTimeoutMs)} unless given`,
  ),
  'token-wait': textOption(
    'Time:',
    `Longest wait for a token to expire; ${durationText(defaultLimits.tokenWaitMs)} unless given`,
  ),
  'retry-after-cap': textOption(
    'Time:',
    'Longest wait that a Retry-After can ask for; no limit unless given',
  ),
  ...grouped('Verdict:', {
    'ig-package': verdictOptions['ig-package'],
    'fail-on': verdictOptions['fail-on'],
    'known-failing': verdictOptions['known-failing'],
  }),
  output: textOption('Output:', `Folder of the reports; ${defaultFolderName} unless given`),
  reporter: textListOption(
    'Output:',
    `Report to write: ${reportNames.join(', ')} (repeatable; all unless given)`,
  ),
  'max-findings': { ...findingsOption, group: 'Output:' },
  keep: textOption('Output:', 'Folder in which to leave the output files, which hold patient data'),
  record: textOption('Output:', 'File to record the run in, for `bulkcheck judge`'),
  'show-diagnostics': flagOption(
    'Output:',
    "Do not mask the server's error texts, which may hold patient data",
  ),
  quiet: flagOption('Output:', 'No progress'),
  verbose: flagOption('Output:', 'Each probe as it is performed, and each test in the summary'),
  color: flagOption('Output:', 'Color the summary; by default if it goes to a terminal'),
  'no-color': flagOption('Output:', 'Do not'),
}

/** What the flags of `run` and `list` say; mistakes are added to `problems`. */
export function partialSettingsFrom(args: Args, cwd: string, problems: string[]): PartialSettings {
  const path = (name: string) => {
    const value = args.text(name)
    return value === undefined ? undefined : resolve(cwd, value)
  }
  const words = (name: string) => {
    const values = args.texts(name).flatMap((it) => it.split(','))
    return values.length > 0 ? values : undefined
  }
  const note = (name: string) => ({ name: `--${name}`, problems })
  const key = path('key')
  return withoutUndefined({
    url: args.text('url'),
    ig: parseChoice(args.text('ig'), supportedReleases, note('ig')),
    levels: parseChoices(args.texts('level'), exportLevels, note('level')),
    groupId: args.text('group-id'),
    supports: parseChoices(args.texts('supports'), claimableFeatures, note('supports')),
    tokenOrigins: words('token-origin'),
    limits: limitsFrom(args, problems),
    client: withoutUndefined({
      auth: parseChoice(args.text('auth'), authKinds, note('auth')),
      clientId: args.text('client-id'),
      scope: args.text('scope'),
      tokenUrl: args.text('token-url'),
      kid: args.text('kid'),
      key: key === undefined ? undefined : { file: key, from: args.text('key') ?? key },
    }),
    suites: args.texts('suites').length > 0 ? args.texts('suites').map((it) => resolve(cwd, it)) : undefined,
    packages:
      args.texts('ig-package').length > 0
        ? args.texts('ig-package').map((it) => resolve(cwd, it))
        : undefined,
    output: path('output'),
    reports: parseChoices(args.texts('reporter'), reportNames, note('reporter')),
    failOn: parseChoice(args.text('fail-on'), verbs, note('fail-on')),
    knownFailing: path('known-failing'),
    ca: path('ca'),
    cert: path('cert'),
    certKey: path('cert-key'),
    insecure: args.flag('insecure') ? true : undefined,
  })
}

function limitsFrom(args: Args, problems: string[]): Partial<Limits> {
  const duration = (name: string) => {
    const text = args.text(name)
    const ms = text === undefined ? undefined : durationMs(text)
    if (text !== undefined && ms === undefined)
      problems.push(`--${name} is a time such as \`500ms\`, \`30s\`, \`5m\` or \`1h\``)
    return ms
  }
  return withoutUndefined({
    requestTimeoutMs: duration('timeout'),
    exportTimeoutMs: duration('export-timeout'),
    tokenWaitMs: duration('token-wait'),
    retryAfterCapMs: duration('retry-after-cap'),
  })
}
