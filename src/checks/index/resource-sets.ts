import { combineJudgements, satisfied, undecided } from '../../model/judgement.ts'
import type { ResourceIndex, ResourceRow } from '../../model/fhir/resource-index.ts'
import { type Check, indexCheck } from '../check.ts'
import {
  type Selection,
  Violations,
  anyRow,
  includesAll,
  nothingBeyond,
  rowsWhere,
  selectedRows,
  unlessUnnamed,
} from './comparison.ts'
import { exportRefParam, objectParams, textParam, textListParam } from '../params.ts'

type ComparisonParams = Selection & { readonly of: ResourceIndex }

const of = { ...exportRefParam, description: 'The export to compare with.' }
const compared = objectParams(
  {
    of,
    types: textListParam('Only resources of these types count.'),
    except: {
      ...textParam,
      description: 'Resources of this type, or of the type of this query, do not count.',
    },
  },
  ['of'],
)

const includes = indexCheck<ComparisonParams>({
  name: 'includes',
  states: 'The export contains every resource of another export, except those that changed in the meantime.',
  params: compared,
  judge: (index, { of, ...selection }) => includesAll(index, of, selectedRows(of, selection)),
})

const within = indexCheck<ComparisonParams>({
  name: 'within',
  states: 'The export contains only resources of another export, except new ones.',
  params: compared,
  judge: (index, { of, ...selection }) => nothingBeyond(index, of, selectedRows(index, selection)),
})

const sameResources = indexCheck<ComparisonParams>({
  name: 'same-resources',
  states:
    'The export contains the same resources as another export, except those that changed in the meantime.',
  params: compared,
  judge: (index, { of, ...selection }) =>
    combineJudgements([
      includesAll(index, of, selectedRows(of, selection)),
      nothingBeyond(index, of, selectedRows(index, selection)),
    ]),
})

const sameAsFile = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'same-as-file',
  states:
    'A file that was downloaded again contains the same resources as the first output file of an export.',
  params: objectParams({ of: { ...exportRefParam, description: 'The export that listed the file.' } }, [
    'of',
  ]),
  judge(index, { of }) {
    const isFirst = (row: ResourceRow) => row.file === 0
    if (index.size === 0 || !anyRow(of, isFirst)) return undecided('the file contains no resources')
    const found = new Violations()
    let different = 0
    const said = {
      expected: 'the same resources each time',
      message: 'The second download of a file differs in resources of type {type}.',
    }
    // The first row of a resource is in the first file if any of its rows is.
    for (const row of index.rows())
      if (of.get(row.key)?.file !== 0) {
        different += 1
        found.add(row, index, { ...said, actual: 'a resource that the first download does not contain' })
      }
    for (const row of rowsWhere(of, isFirst))
      if (!index.has(row.key)) {
        different += 1
        found.add(row, of, { ...said, actual: 'a resource of the first download is missing' })
      }
    return unlessUnnamed(found.or(satisfied), different, { unnamed: index.unnamed + of.unnamed })
  },
})

/** Checks that compare the resources of two exports. */
export const resourceSetChecks: readonly Check[] = [includes, within, sameResources, sameAsFile]
