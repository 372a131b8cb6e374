import type { Evidence } from '../../model/evidence.ts'
import type { PlannedProbe } from '../../model/plan.ts'
import { probeReferencesIn } from '../../suite/probe-references.ts'
import { outputFilesOf, resultFilesOf, resultProfilesOf, resultUncheckedCodesOf } from '../evidence-files.ts'
import { type Judging, judgeTests } from '../judging.ts'
import { performPlan, type PerformedPlan } from '../perform-plan.ts'
import type { ProbeFilesReader } from '../probe-files.ts'
import { recordingOf } from '../recording.ts'
import type { LeaderPart } from './run-part.ts'
import { pendingTestsOf } from './shard-plan.ts'
import type { ShardContext, ShardOutcome } from './shard-context.ts'
import {
  openSharedExportsWriter,
  type SharedExport,
  type SharedExportsWriter,
} from './shared-exports-file.ts'

/** Performs a plan except for the files that other machines download, and lists these for them as soon as it can. */
export async function runLeader(context: ShardContext): Promise<ShardOutcome> {
  const { judging, options, shardPlan } = context
  const writer = openSharedExportsWriter(options.manifest, context.planDigest)
  const performed = await performSharing(context, writer).finally(() => writer.end())
  const { openReaders, judging: rest } = performed
  const pending = pendingTestsOf(rest.plan, shardPlan.sharedProbes)
  const decided = judgeTests(rest, {
    exchanges: context.session.exchanges,
    knownFailing: [],
    tests: rest.plan.tests.filter((it) => !pending.has(it)),
    onJudged: (test) => options.notify?.({ kind: 'test', test }),
  })
  const files = [...shardPlan.sharedProbes].flatMap((key) => {
    const brought = judging.evidence.get(key)
    return brought ? [[key, outputFilesOf(brought)] as const] : []
  })
  return {
    run: writer.run,
    files: new Map(files),
    openReaders,
    leader: () => leaderPartOf(context, decided, performed),
  }
}

function performSharing(context: ShardContext, writer: SharedExportsWriter): Promise<PerformedPlan> {
  const { options, session, judging, shardPlan } = context
  return performPlan(judging, {
    ...{ session, clock: options.clock, lanes: options.concurrency ?? 1 },
    ...(options.signal ? { signal: options.signal } : {}),
    notify: context.onProbe,
    sharing: {
      shard: options.shard,
      sharedProbes: shardPlan.sharedProbes,
      neededProbes: shardPlan.neededProbes,
      onExportComplete(probe, brought, reader) {
        const shared = sharedExportOf(context, probe, { brought, reader })
        if (!shared) return
        // The other machines download from it for as long as they need.
        session.handOverJob(shared.statusUrl)
        writer.add(shared)
      },
    },
  })
}

/** What other machines need to download files of an export; `undefined` if it has no manifest. */
function sharedExportOf(
  { session, judging }: ShardContext,
  probe: PlannedProbe,
  { brought, reader }: { readonly brought: Evidence; readonly reader: ProbeFilesReader },
): SharedExport | undefined {
  if (brought.probe !== 'export' || !('manifest' in brought.export) || !brought.export.manifest)
    return undefined
  const { statusUrl, manifest } = brought.export
  return {
    probe: probe.key,
    as: (probe.kind === 'export' && probe.spec.authorization) || 'own',
    statusUrl,
    shown: session.showUrl(statusUrl),
    manifest,
    queries: reader.queries,
    picked: Object.fromEntries(picksFor(judging, probe)),
  }
}

/** What was picked for the checks on lines of an export. */
function picksFor(
  { fileReadPlan, picked }: Judging,
  probe: PlannedProbe,
): readonly (readonly [string, PickedValue])[] {
  const names = (fileReadPlan.lineClaims.get(probe.key) ?? [])
    .flatMap((it) => probeReferencesIn(it.expect))
    .map(({ from, pick }) => `${from}#${pick}`)
  return [...picked].filter(([name]) => names.includes(name))
}

type PickedValue = SharedExport['picked'][string]

function leaderPartOf(
  { options, session, judging, startedAt }: ShardContext,
  decided: LeaderPart['decided'],
  { features }: PerformedPlan,
): LeaderPart {
  return {
    recording: recordingOf({ options, judging, session, startedAt, features }),
    decided,
    judged: resultFilesOf(judging),
    profiles: resultProfilesOf(judging.plan, judging).profiles ?? [],
    uncheckedCodes: resultUncheckedCodesOf(judging.plan, judging).uncheckedCodes ?? [],
  }
}
