import type { Evidence } from '../model/probe.ts'
import type { PlannedProbe } from '../model/plan.ts'
import type { ProbeReading } from './files.ts'
import { filesOf, judgedFiles, perform, type Performed, type Picked, profilesSeen } from './perform.ts'
import { recordingOf } from './recording.ts'
import { referencesIn } from './resolve.ts'
import { caseOf, judgeAll, words } from './run.ts'
import type { Doing, Done } from './shard.ts'
import { openTelling } from './shared-file.ts'

/** Performs a plan but for the files that other machines download, and tells them of these as soon as it can. */
export async function lead(doing: Doing): Promise<Done> {
  const { options, session, means, sharing, startedAt } = doing
  const { plan, target, signal } = options
  const telling = openTelling(options.manifest, doing.asked)
  const picked: Picked = new Map()
  const begun = (probe: PlannedProbe, brought: Evidence, reading: ProbeReading) => {
    if (brought.probe !== 'export' || !('manifest' in brought.export) || !brought.export.manifest) return
    const { statusUrl, manifest } = brought.export
    // The other machines download from it for as long as they need.
    session.leave(statusUrl)
    telling.add({
      probe: probe.key,
      as: (probe.kind === 'export' && probe.spec.authorization) || 'own',
      statusUrl,
      shown: session.mask(statusUrl),
      manifest,
      queries: reading.queries,
      picked: Object.fromEntries(picksFor(doing, probe, picked)),
    })
  }
  let performed: Performed
  try {
    performed = await perform({
      plan,
      target,
      session,
      words,
      means,
      packages: options.packages ?? [],
      picked,
      sharing: { shard: options.shard, shared: sharing.shared, wanted: sharing.wanted, begun },
      ...(signal ? { signal } : {}),
      notify: doing.tell,
      onJudged: (done) => options.notify?.({ kind: 'judged', done }),
    })
  } finally {
    telling.end()
  }
  const tests = plan.tests.filter((it) => !sharing.open.has(it))
  const decided = judgeAll(
    { ...plan, tests },
    caseOf({ plan, target, exchanges: session.exchanges, performed }),
    { knownFailing: [], ...(options.notify ? { notify: options.notify } : {}) },
  )
  const files = [...sharing.shared].flatMap((key) => {
    const brought = performed.evidence.get(key)
    return brought ? [[key, filesOf(brought)] as const] : []
  })
  return {
    run: telling.run,
    files: new Map(files),
    open: performed.open,
    leader: () => ({
      recording: recordingOf({ options, performed, session, startedAt, picks: words.picks }),
      ...(options.only ? { only: options.only } : {}),
      decided,
      judged: judgedFiles(performed),
      profiles: profilesSeen(plan, performed).profiles ?? [],
    }),
  }
}

/** What was picked for the checks on lines of an export. */
function picksFor<T>(
  { readings }: Doing,
  probe: PlannedProbe,
  picked: ReadonlyMap<string, T>,
): readonly (readonly [string, T])[] {
  const names = (readings.lines.get(probe.key) ?? [])
    .flatMap((it) => referencesIn(it.expect))
    .map(({ from, pick }) => `${from}#${pick}`)
  return [...picked].filter(([name]) => names.includes(name))
}
