import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { UsageError } from '../config/error.ts'
import { visible } from '../report/visible-text.ts'
import { JournalError, readJournalHeader } from '../run/journal/journal-file.ts'
import { jobsIn, readJournal } from '../run/journal/journal-state.ts'
import { isRunning } from '../run/journal/process-id.ts'
import { displayPath } from './output-folder.ts'
import type { Io } from './terminal/io.ts'

/** Name of the journal of a run in its output folder. */
export const journalName = 'journal.ndjson'

/** The journal that a path names: a file, or the one in a folder. Throws UsageError if the folder has none. */
export function journalAt(path: string, name: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path
  const file = join(path, journalName)
  if (!existsSync(file))
    throw new UsageError(
      `${name} has no ${journalName}: a run removes its journal at its end, unless it left jobs`,
    )
  return file
}

/** Makes room for the journal of a new run: that of a killed run is renamed and kept. Throws UsageError if its run still goes on. */
export function makeRoomForJournal(path: string, io: Io): void {
  if (!existsSync(path)) return
  const shown = displayPath(path, io.cwd)
  if (hasEnded(path, shown)) return
  const stamp = statSync(path).mtime.toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '')
  const kept = join(dirname(path), `${basename(path, '.ndjson')}-${stamp}.ndjson`)
  renameSync(path, kept)
  const name = displayPath(kept, io.cwd)
  io.err(
    `warning: an earlier run was killed; its journal is now ${name}. \`bulkcheck report --journal ${name}\` shows its verdicts, \`bulkcheck cleanup ${name}\` deletes its jobs and temporary files.\n`,
  )
}

/** Whether a journal is whole, so that the reports of its run say all that it says. */
function hasEnded(path: string, shown: string): boolean {
  try {
    const { process } = readJournalHeader(path, shown)
    if (isRunning(process))
      throw new UsageError(
        `another run (process ${process.pid}) writes to ${shown}: wait for its end, or use another --output`,
      )
    return readJournal(path, shown).isEnded
  } catch (error) {
    if (!(error instanceof JournalError)) throw error
    return false
  }
}

/** What a run that ends at once leaves on the server, for the terminal. */
export function leftAtOnceText(path: string, io: Io): string {
  const shown = displayPath(path, io.cwd)
  try {
    const { perhapsLeft, unlocated = [] } = jobsIn(readJournal(path, shown))
    if (perhapsLeft.length + unlocated.length === 0) return 'Stopped. No jobs are left on the server.\n'
    const lost = unlocated.length
    return [
      `Stopped. Jobs that may be left on the server: ${perhapsLeft.length + lost}`,
      ...perhapsLeft.map((it) => `  ${visible(it)}`),
      ...(lost > 0 ? [`  ${lost} of unknown polling location`] : []),
      `\`bulkcheck cleanup ${shown}\` deletes them; \`bulkcheck report --journal ${shown}\` makes the reports.\n`,
    ].join('\n')
  } catch (error) {
    if (!(error instanceof JournalError)) throw error
    return `Stopped. Jobs may be left on the server; ${error.message}.\n`
  }
}

/** Removes the journal of a run that has ended, unless it is needed to delete jobs that are left. */
export function endJournal(path: string, perhapsLeft: readonly string[], io: Io): void {
  if (perhapsLeft.length === 0) rmSync(path, { force: true })
  else
    io.err(
      `jobs may be left on the server: \`bulkcheck cleanup ${displayPath(path, io.cwd)}\` tries again to delete them\n`,
    )
}
