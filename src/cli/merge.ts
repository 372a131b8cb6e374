import { resolve } from 'node:path'
import { choose } from '../config/choose.ts'
import { packageVersion } from '../config/package.ts'
import { levels } from '../model/requirement.ts'
import { exitCode, type RunResult } from '../model/result.ts'
import type { IndexStore } from '../output/index/store.ts'
import { openMeans } from '../output/means.ts'
import { type Part, PartError, readPart, together } from '../run/part.ts'
import { proxyFrom } from '../config/proxy.ts'
import { httpTransport } from '../probe/http.ts'
import { deleteLeft } from '../run/delete-left.ts'
import { mergeRun } from '../run/merge.ts'
import type { RunPart } from '../run/shard.ts'
import { systemClock } from './clock.ts'
import { type Args, type Command, UsageError } from './command.ts'
import { writableFolder } from './folder.ts'
import type { Io } from './io.ts'
import { patternsIn } from './known-failing.ts'
import { mergeFiles, type Merging, refuseOthers } from './merge-files.ts'
import { runOptions, targetOptions } from './options.ts'
import { prepare } from './prepare.ts'
import { openPackages } from './packages.ts'
import { askedReports, harness, reportOptions, tell } from './reports.ts'
import { manifestOption } from './shard.ts'
import { suitesNamed } from './suites.ts'
import { refuseForeign } from './validate.ts'
import type { FilesPart } from './validate-share.ts'
import { verdictOptions } from './verdict-options.ts'

const connection = ['ca', 'cert', 'cert-key', 'insecure', 'timeout']

/** How the server is reached whose jobs are to be deleted. */
const serverOptions = Object.fromEntries([
  ...Object.entries(targetOptions).filter(([name]) => name !== 'reference'),
  ...Object.entries(runOptions).filter(([name]) => connection.includes(name)),
])

/** `bulkcheck merge`: comes to the verdicts of what several machines have found out. */
export const mergeCommand: Command = {
  usage: 'merge <parts..>',
  describe: 'Judge what several machines have found out (--shard)',
  positionals: {
    parts: { type: 'string', describe: 'Files that --part wrote, one of each machine, in any order' },
  },
  options: {
    ...serverOptions,
    manifest: {
      ...manifestOption,
      describe: 'File of the first machine: the jobs that it names are deleted, at the server that is named',
    },
    ...verdictOptions,
    ...reportOptions,
  },
  examples: [
    ['$0 merge 1.part 2.part 3.part', 'Verdicts and reports, as of one machine'],
    ['$0 merge *.part --manifest shared.json', 'And delete the jobs of the server in harness.config.ts'],
  ],
  async perform(args, io) {
    const problems: string[] = []
    const failOn = choose(args.text('fail-on'), levels, { name: '--fail-on', problems }) ?? 'SHALL'
    const asked = askedReports(args, io, problems)
    if (problems.length > 0) throw new UsageError(problems.join('\n'))
    const loaded = await suitesNamed(args, io.cwd)
    const knownFailing = await patternsIn(args.text('known-failing'), io.cwd)
    const packages = await openPackages(args.texts('ig-package'), io.cwd)
    const remaining = await remainingOf(args, io)
    const means = openMeans(0)
    try {
      const parts = partsOf(args.texts('parts'), io, means.store)
      await writableFolder(asked.folder, io.cwd)
      const merging: Merging = { loaded, packages, failOn, knownFailing, harness: harness(), means }
      const { result, foreign } = await merged(parts, merging, remaining)
      await tell(result, asked, args, io)
      refuseForeign(foreign)
      return exitCode(result)
    } finally {
      await means.close()
    }
  },
}

type Parts = readonly Part<FilesPart | RunPart>[]

function partsOf(names: readonly string[], io: Io, store: IndexStore): Parts {
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
  return together(parts, packageVersion)
}

async function merged(
  parts: Parts,
  merging: Merging,
  remaining: Remaining | undefined,
): Promise<{ readonly result: RunResult; readonly foreign: readonly string[] }> {
  const ofFiles = parts.filter((it): it is Part<FilesPart> => it.of.of === 'files')
  const [first, ...others] = ofFiles
  if (first) {
    if (remaining) throw new UsageError('--manifest is for parts of a run: files have no jobs to delete')
    return { result: await mergeFiles([first, ...others], merging), foreign: first.of.foreign }
  }
  const ofRun = parts.filter((it): it is Part<RunPart> => it.of.of === 'run')
  const [one] = ofRun
  if (!one) throw new PartError('no part is named')
  await refuseOthers(one.of, merging)
  const result = await mergeRun(ofRun, merging)
  return { result: remaining ? await remaining.deleteAll(result, one.run) : result, foreign: [] }
}

/** What to do with the jobs that the machines have left. */
interface Remaining {
  deleteAll(result: RunResult, run: string): Promise<RunResult>
}

async function remainingOf(args: Args, io: Io): Promise<Remaining | undefined> {
  const name = args.text('manifest')
  if (name === undefined) {
    const others = { ...verdictOptions, ...reportOptions }
    const idle = Object.keys(serverOptions).filter(
      (it) => !(it in others) && args.texts(it).length > 0 && args.text(it) !== 'false',
    )
    if (idle.length > 0)
      throw new UsageError(
        `${idle.map((it) => `--${it}`).join(', ')}: how to reach the server is for --manifest, whose jobs are deleted there`,
      )
    return undefined
  }
  const { settings } = await prepare(args, io, 'start')
  return {
    async deleteAll(result, run) {
      const transport = httpTransport({ ...settings.tls, proxy: proxyFrom(io.env) })
      const manifest = resolve(io.cwd, name)
      const { target } = settings
      return deleteLeft(result, { manifest, run, target, transport, clock: systemClock }).finally(() =>
        transport.close(),
      )
    },
  }
}
