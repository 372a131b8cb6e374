import { rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ConfigError, UsageError } from '../../config/error.ts'
import { harnessVersion } from '../../config/harness-package.ts'
import { proxyFrom } from '../../config/proxy.ts'
import type { Settings } from '../../config/settings.ts'
import type { Plan } from '../../model/plan.ts'
import { exitCode } from '../../model/exit-code.ts'
import type { RunResult } from '../../model/result.ts'
import { openAddressGuard } from '../../probe/transport/address-guard.ts'
import { httpTransport } from '../../probe/transport/http.ts'
import { leftOutText } from '../../report/cost-text.ts'
import { problemText } from '../../report/stop-text.ts'
import { visible } from '../../report/visible-text.ts'
import { type KnownFailing, unmatchedPatterns } from '../../run/known-failing.ts'
import { selectionOf } from '../../run/result-scope.ts'
import { run } from '../../run/run.ts'
import { runShard } from '../../run/shard/run-shard.ts'
import type { RunOptions } from '../../run/run-options.ts'
import { diskFullReason } from '../../run/run-session.ts'
import type { RunShardOptions } from '../../run/shard/shard-context.ts'
import { plan } from '../../suite/planning/plan.ts'
import { systemClock } from '../system-clock.ts'
import type { Args, Command } from '../command.ts'
import { findRelease } from '../find-release.ts'
import { defaultOutputFolder, displayPath, refuseFolder, ensureWritableFolder } from '../output-folder.ts'
import type { Io } from '../terminal/io.ts'
import { interruption } from '../terminal/interruption.ts'
import { runOptions, targetOptions } from '../options/target-and-run.ts'
import { readKnownFailing } from '../options/known-failing.ts'
import { openPackages } from '../options/packages.ts'
import { loadSettings, loadSuitesOf } from '../load-settings.ts'
import { lastFailed, selectedPlan, selectionPatterns } from '../test-selection.ts'
import { printConfig } from '../print-config.ts'
import { serveKeySet } from '../serve-key-set.ts'
import { showRunProgress } from '../terminal/run-progress.ts'
import { reportDetailFrom, type ReportSelection } from '../options/report.ts'
import { endJournal, journalName, leftAtOnceText, makeRoomForJournal } from '../run-journal.ts'
import { harnessName, printWritten, terminalSummary, writeReports } from '../report-output.ts'
import { type RunShardSettings, runShardSettingsFrom } from '../options/run-shard.ts'
import { manifestOption, shardOptions } from '../options/shard.ts'
import { shardSummary } from '../shard-summary.ts'

/** `bulkcheck run`: performs suites against a server, and reports. */
export const runCommand: Command = {
  usage: 'run [patterns..]',
  describe: 'Test a server (the default command)',
  positionals: {
    patterns: {
      type: 'string',
      describe: 'Tests, suites or requirements to run, with * for any text (default: all)',
    },
  },
  options: { ...targetOptions, ...runOptions, ...shardOptions, manifest: manifestOption },
  examples: [
    ['$0 run --reference', 'Test the bundled reference provider'],
    ['$0 run --print-config', 'Show the settings and where they come from'],
    [
      '$0 run --url https://fhir.example.org/r4 --group-id 42 --client-id me --key key.json',
      'Test Group exports of a server',
    ],
    ["$0 run 'kick-off/*' status", 'Run two suites against the server in harness.config.ts'],
    [
      '$0 run --suites ./acme --fail-on SHOULD',
      'Run your own suites; fail on broken SHOULD requirements too',
    ],
  ],
  async perform(args, io) {
    if (args.flag('print-config')) {
      await printConfig(args, io)
      return 0
    }
    const sharding = await runShardSettingsFrom(args, io.cwd)
    const { settings, embedded } = await loadSettings(args, io, 'start')
    try {
      if (sharding && settings.maxTimeMs !== undefined)
        throw new UsageError('--max-time (`maxTime`) works only without --shard')
      return await performRun(settings, sharding, { args, io, isOwnServer: embedded !== undefined })
    } finally {
      await embedded?.close()
    }
  },
}

