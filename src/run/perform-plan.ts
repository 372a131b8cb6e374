import type { Check, Picker } from '../checks/check.ts'
import { r4ResourceTypes } from '../model/fhir/names.ts'
import type { OutputFile } from '../model/http/exchange.ts'
import type { Plan, PlannedProbe, ProbeKey } from '../model/plan.ts'
import type { Evidence } from '../model/evidence.ts'
import { type Reason, stated } from '../model/reason.ts'
import type { ResultFile, ResultProfiles } from '../model/result.ts'
import { TemporaryStorageError, type ResourceIndex } from '../model/fhir/resource-index.ts'
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
import { endingOf, requestOutcomeOf } from './claim-subject.ts'
import { followUpRequest } from './follow-up-request.ts'
import { pickerNamed, type ResolvedValue, resolveReferences, type ValueSource } from './resolve-references.ts'

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

/** Values picked so far, by `key#pick`. */
export type PickedValues = Map<string, ResolvedValue<string | readonly string[]>>

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

/** What the vocabulary offers, by name. */
export interface VocabularyIndex {
  readonly checks: ReadonlyMap<string, Check>
  readonly picks: readonly Picker[]
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
    if ('reason' in spec) return { probe: 'none', reason: spec.reason }
    if (probe.kind === 'token') return session.performToken(spec.value as never, probe.key)
    if (probe.kind === 'request') {
      const how = followUpRequest(probe.spec, (from) => evidence.get(from), session.exchanges)
      if ('reason' in how) return { probe: 'none', reason: how.reason }
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
          reason: neverRunning(probes.get(probe.during)),
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

/** When the export of an evidence began, as its manifest says. */
export function transactionTimeOf(evidence: Evidence | undefined): string | undefined {
  return evidence?.probe === 'export' && 'manifest' in evidence.export
    ? evidence.export.manifest?.transactionTime
    : undefined
}

/** Every value that has been picked. */
export function pickedValuesOf(
  picked: ReadonlyMap<string, ResolvedValue<string | readonly string[]>>,
): readonly string[] {
  return [...picked.values()].flatMap((it) => ('value' in it ? it.value : []))
}

/** Whether there is something to read, be it that an export is empty and its manifest says so. */
export function hasFilesToRead(evidence: Evidence): boolean {
  if (outputFilesOf(evidence).length > 0) return true
  if (evidence.probe !== 'export' || evidence.export.state !== 'complete') return false
  return /"output":\s*\[\s*\]/.test(evidence.export.completion.response?.body ?? '')
}

/** The files that a probe brought. */
export function outputFilesOf(evidence: Evidence): readonly OutputFile[] {
  if (evidence.probe === 'request') return evidence.file ? [evidence.file] : []
  return evidence.probe === 'export' && 'files' in evidence.export ? (evidence.export.files ?? []) : []
}

/** The files that were read, in the order in which they came, and what each holds. */
export function resultFilesOf({
  evidence,
  files: read,
}: Pick<PlanOutcome, 'evidence' | 'files'>): readonly ResultFile[] {
  const found = [...read].flatMap(([key, { files }]) => {
    const brought = evidence.get(key)
    const known = new Map((brought ? outputFilesOf(brought) : []).map((it) => [it.number, it]))
    return files.flatMap(({ number, ...holds }): ResultFile[] => {
      const file = known.get(number)
      if (!file) return []
      const { exchange, kind, type } = file
      // What a server calls a type may be anything.
      return [{ exchange, kind, ...(type && r4ResourceTypes.has(type) ? { type } : {}), ...holds }]
    })
  })
  return found.sort((a, b) => a.exchange - b.exchange)
}

/** What each export shows of the profiles of packages. */
export function resultProfilesOf(
  plan: Plan,
  { files: read }: Pick<PlanOutcome, 'files'>,
): { readonly profiles?: readonly ResultProfiles[] } {
  const profiles = plan.probes.flatMap(({ key, label }) => {
    const seen = read.get(key)?.profiles
    return seen ? [{ of: label, ...seen }] : []
  })
  return profiles.length > 0 ? { profiles } : {}
}

/** Looks references up in what has been gathered so far. */
export function valueSourceOf(gathered: {
  readonly evidence: ReadonlyMap<ProbeKey, Evidence>
  readonly read: ReadonlyMap<ProbeKey, ProbeFilesResult>
  readonly picked: Map<string, ResolvedValue<string | readonly string[]>>
  readonly picks: readonly Picker[]
  readonly conceal: (value: string) => void
  readonly groupId: string | undefined
}): ValueSource {
  const { evidence, read, picked } = gathered
  return {
    index(from): ResolvedValue<ResourceIndex> {
      const index = read.get(from)?.index
      return index
        ? { value: index }
        : { reason: read.get(from)?.noIndex ?? noIndexReason(evidence.get(from)) }
    },
    pick(from, pick) {
      const name = `${from}#${pick}`
      const known = picked.get(name)
      if (known) return known
      const picker = pickerNamed(gathered.picks, pick)
      const found = pickValue(picker, {
        evidence: evidence.get(from),
        read: read.get(from),
        groupId: gathered.groupId,
      })
      if (picker.sensitive && 'value' in found) for (const it of [found.value].flat()) gathered.conceal(it)
      if (evidence.has(from)) picked.set(name, found)
      return found
    },
  }
}

/** The same of what was gathered before, by others or from files, whose secrets were concealed then. */
export function recordedValueSource(
  gathered: Omit<Parameters<typeof valueSourceOf>[0], 'picks' | 'conceal'>,
  { picks }: VocabularyIndex,
): ValueSource {
  return valueSourceOf({ ...gathered, picks, conceal: () => undefined })
}

function pickValue(
  picker: Picker,
  from: {
    readonly evidence: Evidence | undefined
    readonly read: ProbeFilesResult | undefined
    readonly groupId: string | undefined
  },
): ResolvedValue<string | readonly string[]> {
  const { evidence, read, groupId } = from
  if (!evidence) return { reason: { kind: 'interrupted' } }
  if (evidence.probe === 'none') return evidence
  if (picker.needs === 'files' && !read?.index) return { reason: read?.noIndex ?? noIndexReason(evidence) }
  const found = pickOrReason(() =>
    picker.from({
      evidence,
      ...(read?.index ? { index: read.index } : {}),
      ...(read ? { patientIds: read.patientIds } : {}),
      ...(groupId === undefined ? {} : { groupId }),
    }),
  )
  return typeof found === 'object' && 'reason' in found ? found : { value: found }
}

function pickOrReason(pick: () => ReturnType<Picker['from']>): ReturnType<Picker['from']> {
  try {
    return pick()
  } catch (error) {
    if (error instanceof TemporaryStorageError) return { reason: { kind: 'disk-full' } }
    throw error
  }
}

function neverRunning(during: PlannedProbe | undefined): Reason {
  return { kind: 'never-running', ...(during ? { probe: during.label } : {}) }
}

function noIndexReason(evidence: Evidence | undefined): Reason {
  if (!evidence) return { kind: 'interrupted' }
  if (evidence.probe === 'none') return evidence.reason
  if (evidence.probe !== 'export') return stated('no output file was read')
  const { export: it } = evidence
  if (it.state === 'refused') return { kind: 'refused', outcome: requestOutcomeOf(it.kickoff) }
  if (it.state === 'complete') return stated('the export that it is compared with brought no files')
  return { kind: 'not-completed', ...endingOf(it) }
}
