import type { OutputFile } from '../model/evidence.ts'
import type { ProbeKey } from '../model/plan.ts'
import { shareOf } from '../model/shard.ts'
import { type ProbeReading, readProbe } from './files.ts'
import { PartError } from './part.ts'
import type { Source } from './resolve.ts'
import { words } from './run.ts'
import type { Doing, Done } from './shard.ts'
import { readShared, type SharedExport, type SharedFile } from './shared-file.ts'

const lookEveryMs = 500

/** Downloads and judges what the first machine leaves to this one, as soon as it tells. */
export async function follow(doing: Doing): Promise<Done> {
  const { options } = doing
  const files = new Map<ProbeKey, readonly OutputFile[]>()
  const open = new Map<ProbeKey, ProbeReading>()
  let told: SharedFile | undefined
  while (!told?.complete || told.exports.length > open.size) {
    const one = told?.exports[open.size]
    if (one) await take(one, { doing, files, open })
    else told = await more(doing, told)
    if (!told || options.signal?.aborted) break
  }
  if (!told) throw new PartError('the run was interrupted before the first machine told what to download')
  return { run: told.run, files, open }
}

async function more(
  { options, asked }: Doing,
  known: SharedFile | undefined,
): Promise<SharedFile | undefined> {
  const { clock, signal, target, manifest } = options
  const deadline = clock.now() + target.limits.exportTimeoutMs
  for (let waited = known !== undefined; !signal?.aborted; waited = true) {
    const told = readShared(manifest)
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
    await clock.sleep(lookEveryMs, signal)
  }
  return known
}

async function take(
  one: SharedExport,
  to: {
    readonly doing: Doing
    readonly files: Map<ProbeKey, readonly OutputFile[]>
    readonly open: Map<ProbeKey, ProbeReading>
  },
): Promise<void> {
  const { options, session, means, readings } = to.doing
  const { manifest, as } = one
  const probe = options.plan.probes.find((it) => it.key === one.probe)
  if (!probe) throw new PartError('the first machine tests something else')
  to.doing.tell(probe, options.plan.probes.indexOf(probe))
  const reading = readProbe({
    probe,
    readings,
    checks: words.checks,
    source: sourceOf(one),
    target: options.target,
    means,
    packages: options.packages ?? [],
    values: one.queries,
    onProgress: (done) => options.notify?.({ kind: 'judged', done }),
    ...(manifest.transactionTime === undefined ? {} : { transactionTime: manifest.transactionTime }),
  })
  to.open.set(one.probe, reading)
  const positions = shareOf(manifest.items, options.shard)
  to.files.set(one.probe, await session.performDownloads({ manifest, positions, as, attending: reading }))
}

function sourceOf({ picked }: SharedExport): Source {
  return {
    pick: (from, pick) => picked[`${from}#${pick}`] ?? { because: 'the first machine did not tell' },
    index: () => ({ because: 'the first machine did not tell' }),
  }
}
