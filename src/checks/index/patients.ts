import { type Judgement, satisfied, undecided } from '../../model/judgement.ts'
import type { ResourceIndex, ResourceRow } from '../../model/fhir/resource-index.ts'
import { type Check, type CheckContext, indexCheck } from '../check.ts'
import { Violations, anyRow, includesAll, rowsWhere, unlessUnnamed } from './comparison.ts'
import { resourceKey } from '../../model/fhir/reference-key.ts'
import { exportRefParam, objectParams, textListParam } from '../params.ts'

const patientKeys = (patients: readonly string[]) =>
  new Set(patients.map((it) => resourceKey(it.includes('/') ? it : `Patient/${it}`)))

/** Whether a resource is in the compartments of patients, and of none of these. */
function aboutOthers(row: ResourceRow, patients: ReadonlySet<string>): boolean {
  const own = row.type === 'Patient' ? [row.key] : row.patients
  return own.length > 0 && !own.some((it) => patients.has(it))
}

function nobodyElse(index: ResourceIndex, patients: ReadonlySet<string>, called: string): Judgement {
  const found = new Violations()
  let about = 0
  for (const row of index.rows()) {
    if (row.type === 'Patient' || row.patients.length > 0) about += 1
    if (aboutOthers(row, patients))
      found.add(row, index, {
        message: `Resources of type {type} belong to patients other than ${called}.`,
        expected: `resources of ${called}`,
        actual: 'a resource in the compartments of other patients only',
      })
  }
  return found.or(
    about > 0 ? satisfied : undecided('the export contains no resource in the compartment of a patient'),
  )
}

const onlyPatients = indexCheck<readonly string[]>({
  name: 'only-patients',
  states: 'Every resource in the compartment of a patient is in the compartment of one of these patients.',
  params: textListParam('Patients, as `Patient/<id>`.'),
  judge: (index, patients) => nobodyElse(index, patientKeys(patients), 'the requested patients'),
})

const coversPatients = indexCheck<{ readonly patients: readonly string[]; readonly of?: ResourceIndex }>({
  name: 'covers-patients',
  states:
    'The export contains the Patient resource of each of these patients. With `of`, it also contains every resource of the other export in their compartments.',
  params: objectParams(
    {
      patients: textListParam('Patients, as `Patient/<id>`.'),
      of: { ...exportRefParam, description: 'An export that contains all their resources.' },
    },
    ['patients'],
  ),
  judge(index, { patients, of }) {
    const keys = patientKeys(patients)
    if (of)
      return includesAll(
        index,
        of,
        rowsWhere(of, (row) => keys.has(row.key) || row.patients.some((it) => keys.has(it))),
      )
    if (index.size === 0) return undecided('the export contains no resources')
    const missing = [...keys].filter((it) => !index.has(it))
    return missingPatients(missing.length, keys.size, index)
  },
})

function missingPatients(missing: number, asked: number, index: ResourceIndex): Judgement {
  if (missing === 0) return satisfied
  const finding = {
    message: 'Patients are missing.',
    expected: `${asked} patients`,
    actual: `${missing} of them are absent`,
    where: { exchange: index.exchangeOf(0) },
    times: missing,
  }
  return unlessUnnamed({ is: 'violated', findings: [finding] }, missing, index)
}

/** The Group under test; if there is none, the only Group in the exports. */
export function findGroup(
  indexes: readonly ResourceIndex[],
  { target }: CheckContext,
): ResourceRow | undefined {
  for (const index of indexes) {
    const known = target.groupId === undefined ? undefined : index.get(resourceKey(`Group/${target.groupId}`))
    if (known) return known
  }
  if (target.groupId !== undefined) return undefined
  let only: ResourceRow | undefined
  for (const index of indexes)
    for (const row of rowsWhere(index, (it) => it.type === 'Group')) {
      if (only) return undefined
      only = row
    }
  return only
}

const membersOf = {
  ...exportRefParam,
  description: 'The source of the Group: an export that contains it, or a request that read it.',
}

const allMembers = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'all-members',
  states:
    'The export contains the Patient resource of every member of the Group or, if it contains no Patient resources, a resource about every member. Inactive members, excluded members and nested groups do not count.',
  params: objectParams({ of: membersOf }, ['of']),
  judge(index, { of }, context) {
    const group = findGroup([of], context)
    if (!group) return undecided('the Group could not be read')
    const members = group.patients.filter((it) => !group.unsure?.includes(it))
    if (members.length === 0) return undecided('the Group lists no active patients')
    // In 1.0.1 the Patient resources themselves are optional, so any resource about a member counts.
    if (index.size > 0 && !anyRow(index, (it) => it.type === 'Patient')) {
      const uncovered = new Set(members)
      for (const { patients } of index.rows()) for (const it of patients) uncovered.delete(it)
      return uncovered.size === 0
        ? satisfied
        : undecided('the export contains no Patient resources, and no other resources about some members')
    }
    return missingPatients(members.filter((it) => !index.has(it)).length, members.length, index)
  },
})

const onlyMembers = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'only-members',
  states: 'Every resource in the compartment of a patient is in the compartment of a member of the Group.',
  params: objectParams({ of: membersOf }, ['of']),
  judge(index, { of }, context) {
    const group = findGroup([of], context)
    if (!group) return undecided('the Group could not be read')
    if (group.patients.length === 0) return undecided('the Group lists no patients')
    const judgement = nobodyElse(index, new Set(group.patients), 'the members of the Group')
    const nested = group.unsure?.some((it) => !group.patients.includes(it))
    return judgement.is === 'violated' && nested
      ? undecided('the Group has members that are groups themselves')
      : judgement
  },
})

/** Checks on the patients whose resources an export contains. */
export const patientChecks: readonly Check[] = [onlyPatients, coversPatients, allMembers, onlyMembers]
