import type { KeySet, ResourceIndex } from '../../model/fhir/resource-index.ts'
import { type Judgement, satisfied, undecided } from '../../model/judgement.ts'
import { type Check, indexCheck } from '../check.ts'
import { exportRefParam, objectParams, textListParam } from '../params.ts'
import { anyRow, includesAll, rowsWhere, Violations } from './comparison.ts'

interface CohortParams {
  readonly filters: readonly string[]
  readonly of: ResourceIndex
}

const params = objectParams(
  {
    filters: textListParam(
      'The filters of the Group: searches for patients, or for resources in their compartments.',
    ),
    of: { ...exportRefParam, description: 'An export of all patients.' },
  },
  ['filters', 'of'],
)

const isPatient = (row: { readonly type: string }) => row.type === 'Patient'

const noPatients = undecided('the export contains no Patient resources')

const onlyCohort = indexCheck<CohortParams>({
  name: 'only-cohort',
  states:
    'Every Patient resource of the export meets all filters: itself, or by a resource in its compartment.',
  params,
  queries: ({ filters }) => filters,
  judge: (index, { filters, of }) =>
    ofCohort(filters, of, (meets) => {
      if (!anyRow(index, isPatient)) return noPatients
      const found = new Violations()
      for (const row of rowsWhere(index, isPatient))
        if (of.has(row.key) && !meets(row.key))
          found.add(row, index, {
            message: 'Patients do not meet the filters of the Group.',
            expected: filters.join(' and '),
            actual: 'a patient who meets not all of them',
          })
      return found.or(satisfied)
    }),
})

const wholeCohort = indexCheck<CohortParams>({
  name: 'whole-cohort',
  states:
    'The export contains the Patient resource of everybody who meets all filters: by the resource itself, or by one in its compartment.',
  params,
  queries: ({ filters }) => filters,
  judge: (index, { filters, of }) =>
    ofCohort(filters, of, (meets) =>
      anyRow(index, isPatient)
        ? includesAll(
            index,
            of,
            rowsWhere(of, (row) => isPatient(row) && meets(row.key)),
          )
        : noPatients,
    ),
})

/** A judgement about the patients who meet all filters, where these are some and not all. */
function ofCohort(
  filters: readonly string[],
  of: ResourceIndex,
  judge: (meets: (patient: string) => boolean) => Judgement,
): Judgement {
  if (filters.some((it) => !of.queries.includes(it)))
    return undecided('bulkcheck cannot evaluate the filter itself')
  const sets: readonly KeySet[] = filters.map((filter) =>
    of.keySet(
      (function* () {
        for (const row of of.rows())
          if (row.meets.includes(filter)) yield* row.type === 'Patient' ? [row.key] : row.patients
      })(),
    ),
  )
  const meets = (patient: string) => sets.every((it) => it.has(patient))
  if (!anyRow(of, (row) => isPatient(row) && meets(row.key)))
    return undecided('no exported patient meets the filters')
  if (!anyRow(of, (row) => isPatient(row) && !meets(row.key)))
    return undecided('every exported patient meets the filters')
  return judge(meets)
}

/** Checks on exports of Groups whose members are selected by filters. */
export const cohortChecks: readonly Check[] = [onlyCohort, wholeCohort]
