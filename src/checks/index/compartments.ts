import type { Judgement } from '../../model/judgement.ts'
import { satisfied, undecided } from '../../model/judgement.ts'
import type { ResourceIndex, ResourceRow } from '../../model/fhir/resource-index.ts'
import { type Check, indexCheck } from '../check.ts'
import { Violations, includesAll, rowsWhere, unlessUnnamed } from './comparison.ts'
import { exportRefParam, objectParams } from '../params.ts'

const compared = objectParams(
  { of: { ...exportRefParam, description: 'The wider export to compare with.' } },
  ['of'],
)

const noPatients = undecided('the export contains no patients')

function typesOf(index: ResourceIndex): ReadonlySet<string> {
  const types = new Set<string>()
  for (const { type } of index.rows()) types.add(type)
  return types
}

/** Whether a resource is in the compartment of a patient whose Patient resource is in the export. */
function isAbout(row: ResourceRow, index: ResourceIndex): boolean {
  return row.patients.some((it) => index.has(it))
}

const wholeCompartments = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'whole-compartments',
  states:
    'For each type that it contains, the export contains every resource that a wider export contains in the compartments of the exported patients.',
  params: compared,
  judge(index, { of }) {
    const types = typesOf(index)
    if (!types.has('Patient')) return noPatients
    return includesAll(
      index,
      of,
      rowsWhere(of, (row) => types.has(row.type) && isAbout(row, index)),
    )
  },
})

const compartmentTypes = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'compartment-types',
  states:
    'The export contains every type that a wider export contains in the compartments of the exported patients.',
  params: compared,
  judge(index, { of }): Judgement {
    const types = typesOf(index)
    if (!types.has('Patient')) return noPatients
    const found = new Violations()
    const absent = new Set<string>()
    let about = 0
    for (const row of of.rows()) {
      if (!isAbout(row, index)) continue
      about += 1
      if (types.has(row.type)) continue
      absent.add(row.type)
      found.add(row, of, {
        message: 'The export contains no resources of type {type}.',
        expected: 'resources of the exported patients, as in the wider export',
        actual: 'none; the place shown is in the wider export',
      })
    }
    if (about === 0) return undecided('the wider export contains nothing about the exported patients')
    return unlessUnnamed(found.or(satisfied), absent.size, index)
  },
})

/** Checks that compare export levels. */
export const compartmentChecks: readonly Check[] = [wholeCompartments, compartmentTypes]
