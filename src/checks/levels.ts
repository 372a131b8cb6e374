import type { Judgement } from '../model/judgement.ts'
import { satisfied, undecided } from '../model/judgement.ts'
import type { ResourceIndex } from '../model/rows.ts'
import { type Check, indexCheck } from './check.ts'
import { Violations, includesAll } from './compare.ts'
import { exportRef, options } from './params.ts'

const compared = options(
  { of: { ...exportRef, description: 'The wider export that it is compared with.' } },
  ['of'],
)

/** Keys of the Patient resources of an export. */
function patientsOf(index: ResourceIndex): ReadonlySet<string> {
  return new Set([...index.rows()].filter((row) => row.type === 'Patient').map((row) => row.key))
}

const wholeCompartments = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'whole-compartments',
  states:
    'What a wider export holds in the compartments of the exported patients is there, of the types that are there at all.',
  params: compared,
  judge(index, { of }) {
    const patients = patientsOf(index)
    if (patients.size === 0) return undecided('the export holds no patients')
    const types = new Set([...index.rows()].map((row) => row.type))
    return includesAll(
      index,
      of,
      [...of.rows()].filter((row) => types.has(row.type) && row.patients.some((it) => patients.has(it))),
    )
  },
})

const compartmentTypes = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'compartment-types',
  states: 'Every type that a wider export holds in the compartments of the exported patients is there.',
  params: compared,
  judge(index, { of }): Judgement {
    const patients = patientsOf(index)
    if (patients.size === 0) return undecided('the export holds no patients')
    const types = new Set([...index.rows()].map((row) => row.type))
    const found = new Violations()
    for (const row of of.rows()) {
      if (types.has(row.type) || !row.patients.some((it) => patients.has(it))) continue
      found.add(row, of, {
        message: 'The export holds no resources of type {type}.',
        expected: 'what the wider export holds of the exported patients',
        actual: 'none; the place is that in the wider export',
      })
    }
    return found.or(satisfied)
  },
})

const sameAsFile = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'same-as-file',
  states: 'A file that was retrieved again holds the same resources as the first output file of an export.',
  params: options({ of: { ...exportRef, description: 'The export that listed the file.' } }, ['of']),
  judge(index, { of }) {
    const first = [...of.rows()].filter((row) => row.file === 0)
    if (first.length === 0 || index.size === 0) return undecided('the file holds no resources')
    const before = new Set(first.map((row) => row.key))
    const found = new Violations()
    const said = {
      expected: 'the same resources each time',
      message: 'A file retrieved again differs in resources of type {type}.',
    }
    for (const row of index.rows())
      if (!before.has(row.key))
        found.add(row, index, { ...said, actual: 'a resource that was not in it at first' })
    for (const row of first)
      if (!index.get(row.key))
        found.add(row, of, { ...said, actual: 'a resource is missing that was in it at first' })
    return found.or(satisfied)
  },
})

/** Checks on how export levels, and repeated downloads, fit together. */
export const levelChecks: readonly Check[] = [wholeCompartments, compartmentTypes, sameAsFile]
