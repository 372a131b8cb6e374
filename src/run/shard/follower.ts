import type { OutputFile } from '../../model/http/exchange.ts'
import type { ProbeKey } from '../../model/plan.ts'
import { filesOfShard } from '../../model/export/shard.ts'
import type { ProbeFilesReader } from '../probe-files.ts'
import { PartError } from './part-file.ts'
import type { ValueSource } from '../resolve-references.ts'
import { readSharedExports, type SharedExport, type SharedExportsFile } from './shared-exports-file.ts'
import type { ShardContext, ShardOutcome } from './shard-context.ts'

const pollIntervalMs = 500

/** Downloads and judges this machine's share of the files, as soon as the first machine lists them. Throws PartError if it does not, or performs another run. */
export async function runFollower(context: ShardContext): Promise<ShardOutcome> {
  const { signal } = context.options
  const files = new Map<ProbeKey, readonly OutputFile[]>()
  const openReaders = new Map<ProbeKey, ProbeFilesReader>()
  let known: SharedExportsFile | undefined
  while (!known?.complete || known.exports.length > openReaders.size) {
    const next = known?.exports[openReaders.size]
    if (next) {
      const reader = openSharedReader(context, next)
      openReaders.set(next.probe, reader)
      files.set(next.probe, await downloadShare(context, next, reader))
    } else known = await nextSharedExports(context, known)
    if (!known || signal?.aborted) break
  }
  if (!known) throw new PartError('the run was interrupted before the first machine listed its exports')
  return { run: known.run, files, openReaders }
}

/** Waits until the first machine shares more than is known, or everything; after an abort, returns what is known. */
async function nextSharedExports(
  { options, planDigest }: ShardContext,
  known: SharedExportsFile | undefined,
): Promise<SharedExportsFile | undefined> {
  const { clock, signal, target, manifest } = options
  const deadline = clock.now() + target.limits.exportTimeoutMs
  for (let waited = known !== undefined; !signal?.aborted; waited = true) {
    const shared = readSharedExports(manifest)
    if (shared && shared.asked !== planDigest)
      throw new PartError(
        'this machine has other options than the first machine: start all machines with the same options, except --shard and --part',
      )
    if (shared && (shared.complete || shared.exports.length > (known?.exports.length ?? 0))) return shared
    if (clock.now() > deadline)
      throw new PartError(
        `the first machine listed no exports within ${Math.round(target.limits.exportTimeoutMs / 1000)} s (--export-timeout)`,
      )
    if (!waited) options.onWait?.()
    await clock.sleep(pollIntervalMs, signal)
  }
  return known
}

function openSharedReader(
  { options, judging, onProbe }: ShardContext,
  shared: SharedExport,
): ProbeFilesReader {
  const { probes } = options.plan
  const probe = probes.find((it) => it.key === shared.probe)
  if (!probe)
    throw new PartError(
      'the --manifest file lists an export that this machine does not plan: start all machines with the same options, except --shard and --part',
    )
  onProbe(probe, () => ({ done: probes.indexOf(probe), beside: 0 }))
  const { transactionTime } = shared.manifest
  return judging.openReader(probe, {
    source: sharedValueSource(shared),
    queries: shared.queries,
    ...(transactionTime === undefined ? {} : { transactionTime }),
  })
}

function downloadShare(
  { options, session }: ShardContext,
  { manifest, as }: SharedExport,
  reader: ProbeFilesReader,
): Promise<readonly OutputFile[]> {
  const positions = filesOfShard(manifest.items, options.shard)
  return session.performDownloads({ manifest, positions, as, receiver: reader })
}

function sharedValueSource({ picked }: SharedExport): ValueSource {
  return {
    pick: (from, pick) => picked[`${from}#${pick}`] ?? { reason: { kind: 'not-shared' } },
    index: () => ({ reason: { kind: 'not-shared' } }),
  }
}
