import { createHash } from 'node:crypto'
import type { FileCount } from '../../output/export-judge.ts'
import { spareCores, openJudgeEnvironment } from '../../output/judge-environment.ts'
import { profilesOfPackages } from '../../output/package-profiles.ts'
import { exchangesPerRecord } from '../../probe/recording/recorder.ts'
import type { Session } from '../../probe/session.ts'
import { openRunJournals, type RunJournals } from '../journal/run-journals.ts'
import { openJudging } from '../judging.ts'
import type { ProbeFilesReader } from '../probe-files.ts'
import { runFollower } from './follower.ts'
import { runLeader } from './leader.ts'
import { type NewShardPart, writePart } from './part-file.ts'
import { shardPlanOf } from './shard-plan.ts'
import { closingEvent, openRunSession, probeNotifier, runWarnings } from '../run-session.ts'
import { vocabularyIndex } from '../vocabulary-index.ts'
import type { RunPart } from './run-part.ts'
import type { RunShardOptions, ShardContext } from './shard-context.ts'

/** Does one machine's share of a run, writes its part, and resolves to what the files held that it judged of the exports that are shared. */
export async function runShard(options: RunShardOptions): Promise<readonly FileCount[]> {
  const journals = openRunJournals(options)
  return await performShard({ ...options, notify: journals.notify }, journals).finally(() => journals.close())
}

async function performShard(options: RunShardOptions, journals: RunJournals): Promise<readonly FileCount[]> {
  const { plan, target, shard, clock } = options
  const startedAt = clock.now()
  const packages = (await profilesOfPackages(options.packages ?? []))?.packages ?? []
  const session = await openRunSession(options, (shard.number - 1) * exchangesPerRecord)
  const environment = openJudgeEnvironment(options.threads ?? spareCores())
  const judging = openJudging({
    ...{ plan, target, environment, packages: options.packages ?? [] },
    conceal: (it) => session.conceal(it),
    onProgress: (done) => options.notify?.({ kind: 'judged', done }),
  })
  const planDigest = digest([
    ...[options.version, options.suites.sha256, target.fhirUrl, target.ig, shard.of, packages],
    plan.tests.map(({ id, notApplicable = '' }) => [id, notApplicable]),
  ])
  const shardPlan = shardPlanOf(plan, judging.fileReadPlan, vocabularyIndex)
  const context: ShardContext = {
    ...{ options, session, judging, shardPlan, planDigest, startedAt },
    onProbe: probeNotifier(options),
  }
  await journals.begin({ session, judging, startedAt })
  try {
    const done = await (shard.number === 1 ? runLeader(context) : runFollower(context)).finally(() => {
      options.notify?.(closingEvent(session))
      return session.close()
    })
    const reads: NewShardPart<RunPart>['reads'][number][] = []
    const counts: FileCount[] = []
    for (const [probe, { keys, queries, partialResult: found }] of done.openReaders) {
      const it = withoutPatientKeys(keys, await found(), session)
      reads.push({ probe, queries, ...it })
      if (shardPlan.sharedProbes.has(probe))
        for (const [number, holds] of it.found.counted) counts.push({ number, ...holds })
    }
    writePart<RunPart>(options.part, {
      version: options.version,
      shard,
      run: done.run,
      reads,
      of: {
        of: 'run',
        suites: options.suites.sha256,
        packages,
        files: Object.fromEntries(done.files),
        exchanges: withoutSecrets(session.exchanges, session),
        flaky: session.flaky,
        complete: options.signal?.aborted !== true,
        warnings: runWarnings(options, session),
        startedAt,
        endedAt: clock.now(),
        ...(done.leader ? { leader: withoutSecrets(done.leader(), session) } : {}),
      },
    })
    return counts
  } finally {
    await environment.close()
  }
}

/** The same JSON without what was found out to be secret after it was recorded. */
function withoutSecrets<T>(value: T, { secrets }: Session): T {
  return JSON.parse(secrets.hide(JSON.stringify(value))) as T
}

/** Leaves out tallies whose keys contain ids of patients. */
function withoutPatientKeys(
  keys: readonly string[],
  found: Awaited<ReturnType<ProbeFilesReader['partialResult']>>,
  session: Session,
) {
  const open = [...keys.keys()].filter((at) => session.mask(keys[at] ?? '') === keys[at])
  return {
    keys: open.map((at) => keys[at] ?? ''),
    found: { ...found, tallies: open.map((at) => found.tallies[at]) },
  }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
