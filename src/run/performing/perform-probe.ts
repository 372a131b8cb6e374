import type { OutputFile } from '../../model/http/exchange.ts'
import type { PlannedProbe, ProbeKey } from '../../model/plan.ts'
import type { Evidence } from '../../model/evidence.ts'
import type { Reason } from '../../model/reason.ts'
import type { Shard } from '../../model/export/shard.ts'
import type { ProbePerformer, Session } from '../../probe/session.ts'
import { probeFailure } from '../claim-subject.ts'
import { hasFilesToRead, listsFiles, outputFilesOf } from '../evidence-files.ts'
import type { FeatureSearch } from '../features/find-features.ts'
import type { Judging } from '../judging.ts'
import { type ProbeFilesReader, readAllFiles } from '../probe-files.ts'
import { resolveReferences } from '../resolve-references.ts'
import { vocabularyIndex } from '../vocabulary-index.ts'
import { followUpRequest } from './follow-up-request.ts'
import type { WorkMeter } from './remaining-work.ts'

/** How the files of some exports are shared with other machines. */
export interface ShardScope {
  readonly shard: Shard
  /** Exports of whose files this machine takes its part. */
  readonly sharedProbes: ReadonlySet<ProbeKey>
  /** Further probes whose files other machines need. */
  readonly neededProbes: ReadonlySet<ProbeKey>
  /** Called when an export that is shared is complete. */
  readonly onExportComplete: (probe: PlannedProbe, brought: Evidence, reading: ProbeFilesReader) => void
}

/** Readers of files that are shared with other machines. */
export type OpenReaders = ReadonlyMap<ProbeKey, ProbeFilesReader>

/** How far a plan has been performed; what was gathered is in the judging. */
export interface PlanState {
  readonly judging: Judging
  /** The same once it is known what the server offers. */
  narrowed: Judging | undefined
  features: FeatureSearch | undefined
  readonly session: Session
  readonly sharing: ShardScope | undefined
  readonly meter: WorkMeter
  readonly now: () => number
  readonly lanes: number
  /** Probes in the order in which they are performed one at a time: on the page of its position each is recorded. */
  readonly order: ProbeKey[]
  /** The pages of probes that are under way. */
  readonly busyPages: Set<number>
  /** Jobs are deleted one after the other. */
  cleanup: Promise<void>
  readonly probes: Map<ProbeKey, PlannedProbe>
  /** The same, and every control once more. */
  probesAndRepetitions: ReadonlyMap<ProbeKey, PlannedProbe>
  /** Controls that were performed once more. */
  readonly repeated: Set<ProbeKey>
  /** Probes after which their control may be performed once more. */
  readonly unfinished: Set<ProbeKey>
  /** The pages of controls that are performed once more, by key: whether and when that happens depends on time. */
  readonly repetitionPages: ReadonlyMap<ProbeKey, number>
  /** The exports that a request is sent to, and the requests that an export takes a value from, by who asks. */
  readonly exportsAsked: Map<ProbeKey, readonly ProbeKey[]>
  /** Of exports whose files are arriving. */
  readonly readers: Map<ProbeKey, ProbeFilesReader>
  readonly openReaders: Map<ProbeKey, ProbeFilesReader>
}

/** A request during an export was performed while that ran, or never. */
export function ensureEvidence({ judging, probes }: PlanState, probe: ProbeKey, during: ProbeKey): void {
  if (judging.evidence.has(probe)) return
  const label = probes.get(during)?.label
  const brought = judging.evidence.get(during)
  const failure = brought && probeFailure(brought, label ?? during)
  const reason: Reason = failure ?? {
    kind: 'never-running',
    ...(label === undefined ? {} : { probe: label }),
  }
  judging.evidence.set(probe, { probe: 'none', reason })
}

/** Performs a probe with what was gathered before. */
export async function performProbe(
  state: PlanState,
  probe: PlannedProbe,
  performer: ProbePerformer = state.session,
): Promise<Evidence> {
  const { judging, sharing } = state
  const spec = resolveReferences(probe.spec, judging.source)
  if ('reason' in spec) return { probe: 'none', reason: spec.reason }
  if (probe.kind === 'token') return performer.performToken(spec.value as never, probe.key)
  if (probe.kind === 'connection') return performer.performConnection(spec.value as never)
  if (probe.kind === 'request') {
    const { picks } = vocabularyIndex
    const evidenceOf = (from: ProbeKey) => judging.evidence.get(from)
    const how = followUpRequest(probe.spec, evidenceOf, state.now(), picks)
    if ('reason' in how) return { probe: 'none', reason: how.reason }
    return performer.performRequest({ ...(spec.value as object), ...how, spooled: probe.spooled } as never)
  }
  const intent = sharing && isShared(state, probe) ? { ...probe.intent, share: sharing.shard } : probe.intent
  return performer.performExport(spec.value as never, intent, {
    whileRunning: (running) => performDuring(state, probe, performer, running),
    beginFile(file, running) {
      if (!judging.isRead(probe.key)) return undefined
      judging.evidence.set(probe.key, running)
      const reader = state.readers.get(probe.key) ?? openReader(state, probe, running)
      state.readers.set(probe.key, reader)
      return reader.beginFile(file)
    },
    waitForSpace: async () => state.readers.get(probe.key)?.waitForSpace(),
  })
}

/** Performs the requests that are due while an export runs. */
async function performDuring(
  state: PlanState,
  { key, during }: PlannedProbe & { readonly kind: 'export' },
  performer: ProbePerformer,
  running: Evidence,
): Promise<void> {
  const { evidence, picked } = state.judging
  evidence.set(key, running)
  for (const it of during) {
    const request = state.probes.get(it)
    if (request) await addEvidence(state, request, await performProbe(state, request, performer))
  }
  // Values picked while it ran may differ after its end.
  for (const name of picked.keys()) if (name.startsWith(`${key}#`)) picked.delete(name)
}

/** Adds what a probe brought, its files read; those of an export that is shared are not read to their end here. */
export async function addEvidence(state: PlanState, probe: PlannedProbe, brought: Evidence): Promise<void> {
  const { judging, readers, session } = state
  judging.evidence.set(probe.key, brought)
  const begun = readers.get(probe.key)
  readers.delete(probe.key)
  const isRead = judging.isRead(probe.key)
  if (isShared(state, probe)) {
    if (!begun && isRead && (listsFiles(brought) || hasFilesToRead(brought)))
      openReader(state, probe, brought)
  } else if (begun) {
    const read = await begun.finish()
    // Of an export that was cut short some files were never begun: what was read of the others is no whole.
    if (hasFilesToRead(brought)) judging.files.set(probe.key, read)
  } else if (isRead && hasFilesToRead(brought)) {
    const bytesOf = (file: OutputFile) => ({ stream: session.read(file) })
    const reader = openReader(state, probe, brought)
    judging.files.set(probe.key, await readAllFiles(reader, outputFilesOf(brought), bytesOf))
  }
}

function openReader(state: PlanState, probe: PlannedProbe, brought: Evidence): ProbeFilesReader {
  const { judging, sharing, openReaders } = state
  const reader = judging.openReader(probe)
  if (isShared(state, probe) || sharing?.neededProbes.has(probe.key)) openReaders.set(probe.key, reader)
  if (isShared(state, probe)) sharing?.onExportComplete(probe, brought, reader)
  return reader
}

function isShared({ sharing }: PlanState, { key }: PlannedProbe): boolean {
  return sharing?.sharedProbes.has(key) === true
}
