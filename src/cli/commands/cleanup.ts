import { resolve } from 'node:path'
import { ConfigError, UsageError } from '../../config/error.ts'
import { proxyFrom } from '../../config/proxy.ts'
import type { Settings } from '../../config/settings.ts'
import { openAddressGuard } from '../../probe/transport/address-guard.ts'
import { httpTransport } from '../../probe/transport/http.ts'
import { visible } from '../../report/visible-text.ts'
import { type CleanedJob, cleanupJobs, jobsToClean } from '../../run/journal/cleanup-jobs.ts'
import { continueJournal, type JournalHeader } from '../../run/journal/journal-file.ts'
import { type JournalState, readJournal } from '../../run/journal/journal-state.ts'
import { isRunning } from '../../run/journal/process-id.ts'
import { configurationDigest } from '../../run/journal/run-journals.ts'
import { fileErrorReason } from '../../storage/file-error.ts'
import { isTemporaryMark, removeTemporary } from '../../storage/temporary-names.ts'
import type { Args, Command } from '../command.ts'
import { configuredOutputFolder, loadSettings } from '../load-settings.ts'
import { serverOptions } from '../options/target-and-run.ts'
import { displayPath } from '../output-folder.ts'
import { journalAt, journalName } from '../run-journal.ts'
import { systemClock } from '../system-clock.ts'
import { interruption } from '../terminal/interruption.ts'
import type { Io } from '../terminal/io.ts'

/** `bulkcheck cleanup`: deletes what a killed run left behind. */
export const cleanupCommand: Command = {
  usage: 'cleanup [journal]',
  describe: 'Delete the jobs and temporary files that a killed run left',
  positionals: {
    journal: {
      type: 'string',
      describe: `Journal of the run, or the folder with its ${journalName} (default: the folder for reports)`,
    },
  },
  options: serverOptions,
  examples: [
    ['$0 cleanup', 'Clean up after a killed run against the server in harness.config.ts'],
    [
      '$0 cleanup ci --url https://fhir.example.org/r4 --client-id me --key key.json',
      'With the same options as the run',
    ],
  ],
  async perform(args, io) {
    const name = args.text('journal') ?? displayPath(await configuredOutputFolder(args, io), io.cwd)
    const path = journalAt(resolve(io.cwd, name), name)
    const state = readJournal(path, name)
    const { process, temporary, ownServer } = state.header
    if (isRunning(process))
      throw new UsageError(
        `the run still goes on (process ${process.pid}): interrupt it with Ctrl-C, and it cleans up itself`,
      )
    sayRemoved(temporary, io)
    const { located, orphans } = jobsToClean(state)
    if (ownServer && located.length + orphans.length > 0) {
      io.out('jobs: the bundled provider ended with the run, and its jobs did too\n')
      return 0
    }
    const cleaned = located.length === 0 ? [] : await cleanServer(path, state, args, io)
    return sayCleaned(cleaned, { orphans: orphans.length, started: located.length }, io)
  },
}

function sayRemoved({ mark, folders }: JournalHeader['temporary'], io: Io): void {
  if (!isTemporaryMark(mark)) throw new UsageError('the journal is damaged: it names no temporary files')
  try {
    const removed = removeTemporary(mark, folders)
    io.out(`temporary files: ${removed === 0 ? 'none are left' : `removed ${removed}`}\n`)
  } catch (error) {
    throw new UsageError(`the temporary files cannot be removed: ${fileErrorReason(error)}`)
  }
}

async function cleanServer(
  path: string,
  state: JournalState,
  args: Args,
  io: Io,
): Promise<readonly CleanedJob[]> {
  const settings = await settingsFor(state, args, io)
  const { openSession } = await import('../../probe/session.ts')
  const interrupted = interruption(io)
  const transport = httpTransport({
    ...settings.tls,
    proxy: proxyFrom(io.env),
    guard: openAddressGuard(settings.target),
  })
  const session = openSession({
    ...{ target: settings.target, transport, clock: systemClock, secrets: io.secrets },
    signal: interrupted.signal,
  })
  const journal = continueJournal(path)
  try {
    const { located } = jobsToClean(state)
    return await cleanupJobs(located, { session, journal, signal: interrupted.signal })
  } finally {
    journal.close()
    await session.close()
    await transport.close()
    interrupted.end()
  }
}

/** The settings of the run as they are now. Throws ConfigError if they are of another server. */
async function settingsFor({ header, begun }: JournalState, args: Args, io: Io): Promise<Settings> {
  const { levels, groupId } = begun?.target ?? {}
  const asked = { ...(levels ? { levels } : {}), ...(groupId === undefined ? {} : { groupId }) }
  const { settings } = await loadSettings(args, io, 'start', asked)
  const { target } = settings
  if (begun && begun.target.fhirUrl !== target.fhirUrl)
    throw new ConfigError([
      `the run was against ${visible(begun.target.fhirUrl)}, not ${target.fhirUrl}: pass the options of the run`,
    ])
  if (configurationDigest(target) !== header.configuration)
    io.err(
      'warning: the configuration is not that of the run; if deletions are refused, pass the options of the run\n',
    )
  return settings
}

const outcomeTexts: Readonly<Record<CleanedJob['outcome'], string>> = {
  deleted: 'deleted',
  gone: 'gone already',
  left: 'left: the server did not delete it',
  'not-at-an-allowed-origin':
    'left: the credentials may not be sent there, or its URL contains a secret, so that the journal does not have it whole',
  'not-certainly-a-job': 'left: a DELETE there could destroy something else',
  'no-time': 'left: cleanup was interrupted',
}

function sayCleaned(
  cleaned: readonly CleanedJob[],
  { orphans, started }: { readonly orphans: number; readonly started: number },
  io: Io,
): number {
  for (const { shown, outcome } of cleaned) io.out(`${visible(shown)}  ${outcomeTexts[outcome]}\n`)
  if (started === 0) io.out('jobs: none are left whose polling location is known\n')
  if (orphans > 0)
    io.out(
      `possible orphans: ${orphans} kick-off ${orphans === 1 ? 'request' : 'requests'} whose response was lost, or had no polling location; each may have started a job that only the server's operator can find\n`,
    )
  const isLeft = cleaned.some(({ outcome }) => outcome !== 'deleted' && outcome !== 'gone')
  return isLeft || orphans > 0 ? 3 : 0
}