async function performRun(
  settings: Settings,
  sharding: RunShardSettings | undefined,
  { args, io, isOwnServer }: { readonly args: Args; readonly io: Io; readonly isOwnServer: boolean },
): Promise<number> {
  reportDetailFrom(args)
  const loaded = await loadSuitesOf(settings)
  const found = settings.findsRelease ? await findRelease(settings, io) : undefined
  const target = found ? { ...settings.target, ig: found.release, igBecause: found.because } : settings.target
  if (found && !args.flag('quiet'))
    io.err(`Bulk Data ${found.release} is tested, because ${visible(found.because)}\n`)
  const everything = plan(loaded, target)
  const chosen = args.flag('last-failed') ? await lastFailed(settings, io) : undefined
  const planned = selectedPlan(loaded, everything, { ...settings, target, chosen }, args)
  const selection = selectionOf(planned, everything, {
    patterns: selectionPatterns(args),
    own: loaded.own,
  })
  const knownFailing = await knownFailingOf(settings, everything, io)
  const packages = await openPackages(settings.packages, io.cwd)
  const proxy = proxyFrom(io.env)
  const folder = settings.output ?? defaultOutputFolder(io.cwd)
  const recording = pathOf(args, 'record', io)
  if (recording) refuseFolder(recording, 'record')
  const keep = pathOf(args, 'keep', io)
  const isPrivate = args.flag('show-diagnostics') ? 0o700 : undefined
  if (!sharding) await ensureWritableFolder(folder, io.cwd, isPrivate)
  for (const it of [...(recording ? [dirname(recording)] : []), ...(keep ? [keep] : [])])
    await ensureWritableFolder(it, io.cwd, 0o700)
  const journal = sharding ? `${sharding.part}.journal` : join(folder, journalName)
  makeRoomForJournal(journal, io)
  for (const it of settings.warnings) io.err(`warning: ${it}\n`)

  const transport = httpTransport({ ...settings.tls, proxy, guard: openAddressGuard(target) })
  const isProxied = proxy(new URL(target.fhirUrl)) === undefined ? undefined : true
  if (isProxied)
    io.err(
      'note: a proxy resolves names, so bulkcheck cannot see whether the server leads to private addresses\n',
    )
  const keySet = await serveKeySet(settings.keySetAddress)
  const interrupted = interruption(io, {
    first: () =>
      'interrupted: the reports are written, then the jobs are deleted; press Ctrl-C again to stop at once\n',
    second: () => leftAtOnceText(journal, io),
  })
  const verbose = args.flag('verbose')
  const shown = showRunProgress(io, { quiet: args.flag('quiet'), verbose, now: systemClock.now })
  const applicable = planned.tests.filter((it) => !it.notApplicable).length
  if (!args.flag('quiet'))
    io.err(
      `testing ${target.fhirUrl}: ${applicable} of ${planned.tests.length} tests apply, ${planned.probes.length} probes\n`,
    )
  if (planned.leftOut && !args.flag('quiet')) io.err(`left out: ${leftOutText(planned.leftOut)}\n`)
  const written: string[] = []
  const options: RunOptions = {
    plan: planned,
    target,
    transport,
    clock: systemClock,
    ...(keySet ? { keySetHost: keySet.host } : {}),
    suites: { sha256: loaded.sha256 },
    failOn: settings.failOn,
    concurrency: settings.concurrency,
    ...(settings.maxTimeMs === undefined ? {} : { maxTimeMs: settings.maxTimeMs }),
    knownFailing,
    ...(settings.knownFailing ? { knownFailingFile: displayPath(settings.knownFailing, io.cwd) } : {}),
    warnings: settings.tls.insecure ? ['TLS certificates were not verified (--insecure).'] : [],
    isProxied,
    harness: harnessName(),
    packages,
    ...(selection ? { selection } : {}),
    signal: interrupted.signal,
    secrets: io.secrets,
    notify: shown.notify,
    journal,
    onJournalLost: () =>
      io.err(
        `warning: ${displayPath(journal, io.cwd)} cannot be written to any longer: ${diskFullReason}. If this run is killed, its results are lost.\n`,
      ),
    ...(isOwnServer ? { ownServer: true } : {}),
    ...(keep ? { keep } : {}),
    ...(recording ? { recording, onRecorded: () => written.push(recording) } : {}),
    ...(args.flag('show-diagnostics') ? { showDiagnostics: true } : {}),
  }
  const close = async () => {
    shown.end()
    await transport.close()
    await keySet?.close()
  }
  try {
    if (sharding) {
      const { part } = sharding
      const said = await performShard(options, sharding, args, io).finally(close)
      rmSync(journal, { force: true })
      io.out(`${said}\n${displayPath(part, io.cwd)}\n`)
      return interrupted.code() ?? 0
    }
    const to: ReportPlace = { folder, reports: settings.reports }
    const result = await run({
      ...options,
      onConcluded: (it) => writeFirstReports(it, to, args, io),
    }).finally(close)
    const code = await outputOutcome({ result, to, written }, args, io)
    endJournal(journal, result.jobs.perhapsLeft, io)
    return interrupted.code() ?? code
  } finally {
    // Until here a signal must not end the process.
    interrupted.end()
  }
}

