import { resolve } from 'node:path'
import type { Options } from 'yargs'
import { parseChoice, parseChoices, parseCount, parseLineLimit } from '../../config/choices.ts'
import { defaultRelease, defaultScope, releaseChoices } from '../../config/defaults.ts'
import { durationText, parseDuration } from '../../config/duration.ts'
import { factsIn, authKinds, withoutUndefined, type PartialSettings } from '../../config/partial-settings.ts'
import { presetNames } from '../../config/presets/registry.ts'
import { smartReleases, supportedReleases, requirementLevels as verbs } from '../../model/requirement.ts'
import { claimableFeatures, defaultLimits, exportLevels, type Limits } from '../../model/target.ts'
import type { Args } from '../command.ts'
import { defaultReports, reportNames } from '../../report/format-files.ts'
import { defaultFolderName } from '../output-folder.ts'
import { allExchangesOption, findingsOption } from './report.ts'
import { grouped, maxLineOption, verdictOptions } from './judging.ts'

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
  preset: textOption(
    'Server:',
    `Settings for a named system: ${presetNames.join(', ')}; all other settings take precedence`,
  ),
  url: textOption('Server:', 'Base URL of the FHIR API under test'),
  reference: flagOption('Server:', 'Test the bundled reference provider; --url takes precedence'),
  ig: textOption(
    'Server:',
    `Release of the Bulk Data Access IG: ${supportedReleases.join(', ')}, or auto to find it (default: ${defaultRelease})`,
  ),
  smart: textOption(
    'Server:',
    `Release of SMART App Launch: ${smartReleases.join(', ')} (default: 2.0 for Bulk Data 2.0.0, 2.2 for later ones)`,
  ),
  level: textListOption(
    'Server:',
    `Export level that the server offers: ${exportLevels.join(', ')} (repeatable)`,
  ),
  'group-id': textOption('Server:', 'Id of a Group to export'),
  'empty-group-id': textOption(
    'Server:',
    'Id of a Group without members; tests check that its export is empty',
  ),
  supports: textListOption(
    'Server:',
    'Optional feature that the server offers, e.g. _typeFilter (repeatable; default: detected during the run)',
  ),
  'denied-scope': textOption('Server:', 'Scope that the client must not get; tests request it'),
  'denied-group-id': textOption('Server:', 'Id of a Group that the client must not export; tests request it'),
  'other-group-id': textOption('Server:', 'Id of a Group whose members are not patients'),
  'other-format': textOption('Server:', 'Media type of a format that the server offers besides NDJSON'),
  'allow-writes': flagOption(
    'Server:',
    'Let tests create Groups on the server; bulkcheck deletes them again',
  ),
  auth: textOption('Authorization:', `Kind of authorization: ${authKinds.join(', ')}`),
  'client-id': textOption('Authorization:', 'Client id that the server assigned to bulkcheck'),
  scope: textOption('Authorization:', `Scope to request, e.g. system/*.rs (default: ${defaultScope})`),
  'token-url': textOption('Authorization:', 'Token endpoint (default: discovered)'),
  key: textOption('Authorization:', 'File with the private key: JWK, JWK Set or PEM'),
  kid: textOption('Authorization:', 'Key id (kid) of the private key'),
  aud: textOption('Authorization:', 'Audience of the client assertion (default: the token endpoint)'),
  'jwks-url': textOption(
    'Authorization:',
    'URL of the JWK Set by which the client is registered (default with --serve-jwks: http://127.0.0.1:PORT/jwks.json)',
  ),
  'serve-jwks': textOption(
    'Authorization:',
    'Serve the JWK Set at this port of this machine, or at HOST:PORT, so that tests can change it',
  ),
  'basic-user': textOption(
    'Authorization:',
    'User of --auth basic; the password is BULKCHECK_BASIC_PASSWORD',
  ),
  'token-origin': textListOption(
    'Authorization:',
    'Additional origin that may receive the access token (repeatable)',
  ),
  'allow-origin': textListOption(
    'Server:',
    'Additional origin to which the server may lead without the access token (repeatable; default: at most 5, and none at a private address)',
  ),
  exclude: textListOption(
    'Tests:',
    'Test, suite or requirement to leave out, with * for any text (repeatable)',
  ),
  'max-exports': textOption(
    'Cost:',
    'Maximum number of exports to take to completion; tests that need more are left out (default: no limit)',
  ),
  config: textOption('Configuration:', 'Configuration file (default: harness.config.{ts,js,mjs,json,yaml})'),
  suites: textListOption(
    'Configuration:',
    'Suite file or folder to run instead of the bundled ones (repeatable)',
  ),
}

