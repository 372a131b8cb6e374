import { createHash } from 'node:crypto'
import type { Exchange, OutputFile } from '../model/evidence.ts'
import type { PlannedProbe, ProbeKey } from '../model/plan.ts'
import type { ResultFile, ResultProfiles, TestResult } from '../model/result.ts'
import type { Shard } from '../model/shard.ts'
import type { FileCount } from '../output/judge.ts'
import { coresBesides, openMeans } from '../output/means.ts'
import { profilesOf } from '../output/thread.ts'
import type { Session } from '../probe/session.ts'
import { type ProbeReading, readingsOf } from './files.ts'
import { follow } from './follow.ts'
import { lead } from './lead.ts'
import { type PartToWrite, writePart } from './part.ts'
import type { Recording } from './recording.ts'
import { type RunOptions, sessionOf, warningsOf, words } from './run.ts'
import { type SharedPlan, sharedPlan } from './shared.ts'

/** What a run on one of several machines needs. */
export interface ShardOptions extends RunOptions {
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
  readonly leader?: Leading
}

/** What the first machine knows besides. */
export interface Leading {
  readonly recording: Recording
  readonly only?: readonly string[]
  /** Tests that need no file of other machines. */
  readonly decided: readonly TestResult[]
  /** Files that are not shared. */
  readonly judged: readonly ResultFile[]
  readonly profiles: readonly ResultProfiles[]
}

/** What a machine has done of a run. */
export interface Done {
  readonly run: string
  readonly files: ReadonlyMap<ProbeKey, readonly OutputFile[]>
  readonly open: ReadonlyMap<ProbeKey, ProbeReading>
  /** Comes to it once the session is closed. */
  readonly leader?: () => Leading
}

/** What doing it takes. */
export interface Doing {
  readonly options: ShardOptions
  readonly session: Session
  readonly means: ReturnType<typeof openMeans>
  readonly readings: ReturnType<typeof readingsOf>
  readonly sharing: SharedPlan
  /** Digest of what was asked for. */
  readonly asked: string
  readonly startedAt: number
  /** A probe is about to be performed. */
  readonly tell: (probe: PlannedProbe, done: number) => void
}

/** Exchanges of each machine have numbers of their own. */
const apart = 1_000_000

/** Does one machine's share of a run, writes its part, and resolves to what the files held that it judged of the exports that are shared. */
export async function runShard(options: ShardOptions): Promise<readonly FileCount[]> {
  const { plan, target, shard, clock } = options
  const startedAt = clock.now()
  const packages = (await profilesOf(options.packages ?? []))?.packages ?? []
  const session = await sessionOf(options, (shard.number - 1) * apart)
  const means = openMeans(options.threads ?? coresBesides())
  const readings = readingsOf(plan, words.checks, words.picks)
  const asked = digest([
    ...[options.version, options.suites.sha256, target.fhirUrl, target.ig, shard.of, packages],
    plan.tests.map(({ id, notApplicable = '' }) => [id, notApplicable]),
  ])
  const sharing = sharedPlan(plan, readings, words)
  const tell: Doing['tell'] = ({ label }, done) =>
    options.notify?.({ kind: 'probe', label, done, of: plan.probes.length })
  const doing: Doing = { options, session, means, readings, sharing, asked, startedAt, tell }
  try {
    const done = await (shard.number === 1 ? lead(doing) : follow(doing)).finally(() => {
      options.notify?.({ kind: 'closing', jobs: session.jobs.started - session.jobs.deleted })
      return session.close()
    })
    const reads: PartToWrite<RunPart>['reads'][number][] = []
    const counts: FileCount[] = []
    for (const [probe, { keys, queries, found }] of done.open) {
      const it = openKeys(keys, await found(), session)
      reads.push({ probe, queries, ...it })
      if (sharing.shared.has(probe))
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
        warnings: warningsOf(options, session),
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
function openKeys(
  keys: readonly string[],
  found: Awaited<ReturnType<ProbeReading['found']>>,
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