type ReportPlace = Pick<ReportSelection, 'folder' | 'reports'>

/** Deleting jobs may take minutes, so that the reports are written before. */
async function writeFirstReports(result: RunResult, to: ReportPlace, args: Args, io: Io): Promise<void> {
  if (result.jobs.perhapsLeft.length === 0) return
  const { cwd, secrets } = io
  // They are written again at the end, which says what went wrong.
  await writeReports(result, { ...to, cwd, secrets, ...reportDetailFrom(args) }).catch(() => undefined)
}

/** Does one machine's share of a run and returns its summary. Throws PartError if the first machine has other options, or lists no exports. */
async function performShard(
  options: Omit<RunShardOptions, keyof RunShardSettings | 'version'>,
  sharding: RunShardSettings,
  args: Args,
  io: Io,
): Promise<string> {
  const onWait = () => {
    if (!args.flag('quiet'))
      io.err(
        `waiting for the first machine to list its exports in ${displayPath(sharding.manifest, io.cwd)}\n`,
      )
  }
  const counts = await runShard({ ...options, ...sharding, version: harnessVersion, onWait })
  return shardSummary(sharding.shard, counts)
}

async function knownFailingOf(settings: Settings, whole: Plan, io: Io): Promise<readonly KnownFailing[]> {
  const file = settings.knownFailing
  if (file === undefined) return []
  const entries = await readKnownFailing(displayPath(file, io.cwd), io.cwd)
  const strangers = unmatchedPatterns(
    entries.map((it) => it.pattern),
    whole.tests.map(({ id }) => id),
  )
  if (strangers.length > 0)
    throw new ConfigError(strangers.map((it) => `${displayPath(file, io.cwd)}: no test matches \`${it}\``))
  return entries
}

function pathOf(args: Args, name: string, io: Io): string | undefined {
  const value = args.text(name)
  return value === undefined ? undefined : resolve(io.cwd, value)
}

interface RunOutcome {
  readonly result: RunResult
  readonly to: ReportPlace
  /** Files that the run has already written. */
  readonly written: readonly string[]
}

async function outputOutcome({ result, to, written }: RunOutcome, args: Args, io: Io): Promise<number> {
  io.out(terminalSummary(result, args, io))
  const reports = await writeReports(result, {
    ...to,
    cwd: io.cwd,
    secrets: io.secrets,
    ...reportDetailFrom(args),
  })
  printWritten({ ...reports, files: [...reports.files, ...written] }, io)
  const unreachable = unreachableCause(result)
  if (unreachable) io.err(`no response from ${result.target.fhirUrl}: ${visible(unreachable)}\n`)
  return exitCode(result)
}

/** Why there was no response from the target at all; `undefined` if there was one. */
function unreachableCause(result: RunResult): string | undefined {
  const { exchanges } = result
  if (exchanges.length === 0 || exchanges.some((it) => it.response)) return undefined
  const [first] = exchanges
  return first && (problemText(first) ?? first.networkError)
}
