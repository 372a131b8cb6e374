import { resolve } from 'node:path'
import { UsageError } from '../../config/error.ts'
import { harnessVersion } from '../../config/harness-package.ts'
import { exitCode } from '../../model/exit-code.ts'
import type { RunResult } from '../../model/result.ts'
import type { IndexStore } from '../../output/index/store.ts'
import { openJudgeEnvironment } from '../../output/judge-environment.ts'
import { type ShardPart, PartError, readPart, assembleParts } from '../../run/shard/part-file.ts'
import { proxyFrom } from '../../config/proxy.ts'
import { openAddressGuard } from '../../probe/transport/address-guard.ts'
import { httpTransport } from '../../probe/transport/http.ts'
import { deleteSharedJobs } from '../../run/shard/delete-shared-jobs.ts'
import { mergeRun, requireSameSuitesAndPackages } from '../../run/shard/merge-parts.ts'
import type { RunPart } from '../../run/shard/run-part.ts'
import { systemClock } from '../system-clock.ts'
import type { Args, Command } from '../command.ts'
import { ensureWritableFolder } from '../output-folder.ts'
import type { Io } from '../terminal/io.ts'
import { knownFailingFileFrom, readKnownFailing } from '../options/known-failing.ts'
import { mergeFiles, type MergeSettings } from '../../validate/merge-files.ts'
import { serverOptions } from '../options/target-and-run.ts'
import { loadSettings } from '../load-settings.ts'
import { openPackages } from '../options/packages.ts'
import { reportSelectionFrom, reportOptions } from '../options/report.ts'
import { harnessName, outputResult } from '../report-output.ts'
import { manifestOption } from '../options/shard.ts'
import { loadNamedSuites } from '../options/suites.ts'
import {
  type ForeignFile,
  refuseFilesWithoutResources,
  withForeignFiles,
} from '../../validate/validate-files.ts'
import type { FilesPart } from '../../validate/judge-shard.ts'
import { failOnFrom, verdictOptions } from '../options/judging.ts'

/** `bulkcheck merge`: judges the parts that several machines wrote. */
export const mergeCommand: Command = {
  usage: 'merge <parts..>',
  describe: 'Judge the parts of a run or validation that several machines shared (--shard)',
  positionals: {
    parts: { type: 'string', describe: 'Part files (--part), one from each machine, in any order' },
  },
  options: {
    ...serverOptions,
    manifest: {
      ...manifestOption,
      describe:
        'The --manifest file of the first machine; merge deletes the jobs that it lists from the server',
    },
    ...verdictOptions,
    ...reportOptions,
  },
  examples: [
    ['$0 merge 1.part 2.part 3.part', 'Write the same reports as a run on one machine'],
    ['$0 merge *.part --manifest shared.json', 'Also delete the jobs from the server in harness.config.ts'],
  ],
  async perform(args, io) {
    const problems: string[] = []
    const failOn = failOnFrom(args, problems)
    const asked = reportSelectionFrom(args, io, problems)
    if (problems.length > 0) throw new UsageError(problems.join('\n'))
    const loaded = await loadNamedSuites(args, io.cwd)
    const knownFailing = await readKnownFailing(args.text('known-failing'), io.cwd)
    const packages = await openPackages(args.texts('ig-package'), io.cwd)
    const remaining = await remainingJobsFrom(args, io)
    const environment = openJudgeEnvironment(0)
    try {
      const parts = readPartFiles(args.texts('parts'), io, environment.store)
      await ensureWritableFolder(asked.folder, io.cwd)
      const merging: MergeSettings = {
        loaded,
        packages,
        failOn,
        knownFailing,
        ...knownFailingFileFrom(args),
        harness: harnessName(),
        environment,
      }
      const { result, foreign } = await mergeParts(parts, merging, remaining)
      await outputResult(result, asked, args, io)
      refuseFilesWithoutResources(foreign)
      return exitCode(result)
    } finally {
      await environment.close()
    }
  },
}

type Parts = readonly ShardPart<FilesPart | RunPart>[]

function readPartFiles(names: readonly string[], io: Io, store: IndexStore): Parts {
  const problems: string[] = []
  const parts = names.flatMap((name) => {
    try {
      return [{ name, part: readPart<FilesPart | RunPart>(resolve(io.cwd, name), store) }]
    } catch (error) {
      if (!(error instanceof PartError)) throw error
      problems.push(`${name}: ${error.message}`)
      return []
    }
  })
  if (problems.length > 0) throw new PartError(problems.join('\n'))
  return assembleParts(parts, harnessVersion)
}

async function mergeParts(
  parts: Parts,
  merging: MergeSettings,
  remaining: RemainingJobs | undefined,
): Promise<{ readonly result: RunResult; readonly foreign: readonly ForeignFile[] }> {
  const ofFiles = parts.filter((it): it is ShardPart<FilesPart> => it.of.of === 'files')
  const [first, ...others] = ofFiles
  if (first) {
    if (remaining)
      throw new UsageError(
        '--manifest works only with parts of `bulkcheck run`; parts of `bulkcheck validate` have no jobs',
      )
    const { foreign } = first.of
    return { result: withForeignFiles(await mergeFiles([first, ...others], merging), foreign), foreign }
  }
  const ofRun = parts.filter((it): it is ShardPart<RunPart> => it.of.of === 'run')
  const [one] = ofRun
  if (!one) throw new PartError('no part files are given')
  await requireSameSuitesAndPackages(one.of, merging)
  const result = await mergeRun(ofRun, merging)
  return { result: remaining ? await remaining.deleteAll(result, one.run) : result, foreign: [] }
}

/** Deletes the jobs that the machines left on the server. */
interface RemainingJobs {
  deleteAll(result: RunResult, run: string): Promise<RunResult>
}

async function remainingJobsFrom(args: Args, io: Io): Promise<RemainingJobs | undefined> {
  const name = args.text('manifest')
  if (name === undefined) {
    const others = { ...verdictOptions, ...reportOptions }
    const idle = Object.keys(serverOptions).filter(
      (it) => !(it in others) && args.texts(it).length > 0 && args.text(it) !== 'false',
    )
    if (idle.length > 0)
      throw new UsageError(
        `${idle.map((it) => `--${it}`).join(', ')}: use these options with --manifest; without it, merge sends nothing to a server`,
      )
    return undefined
  }
  const { settings } = await loadSettings(args, io, 'start')
  return {
    async deleteAll(result, run) {
      const { target } = settings
      const transport = httpTransport({
        ...{ ...settings.tls, proxy: proxyFrom(io.env) },
        guard: openAddressGuard(target),
      })
      const manifest = resolve(io.cwd, name)
      return deleteSharedJobs(result, { manifest, run, target, transport, clock: systemClock }).finally(() =>
        transport.close(),
      )
    },
  }
}
