import type { OutputFile } from '../../model/http/exchange.ts'
import type { ProbeKey } from '../../model/plan.ts'
import { filesOfShard } from '../../model/export/shard.ts'
import { type ProbeFilesReader, openProbeFilesReader } from '../probe-files.ts'
import { PartError } from './part-file.ts'
import type { ValueSource } from '../resolve-references.ts'
import { vocabularyIndex } from '../run.ts'
import type { ShardContext, ShardOutcome } from './run-shard.ts'
import { readSharedExports, type SharedExport, type SharedExportsFile } from './shared-exports-file.ts'

const pollIntervalMs = 500

/** Downloads and judges what the first machine leaves to this one, as soon as it tells. */
export async function runFollower(doing: ShardContext): Promise<ShardOutcome> {
  const { options } = doing
  const files = new Map<ProbeKey, readonly OutputFile[]>()
  const open = new Map<ProbeKey, ProbeFilesReader>()
  let told: SharedExportsFile | undefined
  while (!told?.complete || told.exports.length > open.size) {
    const one = told?.exports[open.size]
    if (one) await downloadShare(one, { doing, files, open })
    else told = await nextSharedExports(doing, told)
    if (!told || options.signal?.aborted) break
  }
  if (!told) throw new PartError('the run was interrupted before the first machine told what to download')
  return { run: told.run, files, openReaders: open }
}

async function nextSharedExports(
  { options, planDigest: asked }: ShardContext,
  known: SharedExportsFile | undefined,
): Promise<SharedExportsFile | undefined> {
  const { clock, signal, target, manifest } = options
  const deadline = clock.now() + target.limits.exportTimeoutMs
  for (let waited = known !== undefined; !signal?.aborted; waited = true) {
    const told = readSharedExports(manifest)
    if (told && told.asked !== asked)
      throw new PartError(
        'the first machine tests something else: all are to be started alike but for --shard and --part',
      )
    if (told && (told.complete || told.exports.length > (known?.exports.length ?? 0))) return told
    if (clock.now() > deadline)
      throw new PartError(
        `the first machine told nothing within ${Math.round(target.limits.exportTimeoutMs / 1000)} s (--export-timeout)`,
      )
    if (!waited) options.onWait?.()
    await clock.sleep(pollIntervalMs, signal)
  }
  return known
}

async function downloadShare(
  one: SharedExport,
  to: {
    readonly doing: ShardContext
    readonly files: Map<ProbeKey, readonly OutputFile[]>
    readonly open: Map<ProbeKey, ProbeFilesReader>
  },
): Promise<void> {
  const { options, session, means, fileReadPlan: readings } = to.doing
  const { manifest, as } = one
  const probe = options.plan.probes.find((it) => it.key === one.probe)
  if (!probe) throw new PartError('the first machine tests something else')
  to.doing.onProbe(probe, options.plan.probes.indexOf(probe))
  const reading = openProbeFilesReader({
    probe,
    readings,
    checks: vocabularyIndex.checks,
    source: sharedValueSource(one),
    target: options.target,
    means,
    packages: options.packages ?? [],
    values: one.queries,
    onProgress: (done) => options.notify?.({ kind: 'judged', done }),
    ...(manifest.transactionTime === undefined ? {} : { transactionTime: manifest.transactionTime }),
  })
  to.open.set(one.probe, reading)
  const positions = filesOfShard(manifest.items, options.shard)
  to.files.set(one.probe, await session.performDownloads({ manifest, positions, as, attending: reading }))
}

function sharedValueSource({ picked }: SharedExport): ValueSource {
  return {
    pick: (from, pick) => picked[`${from}#${pick}`] ?? { reason: { kind: 'not-shared' } },
    index: () => ({ reason: { kind: 'not-shared' } }),
  }
}
