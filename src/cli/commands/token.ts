import { checks, picks } from '../../checks/registry.ts'
import { UsageError } from '../../config/error.ts'
import { proxyFrom } from '../../config/proxy.ts'
import type { Settings } from '../../config/settings.ts'
import type { Reason } from '../../model/reason.ts'
import { openKnownSecrets } from '../../model/secrets/known-secrets.ts'
import { didYouMean } from '../../model/spelling.ts'
import type { TokenProbe } from '../../model/suite.ts'
import { openSession, type Session } from '../../probe/session.ts'
import { openAddressGuard } from '../../probe/transport/address-guard.ts'
import { httpTransport } from '../../probe/transport/http.ts'
import { preflightText } from '../../report/preflight-text.ts'
import { reasonText } from '../../report/reason-text.ts'
import { visible } from '../../report/visible-text.ts'
import { preflightProblems } from '../../run/preflight/wrong-setting.ts'
import { loadBundled } from '../../suite/bundled.ts'
import type { Args, Command } from '../command.ts'
import { loadSettings } from '../load-settings.ts'
import { serverOptions } from '../options/target-and-run.ts'
import { serveKeySet } from '../serve-key-set.ts'
import { systemClock } from '../system-clock.ts'
import { interruption } from '../terminal/interruption.ts'

/** `bulkcheck token`: prints an access token or a client assertion, as a run would use it. */
export const tokenCommand: Command = {
  usage: 'token',
  describe: 'Print an access token for the curl commands of a report, or a client assertion',
  options: {
    assertion: {
      type: 'boolean',
      describe: 'Print a client assertion instead, without sending it',
    },
    deviate: {
      type: 'string',
      requiresArg: true,
      describe:
        'Make the assertion wrong in one way, as a token probe of the suite `assertion` does, e.g. no-issuer',
    },
    ...serverOptions,
  },
  examples: [
    ['export TOKEN=$($0 token)', 'Put the token where the curl commands of a report expect it'],
    ['$0 token --assertion --deviate no-issuer', 'Print an assertion without `iss`'],
  ],
  async perform(args, io) {
    const isAssertion = args.flag('assertion')
    const spec = await deviationFrom(args, isAssertion)
    const { settings } = await loadSettings(args, io, 'start', { levels: ['system'] })
    requireKind(settings, isAssertion)
    for (const it of settings.warnings) io.err(`warning: ${it}\n`)
    const transport = httpTransport({
      ...settings.tls,
      proxy: proxyFrom(io.env),
      guard: openAddressGuard(settings.target),
    })
    const keySet = await serveKeySet(settings.keySetAddress)
    const interrupted = interruption(io)
    // Output is searched for the secrets of `io`, and this one is to be printed.
    const secrets = openKnownSecrets()
    const session = openSession({
      ...{ target: settings.target, transport, clock: systemClock, secrets, signal: interrupted.signal },
      ...(keySet ? { keySetHost: keySet.host } : {}),
    })
    try {
      const got = isAssertion ? await session.ownAssertion(spec) : await session.ownToken()
      if ('reason' in got) {
        io.err(secrets.hide(failureText(got.reason, settings, session)))
        return interrupted.code() ?? 3
      }
      const [value, what] =
        'assertion' in got ? [got.assertion, 'client assertion'] : [got.value, 'access token']
      io.err(
        `warning: the next line is a secret, the ${what} of this client; keep it out of logs and shared files\n`,
      )
      io.out(`${value}\n`)
      return 0
    } finally {
      await session.close()
      await transport.close()
      await keySet?.close()
      interrupted.end()
    }
  },
}

/** Changes to a token request that are not in its assertion. */
const elsewhere: readonly (keyof TokenProbe)[] = ['form', 'scope', 'only', 'replays', 'jtiOf', 'client']

/** The token probe of the bundled suite whose deviation is asked for. Throws UsageError. */
async function deviationFrom(args: Args, isAssertion: boolean): Promise<TokenProbe> {
  const name = args.text('deviate')
  if (name === undefined) return {}
  if (!isAssertion) throw new UsageError('--deviate needs --assertion')
  const { suites } = await loadBundled({ checks, picks })
  const probes = suites.find(({ suite }) => suite.suite === 'assertion')?.suite.tokens ?? {}
  const known = Object.entries(probes).filter(
    ([, it]) => Object.keys(it).length > 0 && !elsewhere.some((key) => key in it),
  )
  const found = known.find(([it]) => it === name)
  if (found) return found[1]
  const names = known.map(([it]) => it)
  throw new UsageError(
    `--deviate must be one of ${names.map((it) => `\`${it}\``).join(', ')}${didYouMean(name, names)}`,
  )
}

/** Throws UsageError if the client has nothing to print. */
function requireKind({ target }: Settings, isAssertion: boolean): void {
  const { kind } = target.authorization
  if (kind === 'none')
    throw new UsageError('no authorization is configured: set --client-id and --key, or `authorization`')
  if (isAssertion && kind !== 'backend-services')
    throw new UsageError(`${kind} authorization has no client assertions; backend-services has`)
  if (kind === 'basic') throw new UsageError('basic authorization has no access token')
}

function failureText(reason: Reason, { target }: Settings, session: Session): string {
  const [problem] = preflightProblems({
    ...{ target, exchanges: session.exchanges, kickoffs: new Map() },
    token: { probe: 'none', reason },
    descriptionOf: session.descriptionOf,
  })
  if (!problem) return `nothing to print, because ${visible(reasonText(reason))}\n`
  const { title, asked, answer, causes } = preflightText(problem)
  return [
    visible(title),
    `  asked   ${visible(asked)}`,
    `  answer  ${visible(answer)}`,
    ...causes.map((it, at) => `  ${at === 0 ? 'causes' : '      '}  ${at + 1}. ${visible(it)}`),
  ]
    .map((line) => `${line}\n`)
    .join('')
}
