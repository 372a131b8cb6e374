import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { parseChoice, parseChoices } from '../../config/choices.ts'
import { reportNames } from '../../config/schema.ts'
import { requirementLevels, supportedReleases } from '../../model/requirement.ts'
import { exitCode } from '../../model/outcome.ts'
import type { RunResult } from '../../model/result.ts'
import { defaultLimits, exportLevels, type Target } from '../../model/target.ts'
import { openJudgeEnvironment } from '../../output/judge-environment.ts'
import { visible } from '../../report/escape.ts'
import { joinFirst } from '../../report/standings.ts'
import { systemClock } from '../system-clock.ts'
import { type Args, type Command, standardInput, UsageError } from '../command.ts'
import { defaultOutputFolder, displayPath, ensureWritableFolder } from '../output-folder.ts'
import { type Io, interruption } from '../terminal/io.ts'
import { readKnownFailing } from '../options/known-failing.ts'
import {
  holdsNoResource,
  type FileEntry,
  type LocalFile,
  inspectFiles,
  findFiles,
} from '../../validate/local-files.ts'
import { openPackages, packageOption } from '../options/packages.ts'
import { showFileProgress } from '../terminal/file-progress.ts'
import { findingsOption, harnessName, maxFindingsFrom, outputResult } from '../report-output.ts'
import { shardSettingsFrom, shardOptions } from '../options/shard.ts'
import { judgeFiles } from '../../validate/judge-files.ts'
import { type LocalManifest, readLocalManifest } from '../../validate/local-manifest.ts'
import { loadNamedSuites } from '../options/suites.ts'
import { planFiles } from '../../validate/plan-files.ts'
import { shardFilesOf, judgeShardFiles } from '../../validate/judge-shard.ts'

/** `bulkcheck validate`: judges output files without a server. */
export const validateCommand: Command = {
  usage: 'validate [paths..]',
  describe: 'Judge NDJSON files that are here already, without a server',
  positionals: {
    paths: {
      type: 'string',
      describe: 'Files, or folders with *.ndjson and *.ndjson.gz; - is standard input',
    },
  },
  options: {
    manifest: {
      type: 'string',
      requiresArg: true,
      group: 'Files:',
      describe: 'Manifest of the export, which names its files',
    },
    files: {
      type: 'string',
      requiresArg: true,
      group: 'Files:',
      describe: 'Folder of the files of the manifest, unless they are beside it',
    },
    level: {
      type: 'string',
      requiresArg: true,
      group: 'Files:',
      describe: `Export level that they came from: ${exportLevels.join(', ')}`,
    },
    ig: {
      type: 'string',
      requiresArg: true,
      group: 'Verdict:',
      describe: `Release of the Bulk Data Access IG: ${supportedReleases.join(', ')}`,
    },
    suites: {
      type: 'string',
      array: true,
      requiresArg: true,
      group: 'Verdict:',
      describe: 'Suite file or folder instead of the bundled ones (repeatable)',
    },
    'ig-package': { ...packageOption, group: 'Verdict:' },
    'fail-on': {
      type: 'string',
      requiresArg: true,
      group: 'Verdict:',
      describe: `Least level that fails: ${requirementLevels.join(', ')}; SHALL unless given`,
    },
    'known-failing': {
      type: 'string',
      requiresArg: true,
      group: 'Verdict:',
      describe: 'File with test ids that are known to fail, one a line',
    },
    output: {
      type: 'string',
      requiresArg: true,
      group: 'Output:',
      describe: 'Folder of the reports; without it and --reporter there are none',
    },
    reporter: {
      type: 'string',
      array: true,
      requiresArg: true,
      group: 'Output:',
      describe: `${reportNames.join(', ')} (repeatable; all if --output is given)`,
    },
    workers: {
      type: 'string',
      requiresArg: true,
      group: 'Output:',
      describe: 'Threads that judge large files; as many as there are processors unless given',
    },
    ...shardOptions,
    'max-findings': { ...findingsOption, group: 'Output:' },
    quiet: { type: 'boolean', group: 'Output:', describe: 'No progress' },
    verbose: { type: 'boolean', group: 'Output:', describe: 'Each test in the summary' },
    color: {
      type: 'boolean',
      group: 'Output:',
      describe: 'Color the summary; by default if it goes to a terminal',
    },
    'no-color': { type: 'boolean', group: 'Output:', describe: 'Do not' },
  },
  examples: [
    ['$0 validate export/', 'All files of a folder'],
    ['$0 validate --manifest export/manifest.json', 'An export: types, counts, deletions and errors as well'],
    ['zcat export.ndjson.gz | $0 validate -', 'Standard input'],
    ['$0 validate export/ --shard 2/5 --part 2.part', 'The second of five machines'],
  ],
  async perform(args, io) {
    const wanted = validateSettingsFrom(args, io)
    const given = inputFrom(args, io)
    const interrupted = interruption(io)
    try {
      // What the files of one machine are is to be what they are to the others.
      const looking = args.text('shard') === undefined ? interrupted.signal : new AbortController().signal
      const found = await inspectFiles(given.listed, looking)
      // This thread is one of the workers: it has nothing else to do.
      const means = openJudgeEnvironment(Math.max(0, wanted.workers - 1), true)
      // Threads take their time to start, and there is something to do until then.
      means.workers.expectBytes(totalBytes(found) ?? 0)
      const all = { settings: wanted, ...given, files: found, means, interrupted, inspectionSignal: looking }
      return await perform(args, io, all).finally(() => means.close())
    } finally {
      interrupted.end()
    }
  },
}

