import { availableParallelism } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { resolve } from 'node:path'
import { UsageError } from '../../config/error.ts'
import { parseChoice, parseChoices, parseLineLimit } from '../../config/choices.ts'
import { defaultRelease } from '../../config/defaults.ts'
import { supportedReleases } from '../../model/requirement.ts'
import { exitCode } from '../../model/exit-code.ts'
import { defaultLimits, exportLevels } from '../../model/target.ts'
import { openJudgeEnvironment } from '../../output/judge-environment.ts'
import { defaultReports, reportNames } from '../../report/format-files.ts'
import { systemClock } from '../system-clock.ts'
import type { Args, Command } from '../command.ts'
import { defaultOutputFolder, displayPath, ensureWritableFolder } from '../output-folder.ts'
import type { Io } from '../terminal/io.ts'
import { interruption } from '../terminal/interruption.ts'
import { knownFailingFileFrom, readKnownFailing } from '../options/known-failing.ts'
import { inspectFiles, type LocalFile } from '../../validate/inspect-files.ts'
import { openPackages } from '../options/packages.ts'
import { showFileProgress } from '../terminal/file-progress.ts'
import { findingsOption, reportDetailFrom } from '../options/report.ts'
import { harnessName, outputResult } from '../report-output.ts'
import { shardSettingsFrom, shardOptions } from '../options/shard.ts'
import { shardSummary } from '../shard-summary.ts'
import { loadNamedSuites } from '../options/suites.ts'
import { failOnFrom, grouped, maxLineOption, releaseOption, verdictOptions } from '../options/judging.ts'
import { shardFilesOf, judgeShardFiles } from '../../validate/judge-shard.ts'
import {
  filesToJudge,
  type FilesInput,
  inputFromManifest,
  inputFromPaths,
  notJudgedText,
  planInspectedFiles,
  refuseFilesWithoutResources,
  totalBytes,
  validateFiles,
} from '../../validate/validate-files.ts'

/** `bulkcheck validate`: judges output files without a server. */
export const validateCommand: Command = {
  usage: 'validate [paths..]',
  describe: 'Validate NDJSON files on this machine, without a server',
  positionals: {
    paths: {
      type: 'string',
      describe: 'Files, or folders with *.ndjson and *.jsonl files, perhaps *.gz; - for standard input',
    },
  },
  options: {
    manifest: {
      type: 'string',
      requiresArg: true,
      group: 'Files:',
      describe: 'Manifest that lists the files of the export',
    },
    files: {
      type: 'string',
      requiresArg: true,
      group: 'Files:',
      describe: 'Folder with the files of the manifest (default: the folder of the manifest)',
    },
    level: {
      type: 'string',
      requiresArg: true,
      group: 'Files:',
      describe: `Level of the export that the files came from: ${exportLevels.join(', ')}`,
    },
    ...grouped('Verdict:', { ig: releaseOption, ...verdictOptions }),
    output: {
      type: 'string',
      requiresArg: true,
      group: 'Output:',
      describe: 'Folder for reports; without --output and --reporter there are no reports',
    },
    reporter: {
      type: 'string',
      array: true,
      requiresArg: true,
      group: 'Output:',
      describe: `Report to write: ${reportNames.join(', ')} (repeatable; default with --output: ${defaultReports.join(', ')})`,
    },
    'max-line': { ...maxLineOption, group: 'Files:' },
    workers: {
      type: 'string',
      requiresArg: true,
      group: 'Output:',
      describe: 'Number of threads that judge large files (default: the number of processors)',
    },
    ...shardOptions,
    'max-findings': { ...findingsOption, group: 'Output:' },
    quiet: { type: 'boolean', group: 'Output:', describe: 'Hide progress' },
    verbose: { type: 'boolean', group: 'Output:', describe: 'Show each test in the summary' },
    color: {
      type: 'boolean',
      group: 'Output:',
      describe: 'Color the summary (default: on a terminal)',
    },
    'no-color': { type: 'boolean', group: 'Output:', describe: 'Disable color' },
  },
  examples: [
    ['$0 validate export/', 'Validate all files in a folder'],
    [
      '$0 validate --manifest export/manifest.json',
      'Validate an export with its manifest (types, counts, deleted and error files)',
    ],
    ['zcat export.ndjson.gz | $0 validate -', 'Validate standard input'],
    ['$0 validate export/ --shard 2/5 --part 2.part', 'Validate the second of five shares'],
  ],
  async perform(args, io) {
    const settings = validateSettingsFrom(args, io)
    // What was listed is not kept: there may be many files.
    const { listed, ...input } = inputFrom(args, io)
    const interrupted = interruption(io)
    try {
      // All machines must agree on what each file is.
      const signal = args.text('shard') === undefined ? interrupted.signal : new AbortController().signal
      const inspected = await inspectFiles(listed, signal)
      if (inspected.length > manyFiles) setFlagsFromString('--heap-growing-percent=40')
      // This thread is one of the workers: it has nothing else to do.
      const environment = openJudgeEnvironment(Math.max(0, settings.workers - 1), true)
      // Threads take their time to start, and there is something to do until then.
      environment.workers.expectBytes(totalBytes(inspected) ?? 0)
      return await performValidation(args, io, {
        ...{ settings, input, inspected, environment, interrupted },
        inspectionSignal: signal,
      }).finally(() => environment.close())
    } finally {
      interrupted.end()
    }
  },
}

