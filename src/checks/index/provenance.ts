import type { ResourceIndex, ResourceRow } from '../../model/fhir/resource-index.ts'
import { neverArose, satisfied, undecided } from '../../model/judgement.ts'
import { type Check, indexCheck } from '../check.ts'
import { exportRefParam, noParams, objectParams } from '../params.ts'
import { anyRow, includesAll, rowsWhere, Violations } from './comparison.ts'

/** The key of the resource that a Provenance is about, if that is one alone. */
function targetOf({ targets = [] }: ResourceRow): string | undefined {
  return targets.length === 1 ? targets[0] : undefined
}

const isProvenance = (row: ResourceRow) => row.type === 'Provenance'

/** A row is valid until the next one is read, also by its key. */
function copied({
  key,
  type,
  updated,
  patients,
  refersTo,
  targets,
  digest,
  elements,
  subsetted,
  meets,
  file,
  line,
}: ResourceRow): ResourceRow {
  return {
    key,
    type,
    updated,
    patients,
    refersTo,
    targets,
    digest,
    elements,
    subsetted,
    meets,
    file,
    line,
  }
}

const mostCompared = 100_000

const latestProvenance = indexCheck<true>({
  name: 'latest-provenance',
  states:
    'No resource of the export has two Provenance resources with different times that are about it alone. bulkcheck compares the first 100,000.',
  params: noParams,
  judge(index) {
    if (
      !anyRow(index, (row) => isProvenance(row) && row.updated !== undefined) &&
      anyRow(index, isProvenance)
    )
      return neverArose('no Provenance has meta.lastUpdated')
    const known = new Map<string, ResourceRow>()
    const found = new Violations()
    for (const row of rowsWhere(index, isProvenance)) {
      if (known.size >= mostCompared) break
      const provenance = copied(row)
      const { updated } = provenance
      const target = updated === undefined ? undefined : targetOf(provenance)
      if (target === undefined || updated === undefined) continue
      const other = known.get(target)
      // Two versions of one Provenance are another fault.
      if (other && other.key !== provenance.key && other.updated !== updated)
        found.add(provenance, index, {
          message: 'Resources have several Provenance resources.',
          expected: 'the most recent one',
          actual: 'two that were last updated at different times',
        })
      known.set(target, provenance)
    }
    return found.or(
      known.size > 0
        ? satisfied
        : undecided('the export contains no Provenance that is about one of its resources alone'),
    )
  },
})

const of = { ...exportRefParam, description: 'An export that contains every Provenance.' }

/** Every Provenance of another export that is about one resource alone, which this export contains. */
function* expectedProvenance(index: ResourceIndex, all: ResourceIndex): Generator<ResourceRow> {
  for (const row of rowsWhere(all, isProvenance)) {
    const provenance = copied(row)
    const target = targetOf(provenance)
    if (target !== undefined && index.has(target)) yield provenance
  }
}

const someProvenance = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'some-provenance',
  states: 'The export contains Provenance resources if the other export has some about its resources.',
  params: objectParams({ of }, ['of']),
  judge(index, { of: all }) {
    if (anyRow(index, isProvenance)) return satisfied
    const found = new Violations()
    for (const row of expectedProvenance(index, all)) {
      found.add(row, all, {
        message: 'The export contains no Provenance.',
        expected: 'Provenance of the exported resources',
        actual: 'none, although the server has some',
      })
      break
    }
    return found.or(undecided('the other export contains no Provenance about the exported resources'))
  },
})

const everyProvenance = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'every-provenance',
  states:
    'The export contains every Provenance of the other export that is about one resource alone, if it contains that resource.',
  params: objectParams({ of }, ['of']),
  judge: (index, { of: all }) => includesAll(index, all, expectedProvenance(index, all)),
})

/** Checks on the Provenance of exported resources. */
export const provenanceChecks: readonly Check[] = [latestProvenance, someProvenance, everyProvenance]