async function perform(args: Args, io: Io, given: ValidateContext): Promise<number> {
  const {
    settings: wanted,
    name,
    manifest,
    files: found,
    means,
    interrupted,
    inspectionSignal: looking,
  } = given
  const sharding = await shardSettingsFrom(args, io.cwd)
  const loaded = await loadNamedSuites(args, io.cwd)
  const knownFailing = await readKnownFailing(args.text('known-failing'), io.cwd)
  if (wanted.folder !== undefined) await ensureWritableFolder(wanted.folder, io.cwd)
  const packages = await openPackages(args.texts('ig-package'), io.cwd)
  const foreign = manifest ? [] : await filesWithoutResources(found, looking)
  const files = found
    .filter((it) => !foreign.includes(it))
    .map((it, at) => ({ ...it, file: { ...it.file, number: at, exchange: at + 1 } }))
  const level = wanted.level ?? manifest?.level
  const target = targetOf(name, wanted.ig, manifest)
  const plan = planFiles(loaded, target, { ...(level ? { level } : {}), manifest: manifest !== undefined })
  const shown = showFileProgress(io, {
    quiet: args.flag('quiet'),
    total: totalBytes(sharding ? shardFilesOf(files, sharding) : files),
    now: systemClock.now,
  })
  const judged = {
    plan,
    target,
    files,
    ...(manifest ? { manifest: manifest.manifest } : {}),
    suites: { sha256: loaded.sha256 },
    failOn: wanted.failOn,
    knownFailing,
    harness: harnessName(),
    packages,
    means,
    signal: interrupted.signal,
    onProgress: shown.update,
  }
  const foreignNames = foreign.map((it) => it.name)
  if (sharding) {
    const share = { ...sharding, foreign: foreignNames, ...(level ? { level } : {}) }
    const said = await judgeShardFiles(judged, share).finally(() => shown.end())
    io.out(`${said}\n${displayPath(sharding.part, io.cwd)}\n`)
    return interrupted.code() ?? 0
  }
  const result = await judgeFiles(judged).finally(() => shown.end())
  const signalCode = interrupted.code()
  const strangers = [
    ...foreignNames,
    ...(signalCode === undefined ? onceReadFilesWithoutResources(files, result) : []),
  ]
  if (strangers.length < found.length || manifest) {
    const { folder = '', reports, findings } = wanted
    await outputResult(result, { folder, reports, findings }, args, io)
  }
  if (signalCode !== undefined) return signalCode
  // What could be judged has been; that there was something else is still the caller's mistake.
  refuseFilesWithoutResources(strangers)
  return exitCode(result)
}

/** What is judged, as asked for, and what with. */
type ValidateContext = Omit<ReturnType<typeof inputFrom>, 'listed'> & {
  readonly settings: ReturnType<typeof validateSettingsFrom>
  readonly files: readonly LocalFile[]
  readonly means: ReturnType<typeof openJudgeEnvironment>
  readonly interrupted: ReturnType<typeof interruption>
  /** Until it comes, files are looked at to see what they are. */
  readonly inspectionSignal: AbortSignal
}

