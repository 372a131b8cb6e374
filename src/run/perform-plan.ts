import type { OutputFile } from '../model/http/exchange.ts'
import type { Plan, PlannedProbe, ProbeKey } from '../model/plan.ts'
import type { Evidence } from '../model/evidence.ts'
import type { Shard } from '../model/export/shard.ts'
import type { Target } from '../model/target.ts'
import type { JudgeProgress } from '../output/export-judge.ts'
import type { JudgeEnvironment } from '../output/file-judge.ts'
import type { Session } from '../probe/session.ts'
import {
  type ProbeFilesResult,
  type ProbeFilesReader,
  readAllFiles,
  fileReadPlanOf,
  openProbeFilesReader,
} from './probe-files.ts'
import { followUpRequest } from './follow-up-request.ts'
import { type ResolvedValue, resolveReferences, type ValueSource } from './resolve-references.ts'
import { hasFilesToRead, outputFilesOf, transactionTimeOf } from './evidence-files.ts'
import { type PickedValues, pickedValuesOf, valueSourceOf } from './value-source.ts'
import type { VocabularyIndex } from './vocabulary-index.ts'

/** What performing a plan brought. */
export interface PlanOutcome {
  readonly evidence: ReadonlyMap<ProbeKey, Evidence>
  readonly files: ReadonlyMap<ProbeKey, ProbeFilesResult>
  readonly source: ValueSource
  /** Every value picked so far, by `key#pick`. */
  readonly picked: ReadonlyMap<string, ResolvedValue<string | readonly string[]>>
  /** What others join what they found out to, or need themselves. */
  readonly openReaders: ReadonlyMap<ProbeKey, ProbeFilesReader>
}

/** How the files of some exports are shared with other machines. */
export interface ShardScope {
  readonly shard: Shard
  /** Exports of whose files this machine takes its part. */
  readonly sharedProbes: ReadonlySet<ProbeKey>
  /** Further probes whose files others want to know about. */
  readonly neededProbes: ReadonlySet<ProbeKey>
  /** Told once an export that is shared is complete. */
  readonly onExportComplete: (probe: PlannedProbe, brought: Evidence, reading: ProbeFilesReader) => void
}

/** Performs the probes of a plan, one at a time and each once. After an abort the rest is left out. */
export async function performPlan(options: {
  readonly plan: Plan
  readonly target: Target
  readonly session: Session
  readonly words: VocabularyIndex
  readonly means: JudgeEnvironment
  /** Paths of FHIR packages. */
  readonly packages: readonly string[]
  readonly signal?: AbortSignal
  readonly notify: (probe: PlannedProbe, done: number) => void
  readonly onJudged: (done: JudgeProgress) => void
  readonly sharing?: ShardScope
  /** Where what is picked is kept; for those who look at it meanwhile. */
  readonly picked?: PickedValues
}): Promise<PlanOutcome> {
  const { plan, target, session, words, sharing } = options
  const evidence = new Map<ProbeKey, Evidence>()
  const read = new Map<ProbeKey, ProbeFilesResult>()
  const picked = options.picked ?? new Map()
  const probes = new Map(plan.probes.map((it) => [it.key, it]))
  const reading = new Map<ProbeKey, ProbeFilesReader>()
  const open = new Map<ProbeKey, ProbeFilesReader>()
  const isShared = ({ key }: PlannedProbe) => sharing?.sharedProbes.has(key) === true
  const readings = fileReadPlanOf(plan, words.checks, words.picks)
  const source = valueSourceOf({
    evidence,
    read,
    picked,
    picks: words.picks,
    conceal: (it) => session.conceal(it),
    groupId: target.groupId,
  })

  const begin = (probe: PlannedProbe, brought: Evidence): ProbeFilesReader => {
    const time = transactionTimeOf(brought)
    const begun = openProbeFilesReader({
      probe,
      readings,
      source,
      target,
      means: options.means,
      packages: options.packages,
      checks: words.checks,
      values: pickedValuesOf(picked),
      onProgress: options.onJudged,
      ...(time === undefined ? {} : { transactionTime: time }),
    })
    if (isShared(probe) || sharing?.neededProbes.has(probe.key)) open.set(probe.key, begun)
    if (isShared(probe)) sharing?.onExportComplete(probe, brought, begun)
    return begun
  }
  const isRead = ({ key }: PlannedProbe) => readings.indexedProbes.has(key) || readings.lineClaims.has(key)

  const keep = async (probe: PlannedProbe, brought: Evidence) => {
    evidence.set(probe.key, brought)
    const begun = reading.get(probe.key)
    reading.delete(probe.key)
    if (isShared(probe)) {
      if (!begun && isRead(probe) && (hasFiles(brought) || hasFilesToRead(brought))) begin(probe, brought)
    } else if (begun) read.set(probe.key, await begun.finish())
    else if (isRead(probe) && hasFilesToRead(brought)) {
      const bytesOf = (file: OutputFile) => ({ stream: session.read(file) })
      read.set(probe.key, await readAllFiles(begin(probe, brought), outputFilesOf(brought), bytesOf))
    }
  }

  const performOne = async (probe: PlannedProbe): Promise<Evidence> => {
    const spec = resolveReferences(probe.spec, source)
    if ('because' in spec) return { probe: 'none', because: spec.because }
    if (probe.kind === 'token') return session.performToken(spec.value as never, probe.key)
    if (probe.kind === 'request') {
      const how = followUpRequest(probe.spec, (from) => evidence.get(from), session.exchanges)
      if ('because' in how) return { probe: 'none', because: how.because }
      return session.performRequest({ ...(spec.value as object), ...how, spooled: probe.spooled } as never)
    }
    const intent = sharing && isShared(probe) ? { ...probe.intent, share: sharing.shard } : probe.intent
    return session.performExport(spec.value as never, intent, {
      async whileRunning(running) {
        evidence.set(probe.key, running)
        for (const key of probe.during) {
          const request = probes.get(key)
          if (request) await keep(request, await performOne(request))
        }
        // Picks taken while it ran may look different once it has ended.
        for (const name of picked.keys()) if (name.startsWith(`${probe.key}#`)) picked.delete(name)
      },
      beginFile(file, running) {
        if (!isRead(probe)) return undefined
        evidence.set(probe.key, running)
        const mine = reading.get(probe.key) ?? begin(probe, running)
        reading.set(probe.key, mine)
        return mine.beginFile(file)
      },
      waitForSpace: async () => reading.get(probe.key)?.waitForSpace(),
    })
  }

  if (plan.probes.some((it) => usesExpiredToken(it))) await session.obtainExpiringToken()
  let done = 0
  for (const probe of plan.probes) {
    if (options.signal?.aborted) break
    if (probe.kind === 'request' && probe.during) {
      if (!evidence.has(probe.key))
        evidence.set(probe.key, {
          probe: 'none',
          because: `${probes.get(probe.during)?.label ?? 'its export'} was never running`,
        })
    } else {
      options.notify(probe, done)
      await keep(probe, await performOne(probe))
    }
    done += 1
  }
  return { evidence, files: read, source, picked, openReaders: open }
}

function hasFiles(evidence: Evidence): boolean {
  return (
    evidence.probe === 'export' &&
    evidence.export.state === 'complete' &&
    evidence.export.manifest.items.length > 0
  )
}

function usesExpiredToken(probe: PlannedProbe): boolean {
  return probe.kind !== 'token' && probe.spec.authorization === 'expired'
}
