import type { Evidence } from '../../model/evidence.ts'
import type { PlannedProbe } from '../../model/plan.ts'
import type { ProbeFilesReader } from '../probe-files.ts'
import { performPlan, type PlanOutcome } from '../perform-plan.ts'
import { recordingOf } from '../recording.ts'
import { valueReferencesIn } from '../resolve-references.ts'
import { openSharedExportsWriter } from './shared-exports-file.ts'
import { outputFilesOf, resultFilesOf, resultProfilesOf } from '../evidence-files.ts'
import type { PickedValues } from '../value-source.ts'
import { judgeInputOf, judgeTests } from '../judge-plan.ts'
import { vocabularyIndex } from '../vocabulary-index.ts'
import type { ShardContext, ShardOutcome } from './shard-context.ts'

/** Performs a plan but for the files that other machines download, and tells them of these as soon as it can. */
export async function runLeader(doing: ShardContext): Promise<ShardOutcome> {
  const { options, session, means, shardPlan: sharing, startedAt } = doing
  const { plan, target, signal } = options
  const telling = openSharedExportsWriter(options.manifest, doing.planDigest)
  const picked: PickedValues = new Map()
  const begun = (probe: PlannedProbe, brought: Evidence, reading: ProbeFilesReader) => {
    if (brought.probe !== 'export' || !('manifest' in brought.export) || !brought.export.manifest) return
    const { statusUrl, manifest } = brought.export
    // The other machines download from it for as long as they need.
    session.handOverJob(statusUrl)
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
  let performed: PlanOutcome
  try {
    performed = await performPlan({
      plan,
      target,
      session,
      words: vocabularyIndex,
      means,
      packages: options.packages ?? [],
      picked,
      sharing: {
        shard: options.shard,
        sharedProbes: sharing.sharedProbes,
        neededProbes: sharing.neededProbes,
        onExportComplete: begun,
      },
      ...(signal ? { signal } : {}),
      notify: doing.onProbe,
      onJudged: (done) => options.notify?.({ kind: 'judged', done }),
    })
  } finally {
    telling.end()
  }
  const tests = plan.tests.filter((it) => !sharing.pendingTests.has(it))
  const decided = judgeTests(
    { ...plan, tests },
    judgeInputOf({ plan, target, exchanges: session.exchanges, performed }),
    { knownFailing: [], ...(options.notify ? { notify: options.notify } : {}) },
  )
  const files = [...sharing.sharedProbes].flatMap((key) => {
    const brought = performed.evidence.get(key)
    return brought ? [[key, outputFilesOf(brought)] as const] : []
  })
  return {
    run: telling.run,
    files: new Map(files),
    openReaders: performed.openReaders,
    leader: () => ({
      recording: recordingOf({ options, performed, session, startedAt, picks: vocabularyIndex.picks }),
      ...(options.only ? { only: options.only } : {}),
      decided,
      judged: resultFilesOf(performed),
      profiles: resultProfilesOf(plan, performed).profiles ?? [],
    }),
  }
}

/** What was picked for the checks on lines of an export. */
function picksFor<T>(
  { fileReadPlan: readings }: ShardContext,
  probe: PlannedProbe,
  picked: ReadonlyMap<string, T>,
): readonly (readonly [string, T])[] {
  const names = (readings.lineClaims.get(probe.key) ?? [])
    .flatMap((it) => valueReferencesIn(it.expect))
    .map(({ from, pick }) => `${from}#${pick}`)
  return [...picked].filter(([name]) => names.includes(name))
}