function validateSettingsFrom(args: Args, io: Io) {
  const problems: string[] = []
  const one = <T extends string>(name: string, values: readonly T[]) =>
    parseChoice(args.text(name), values, { name: `--${name}`, problems })
  const ig = one('ig', supportedReleases) ?? '2.0.0'
  const failOn = one('fail-on', requirementLevels) ?? 'SHALL'
  const level = one('level', exportLevels)
  const workers = args.text('workers')
  if (workers !== undefined && !/^\d{1,3}$/.test(workers))
    problems.push('--workers is a number from 0 to 999')
  const named = parseChoices(args.texts('reporter'), reportNames, { name: '--reporter', problems })
  if (problems.length > 0) throw new UsageError(problems.join('\n'))
  const output = args.text('output')
  const reports = named ?? (output === undefined ? [] : reportNames)
  const folder = output === undefined ? defaultOutputFolder(io.cwd) : resolve(io.cwd, output)
  return {
    ig,
    failOn,
    level,
    reports,
    findings: maxFindingsFrom(args),
    workers: workers === undefined ? availableParallelism() : Number(workers),
    folder: reports.length > 0 ? folder : undefined,
  }
}

/** Throws UsageError if files are named that hold no resource. */
export function refuseFilesWithoutResources(names: readonly string[]): void {
  if (names.length > 0)
    throw new UsageError(
      names.map((it) => `${visible(it)} is no FHIR NDJSON: none of its lines is a FHIR resource`).join('\n'),
    )
}

/** The files that a command line names, or the manifest on it. Throws UsageError. */
function inputFrom(args: Args, io: Io): ValidateInput {
  const named = args.texts('paths')
  const name = args.text('manifest')
  const folder = args.text('files')
  if (name === undefined) {
    if (folder !== undefined)
      throw new UsageError('--files is for the files of a manifest; folders are named without it')
    if (named.length === 0)
      throw new UsageError('no files are named: `bulkcheck validate <paths..>`, or --manifest FILE')
    const listed = findFiles(named, io.cwd, io.input).map((it) => ({ ...it, kind: 'output' as const }))
    return { name: joinFirst(named.map((it) => (it === standardInput ? 'standard input' : it))), listed }
  }
  if (named.length > 0) throw new UsageError('--manifest names the files: no others can be named beside it')
  const path = resolve(io.cwd, name)
  const manifest = readLocalManifest({
    path,
    name,
    ...(folder === undefined ? {} : { folder: resolve(io.cwd, folder) }),
  })
  return { name, manifest, listed: manifest.files }
}

interface ValidateInput {
  /** For people. */
  readonly name: string
  readonly manifest?: LocalManifest
  readonly listed: readonly FileEntry[]
}

function targetOf(name: string, ig: Target['ig'], manifest: LocalManifest | undefined): Target {
  return {
    name,
    fhirUrl: manifest?.fhirUrl ?? '',
    ig,
    authorization: { kind: 'none' },
    levels: exportLevels,
    // Tests of Group exports are planned where a Group is configured.
    groupId: 'unknown',
    supports: ['_since'],
    tokenOrigins: [],
    limits: defaultLimits,
  }
}

async function filesWithoutResources(
  files: readonly LocalFile[],
  signal: AbortSignal,
): Promise<readonly LocalFile[]> {
  const foreign: LocalFile[] = []
  for (const it of files)
    if (it.startsWithoutResource && !signal.aborted && (await holdsNoResource(it))) foreign.push(it)
  return foreign
}

/** Names of files that nobody could look at before they were judged, and that turned out to hold no resource. */
function onceReadFilesWithoutResources(files: readonly LocalFile[], result: RunResult): readonly string[] {
  return files.flatMap(({ once, name, file }) => {
    const held = result.files?.find((it) => it.exchange === file.exchange)
    return once && held && held.lines > 0 && Object.keys(held.resources).length === 0 ? [name] : []
  })
}

/** Bytes of files; absent if nobody knows. */
function totalBytes(files: readonly LocalFile[]): number | undefined {
  return files.every((it) => it.size !== undefined)
    ? files.reduce((sum, { size = 0 }) => sum + size, 0)
    : undefined
}
