import { resolve } from 'node:path'
import type { Options } from 'yargs'
import { choose, chooseAll } from '../config/choose.ts'
import { durationMs } from '../config/duration.ts'
import { reportNames } from '../config/schema.ts'
import { authKinds, defined, type Wishes } from '../config/wishes.ts'
import { supportedReleases, levels as verbs } from '../model/requirement.ts'
import { claims, exportLevels, type Limits } from '../model/target.ts'
import type { Args } from './command.ts'
import { packageOption } from './packages.ts'
import { findingsOption } from './reports.ts'

const one = (group: string, describe: string): Options => ({
  type: 'string',
  requiresArg: true,
  group,
  describe,
})
const several = (group: string, describe: string): Options => ({ ...one(group, describe), array: true })
const flag = (group: string, describe: string): Options => ({ type: 'boolean', group, describe })

/** What is tested: options that `run` and `list` share. */
export const targetOptions: Readonly<Record<string, Options>> = {
  url: one('Server:', 'Base of the FHIR API under test'),
  reference: flag('Server:', 'Test the reference provider, started for this run; --url wins'),
  ig: one('Server:', `Release of the Bulk Data Access IG: ${supportedReleases.join(', ')}`),
  level: several('Server:', `Export level that it offers: ${exportLevels.join(', ')} (repeatable)`),
  'group-id': one('Server:', 'Id of a Group that can be exported'),
  supports: several('Server:', 'Optional feature that it offers, e.g. _typeFilter (repeatable)'),
  auth: one('Authorization:', authKinds.join(', ')),
  'client-id': one('Authorization:', 'Id under which the harness is registered'),
  scope: one('Authorization:', 'Scope to ask for, e.g. system/*.rs'),
  'token-url': one('Authorization:', 'Token endpoint; discovered unless given'),
  key: one('Authorization:', 'File with the private key: JWK, JWK Set or PEM'),
  kid: one('Authorization:', 'Id of that key'),
  'token-origin': several(
    'Authorization:',
    'Further origin to which the access token may be sent (repeatable)',
  ),
  config: one('Configuration:', 'Configuration file; harness.config.{ts,js,mjs,json,yaml} unless given'),
  suites: several('Configuration:', 'Suite file or folder to run instead of the bundled ones (repeatable)'),
}

/** How it is tested: options of `run` alone. */
export const runOptions: Readonly<Record<string, Options>> = {
  ca: one('Connection:', 'PEM file with certificates of further authorities'),
  cert: one('Connection:', 'PEM file with a client certificate'),
  'cert-key': one('Connection:', 'PEM file with the key of that certificate'),
  insecure: flag('Connection:', 'Do not verify certificates; such a run never exits 0'),
  timeout: one('Time:', 'Longest time for one request, e.g. 30s (ms, s, m, h)'),
  'export-timeout': one('Time:', 'Longest time from kick-off to completion'),
  'token-wait': one('Time:', 'Longest wait for a token to expire'),
  'retry-after': one('Time:', 'honor, or cap:30s to wait no longer'),
  'ig-package': { ...packageOption, group: 'Verdict:' },
  'fail-on': one('Verdict:', `Least level that fails the run: ${verbs.join(', ')}`),
  'known-failing': one('Verdict:', 'File with test ids that are known to fail, one a line'),
  output: one('Output:', 'Folder of the reports'),
  reporter: several('Output:', `Report to write: ${reportNames.join(', ')} (repeatable; all unless given)`),
  'max-findings': { ...findingsOption, group: 'Output:' },
  keep: one('Output:', 'Folder in which to leave the output files, which hold patient data'),
  record: one('Output:', 'File to record the run in, for `bulkcheck judge`'),
  'show-diagnostics': flag('Output:', "Do not mask the server's error texts, which may hold patient data"),
  quiet: flag('Output:', 'No progress'),
  verbose: flag('Output:', 'Each probe as it is performed, and each test in the summary'),
  color: flag('Output:', 'Color the summary; by default if it goes to a terminal'),
  'no-color': flag('Output:', 'Do not'),
}

/** What the flags of `run` and `list` say; mistakes are added to `problems`. */
export function wishesFrom(args: Args, cwd: string, problems: string[]): Wishes {
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
  return defined({
    url: args.text('url'),
    ig: choose(args.text('ig'), supportedReleases, note('ig')),
    levels: chooseAll(args.texts('level'), exportLevels, note('level')),
    groupId: args.text('group-id'),
    supports: chooseAll(args.texts('supports'), claims, note('supports')),
    tokenOrigins: words('token-origin'),
    limits: limitsFrom(args, problems),
    client: defined({
      auth: choose(args.text('auth'), authKinds, note('auth')),
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
    reports: chooseAll(args.texts('reporter'), reportNames, note('reporter')),
    failOn: choose(args.text('fail-on'), verbs, note('fail-on')),
    knownFailing: path('known-failing'),
    ca: path('ca'),
    cert: path('cert'),
    certKey: path('cert-key'),
    insecure: args.flag('insecure') ? true : undefined,
  })
}

function limitsFrom(args: Args, problems: string[]): Partial<Limits> {
  const duration = (name: string, text = args.text(name)) => {
    const ms = text === undefined ? undefined : durationMs(text)
    if (text !== undefined && ms === undefined)
      problems.push(`--${name} is a time such as \`500ms\`, \`30s\`, \`5m\` or \`1h\``)
    return ms
  }
  const retryAfter = args.text('retry-after')
  if (retryAfter !== undefined && retryAfter !== 'honor' && !retryAfter.startsWith('cap:'))
    problems.push('--retry-after is `honor`, or `cap:` and a time such as `cap:30s`')
  return defined({
    requestTimeoutMs: duration('timeout'),
    exportTimeoutMs: duration('export-timeout'),
    tokenWaitMs: duration('token-wait'),
    retryAfterCapMs: retryAfter?.startsWith('cap:')
      ? duration('retry-after', retryAfter.slice(4))
      : undefined,
  })
}