/** What is kept of each of so many files is more than half of the memory, and V8 would let it grow fourfold before it collects garbage. */
const manyFiles = 10_000

/** What is judged, and how. */
interface ValidateContext {
  readonly settings: ReturnType<typeof validateSettingsFrom>
  readonly input: Omit<FilesInput, 'listed'>
  readonly inspected: readonly LocalFile[]
  readonly environment: ReturnType<typeof openJudgeEnvironment>
  readonly interrupted: ReturnType<typeof interruption>
  readonly inspectionSignal: AbortSignal
}

async function performValidation(args: Args, io: Io, context: ValidateContext): Promise<number> {
  const { settings, input, inspected, environment, interrupted } = context
  const { folder, ig, level, failOn } = settings
  const sharding = await shardSettingsFrom(args, io.cwd)
  const loaded = await loadNamedSuites(args, io.cwd)
  const knownFailing = await readKnownFailing(args.text('known-failing'), io.cwd)
  if (folder !== undefined) await ensureWritableFolder(folder, io.cwd)
  const packages = await openPackages(args.texts('ig-package'), io.cwd)
  const planned = await planInspectedFiles(input, inspected, {
    ...{ loaded, ig, lineBytes: settings.lineBytes, signal: context.inspectionSignal },
    ...(level ? { level } : {}),
  })
  const leftOut = notJudgedText(input.others, planned.logs)
  if (leftOut !== undefined) io.err(`${leftOut}\n`)
  if (planned.logs.length > 0 && planned.files.length + planned.foreign.length === 0)
    throw new UsageError('there are no files to judge')
  const shown = showFileProgress(io, {
    quiet: args.flag('quiet'),
    total: totalBytes(sharding ? shardFilesOf(planned.files, sharding) : planned.files),
    now: systemClock.now,
  })
  const judging = {
    ...{ failOn, knownFailing, packages, environment },
    ...knownFailingFileFrom(args),
    suites: { sha256: loaded.sha256 },
    harness: harnessName(),
    signal: interrupted.signal,
    onProgress: shown.update,
  }
  if (sharding) {
    const share = {
      ...sharding,
      foreign: planned.foreign,
      ...(planned.level ? { level: planned.level } : {}),
    }
    const judged = await judgeShardFiles(filesToJudge(planned, judging), share).finally(() => shown.end())
    const summary = shardSummary(sharding.shard, judged.counts)
    io.out(`${[summary, ...judged.unreadable, displayPath(sharding.part, io.cwd)].join('\n')}\n`)
    return interrupted.code() ?? 0
  }
  const { result, foreign, isEmpty } = await validateFiles(planned, judging).finally(() => shown.end())
  if (!isEmpty) {
    await outputResult(result, { ...settings, folder: folder ?? '' }, args, io)
  }
  const signalCode = interrupted.code()
  if (signalCode !== undefined) return signalCode
  // What could be judged has been; that there was something else is still the caller's mistake.
  refuseFilesWithoutResources(foreign)
  return exitCode(result)
}

function validateSettingsFrom(args: Args, io: Io) {
  const problems: string[] = []
  const one = <T extends string>(name: string, values: readonly T[]) =>
    parseChoice(args.text(name), values, { name: `--${name}`, problems })
  const ig = one('ig', supportedReleases) ?? defaultRelease
  const failOn = failOnFrom(args, problems)
  const level = one('level', exportLevels)
  const workers = args.text('workers')
  if (workers !== undefined && !/^\d{1,3}$/.test(workers))
    problems.push('--workers must be a number from 0 to 999')
  const lineBytes = parseLineLimit(args.text('max-line'), { name: '--max-line', problems })
  const named = parseChoices(args.texts('reporter'), reportNames, { name: '--reporter', problems })
  if (problems.length > 0) throw new UsageError(problems.join('\n'))
  const output = args.text('output')
  const reports = named ?? (output === undefined ? [] : defaultReports)
  const folder = output === undefined ? defaultOutputFolder(io.cwd) : resolve(io.cwd, output)
  return {
    ig,
    failOn,
    level,
    lineBytes: lineBytes ?? defaultLimits.lineBytes,
    reports,
    ...reportDetailFrom(args),
    workers: workers === undefined ? availableParallelism() : Number(workers),
    folder: reports.length > 0 ? folder : undefined,
  }
}

/** The files that a command line names, or the manifest on it. Throws UsageError. */
function inputFrom(args: Args, io: Io): FilesInput {
  const named = args.texts('paths')
  const name = args.text('manifest')
  const folder = args.text('files')
  if (name === undefined) {
    if (folder !== undefined)
      throw new UsageError('--files needs --manifest; name folders without manifest as arguments')
    if (named.length === 0)
      throw new UsageError('no files given: use `bulkcheck validate <paths..>` or --manifest FILE')
    return inputFromPaths(named, io.cwd, io.input)
  }
  if (named.length > 0) throw new UsageError('--manifest already names the files; leave out other paths')
  const at = folder === undefined ? {} : { folder: resolve(io.cwd, folder) }
  return inputFromManifest({ path: resolve(io.cwd, name), name, ...at })
}