/** How the server is tested: options of `run` only. */
export const runOptions: Readonly<Record<string, Options>> = {
  'last-failed': flagOption(
    'Tests:',
    'Only tests that failed or could not be judged in the result in the folder for reports',
  ),
  concurrency: textOption('Cost:', 'Number of exports to run at the same time (default: 1)'),
  ca: textOption('Connection:', 'PEM file with additional trusted CA certificates'),
  cert: textOption('Connection:', 'PEM file with a client certificate'),
  'cert-key': textOption('Connection:', 'PEM file with the key of the client certificate'),
  insecure: flagOption('Connection:', 'Do not verify TLS certificates; the run then never exits with 0'),
  'max-time': textOption(
    'Cost:',
    'Time limit for the run, e.g. 30m; tests that are unfinished by then are inconclusive (default: no limit)',
  ),
  timeout: textOption(
    'Time:',
    `Time limit for one request, e.g. 30s (ms, s, m, h; default: ${durationText(defaultLimits.requestTimeoutMs)})`,
  ),
  'export-timeout': textOption(
    'Time:',
    `Time limit from kick-off to completion (default: ${durationText(defaultLimits.exportTimeoutMs)})`,
  ),
  'token-wait': textOption(
    'Time:',
    `Longest wait for an access token to expire (default: ${durationText(defaultLimits.tokenWaitMs)})`,
  ),
  'retry-after-cap': textOption(
    'Time:',
    'Longest wait that a Retry-After header can request (default: no limit)',
  ),
  'max-line': { ...maxLineOption, group: 'Output:' },
  ...grouped('Verdict:', {
    'ig-package': verdictOptions['ig-package'],
    'fail-on': verdictOptions['fail-on'],
    'known-failing': verdictOptions['known-failing'],
  }),
  'print-config': flagOption(
    'Configuration:',
    'Print each setting with its value and where it comes from, and do nothing else; secrets are only named',
  ),
  output: textOption('Output:', `Folder for reports (default: ${defaultFolderName})`),
  reporter: textListOption(
    'Output:',
    `Report to write: ${reportNames.join(', ')} (repeatable; default: ${defaultReports.join(', ')})`,
  ),
  'max-findings': { ...findingsOption, group: 'Output:' },
  'all-exchanges': { ...allExchangesOption, group: 'Output:' },
  keep: textOption('Output:', 'Folder in which to keep the output files, which contain patient data'),
  record: textOption('Output:', 'File for a recording of the run, for `bulkcheck judge`'),
  'show-diagnostics': flagOption(
    'Output:',
    "Do not mask the server's error texts, which may contain patient data",
  ),
  quiet: flagOption('Output:', 'Hide progress'),
  verbose: flagOption('Output:', 'Show each probe while it runs, and each test in the summary'),
  color: flagOption('Output:', 'Color the summary (default: on a terminal)'),
  'no-color': flagOption('Output:', 'Disable color'),
}

const connectionOptionNames = ['ca', 'cert', 'cert-key', 'insecure', 'timeout']

/** Options that say how to reach a server whose jobs are deleted. */
export const serverOptions: Readonly<Record<string, Options>> = Object.fromEntries([
  ...Object.entries(targetOptions).filter(([name]) => name !== 'reference'),
  ...Object.entries(runOptions).filter(([name]) => connectionOptionNames.includes(name)),
])

/** The settings in the flags of `run` and `list`; mistakes are added to `problems`. */
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
  const user = args.text('basic-user')
  return withoutUndefined({
    preset: parseChoice(args.text('preset'), presetNames, note('preset')),
    url: args.text('url'),
    ig: parseChoice(args.text('ig'), releaseChoices, note('ig')),
    smart: parseChoice(args.text('smart'), smartReleases, note('smart')),
    levels: parseChoices(args.texts('level'), exportLevels, note('level')),
    groupId: args.text('group-id'),
    emptyGroupId: args.text('empty-group-id'),
    supports: parseChoices(args.texts('supports'), claimableFeatures, note('supports')),
    facts: factsIn((name) => args.text(name.replace(/[A-Z]/g, '-$&').toLowerCase())),
    allowWrites: args.flag('allow-writes') ? true : undefined,
    tokenOrigins: words('token-origin'),
    allowedOrigins: words('allow-origin'),
    maxTimeMs: parseDuration(args.text('max-time'), note('max-time')),
    limits: limitsFrom(args, problems),
    client: withoutUndefined({
      auth: parseChoice(args.text('auth'), authKinds, note('auth')),
      clientId: args.text('client-id'),
      scope: args.text('scope'),
      tokenUrl: args.text('token-url'),
      kid: args.text('kid'),
      aud: args.text('aud'),
      jwksUrl: args.text('jwks-url'),
      serveJwks: args.text('serve-jwks'),
      basic: user === undefined ? undefined : { user },
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
    concurrency: parseCount(args.text('concurrency'), note('concurrency')),
    maxExports: parseCount(args.text('max-exports'), note('max-exports'), 0),
    knownFailing: path('known-failing'),
    ca: path('ca'),
    cert: path('cert'),
    certKey: path('cert-key'),
    insecure: args.flag('insecure') ? true : undefined,
  })
}

function limitsFrom(args: Args, problems: string[]): Partial<Limits> {
  const duration = (name: string) => parseDuration(args.text(name), { name: `--${name}`, problems })
  return withoutUndefined({
    requestTimeoutMs: duration('timeout'),
    exportTimeoutMs: duration('export-timeout'),
    tokenWaitMs: duration('token-wait'),
    retryAfterCapMs: duration('retry-after-cap'),
    lineBytes: parseLineLimit(args.text('max-line'), { name: '--max-line', problems }),
  })
}
