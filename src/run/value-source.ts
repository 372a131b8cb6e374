import type { Picker } from '../checks/check.ts'
import { samplesIn, samplingCheck } from '../checks/lines/attachments.ts'
import type { ProbeKey } from '../model/plan.ts'
import type { OperatorFacts } from '../model/target/operator-facts.ts'
import type { Evidence } from '../model/evidence.ts'
import { type Reason, stated } from '../model/reason.ts'
import { TemporaryStorageError, type ResourceIndex } from '../model/fhir/resource-index.ts'
import { exportFailure } from '../model/export/failure.ts'
import { fileLost } from './claim-subject.ts'
import { outputFilesOf } from './evidence-files.ts'
import { type ProbeFilesResult, tallyKey } from './probe-files.ts'
import { pickerNamed, type ResolvedValue, type ValueSource } from './resolve-references.ts'

const attachmentTally = tallyKey('output', samplingCheck.name, samplingCheck.params)

/** Values picked so far, by `key#pick`. */
export type PickedValues = Map<string, ResolvedValue<string | readonly string[]>>

/** Every value that has been picked. */
export function pickedValuesOf(
  picked: ReadonlyMap<string, ResolvedValue<string | readonly string[]>>,
): readonly string[] {
  return [...picked.values()].flatMap((it) => ('value' in it ? it.value : []))
}

/** Looks references up in what has been gathered so far. */
export function valueSourceOf(gathered: {
  readonly evidence: ReadonlyMap<ProbeKey, Evidence>
  readonly read: ReadonlyMap<ProbeKey, ProbeFilesResult>
  readonly picked: Map<string, ResolvedValue<string | readonly string[]>>
  readonly picks: readonly Picker[]
  readonly conceal: (value: string) => void
  readonly groupId: string | undefined
  readonly emptyGroupId?: string | undefined
  readonly facts?: OperatorFacts | undefined
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
        emptyGroupId: gathered.emptyGroupId,
        facts: gathered.facts,
      })
      if (picker.sensitive && 'value' in found) for (const it of [found.value].flat()) gathered.conceal(it)
      if (evidence.has(from)) picked.set(name, found)
      return found
    },
  }
}

function pickValue(
  picker: Picker,
  from: {
    readonly evidence: Evidence | undefined
    readonly read: ProbeFilesResult | undefined
    readonly groupId: string | undefined
    readonly emptyGroupId: string | undefined
    readonly facts: OperatorFacts | undefined
  },
): ResolvedValue<string | readonly string[]> {
  const { evidence, read, groupId, emptyGroupId, facts } = from
  if (!evidence) return { reason: { kind: 'interrupted' } }
  if (evidence.probe === 'none') return evidence
  if (picker.needs === 'files' && !read?.index) return { reason: read?.noIndex ?? noIndexReason(evidence) }
  const found = pickOrReason(() =>
    picker.from({
      evidence,
      ...(read?.index ? { index: read.index } : {}),
      ...(read
        ? { patientIds: read.patientIds, attachments: samplesIn(read.tallies.get(attachmentTally)) }
        : {}),
      ...(groupId === undefined ? {} : { groupId }),
      ...(emptyGroupId === undefined ? {} : { emptyGroupId }),
      ...(facts ? { facts } : {}),
    }),
  )
  if (typeof found === 'string' || !('reason' in found)) return { value: found }
  // What is missing may be in a file that could not be read.
  const lost = picker.needs === 'files' && fileLost(outputFilesOf(evidence), { label: 'its export', all: [] })
  return lost ? { reason: lost } : found
}

function pickOrReason(pick: () => ReturnType<Picker['from']>): ReturnType<Picker['from']> {
  try {
    return pick()
  } catch (error) {
    if (error instanceof TemporaryStorageError) return { reason: { kind: 'disk-full' } }
    throw error
  }
}

function noIndexReason(evidence: Evidence | undefined): Reason {
  if (!evidence) return { kind: 'interrupted' }
  if (evidence.probe === 'none') return evidence.reason
  if (evidence.probe !== 'export') return stated('no output file was read')
  const { export: it } = evidence
  return it.state === 'complete' ? { kind: 'no-files-listed', files: 'output' } : exportFailure(it)
}
