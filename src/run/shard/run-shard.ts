import { createHash } from 'node:crypto'
import type { Exchange, OutputFile } from '../../model/http/exchange.ts'
import type { PlannedProbe, ProbeKey } from '../../model/plan.ts'
import type { ResultFile, ResultProfiles, TestResult } from '../../model/result.ts'
import type { Shard } from '../../model/export/shard.ts'
import type { FileCount } from '../../output/export-judge.ts'
import { spareCores, openJudgeEnvironment } from '../../output/judge-environment.ts'
import { profilesOfPackages } from '../../output/package-profiles.ts'
import type { Session } from '../../probe/session.ts'
import { type ProbeFilesReader, fileReadPlanOf } from '../probe-files.ts'
import { runFollower } from './follower.ts'
import { runLeader } from './leader.ts'
import { type NewShardPart, writePart } from './part-file.ts'
import type { Recording } from '../recording.ts'
import { type RunOptions, openRunSession, runWarnings, vocabularyIndex } from '../run.ts'
import { type ShardPlan, shardPlanOf } from './shard-plan.ts'

/** What a run on one of several machines needs. */
export interface RunShardOptions extends RunOptions {
  readonly shard: Shard
  /** The file by which the first machine tells the others what to download. */
  readonly manifest: string
  /** The file for what this machine found out. */
  readonly part: string
  /** Version of bulkcheck. */
  readonly version: string
  /** Patterns of the tests that were chosen; all unless given. */
  readonly only?: readonly string[]
  /** Told once there is nothing to do but to wait for the first machine. */
  readonly onWait?: () => void
}

/** What a part says of a run. */
export interface RunPart {
  readonly of: 'run'
  readonly suites: string
  /** Name and version of each FHIR package. */
  readonly packages: readonly string[]
  /** Files that this machine downloaded of the exports that are shared. */
  readonly files: Readonly<Record<ProbeKey, readonly OutputFile[]>>
  readonly exchanges: readonly Exchange[]
  readonly complete: boolean
  readonly warnings: readonly string[]
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly endedAt: number
  /** Of the first machine alone. */
  readonly leader?: LeaderPart
}

/** What the first machine knows besides. */
export interface LeaderPart {
  readonly recording: Recording
  readonly only?: readonly string[]
  /** Tests that need no file of other machines. */
  readonly decided: readonly TestResult[]
  /** Files that are not shared. */
  readonly judged: readonly ResultFile[]
  readonly profiles: readonly ResultProfiles[]
}

/** What a machine has done of a run. */
export interface ShardOutcome {
  readonly run: string
  readonly files: ReadonlyMap<ProbeKey, readonly OutputFile[]>
  readonly openReaders: ReadonlyMap<ProbeKey, ProbeFilesReader>
  /** Comes to it once the session is closed. */
  readonly leader?: () => LeaderPart
}

/** What doing it takes. */
export interface ShardContext {
  readonly options: RunShardOptions
  readonly session: Session
  readonly means: ReturnType<typeof openJudgeEnvironment>
  readonly fileReadPlan: ReturnType<typeof fileReadPlanOf>
  readonly shardPlan: ShardPlan
  /** Digest of what was asked for. */
  readonly planDigest: string
  readonly startedAt: number
  /** A probe is about to be performed. */
  readonly onProbe: (probe: PlannedProbe, done: number) => void
}

/** Exchanges of each machine have numbers of their own. */
const exchangeNumbersPerShard = 1_000_000

/** Does one machine's share of a run, writes its part, and resolves to what the files held that it judged of the exports that are shared. */
export async function runShard(options: RunShardOptions): Promise<readonly FileCount[]> {
  const { plan, target, shard, clock } = options
  const startedAt = clock.now()
  const packages = (await profilesOfPackages(options.packages ?? []))?.packages ?? []
  const session = await openRunSession(options, (shard.number - 1) * exchangeNumbersPerShard)
  const means = openJudgeEnvironment(options.threads ?? spareCores())
  const readings = fileReadPlanOf(plan, vocabularyIndex.checks, vocabularyIndex.picks)
  const asked = digest([
    ...[options.version, options.suites.sha256, target.fhirUrl, target.ig, shard.of, packages],
    plan.tests.map(({ id, notApplicable = '' }) => [id, notApplicable]),
  ])
  const sharing = shardPlanOf(plan, readings, vocabularyIndex)
  const tell: ShardContext['onProbe'] = ({ label }, done) =>
    options.notify?.({ kind: 'probe', label, done, of: plan.probes.length })
  const doing: ShardContext = {
    options,
    session,
    means,
    fileReadPlan: readings,
    shardPlan: sharing,
    planDigest: asked,
    startedAt,
    onProbe: tell,
  }
  try {
    const done = await (shard.number === 1 ? runLeader(doing) : runFollower(doing)).finally(() => {
      options.notify?.({ kind: 'closing', jobs: session.jobs.started - session.jobs.deleted })
      return session.close()
    })
    const reads: NewShardPart<RunPart>['reads'][number][] = []
    const counts: FileCount[] = []
    for (const [probe, { keys, queries, partialResult: found }] of done.openReaders) {
      const it = withoutPatientKeys(keys, await found(), session)
      reads.push({ probe, queries, ...it })
      if (sharing.sharedProbes.has(probe))
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
        exchanges: session.exchanges,
        complete: options.signal?.aborted !== true,
        warnings: runWarnings(options, session),
        startedAt,
        endedAt: clock.now(),
        ...(done.leader ? { leader: done.leader() } : {}),
      },
    })
    return counts
  } finally {
    await means.close()
  }
}

/** Leaves out what was tallied for ids of patients: a key would tell them. */
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
