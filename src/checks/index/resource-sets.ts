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
} from './comparison.ts'
import { exportRefParam, objectParams, textParam, textListParam } from '../params.ts'

type ComparisonParams = Selection & { readonly of: ResourceIndex }

const of = { ...exportRefParam, description: 'The export that it is compared with.' }
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
  states: 'The export holds every resource that another holds, but for what has changed since.',
  params: compared,
  judge: (index, { of, ...selection }) => includesAll(index, of, selectedRows(of, selection)),
})

const within = indexCheck<ComparisonParams>({
  name: 'within',
  states: 'The export holds no resource that another does not hold, but for what is new.',
  params: compared,
  judge: (index, { of, ...selection }) => nothingBeyond(index, of, selectedRows(index, selection)),
})

const sameResources = indexCheck<ComparisonParams>({
  name: 'same-resources',
  states: 'The export holds the same resources as another, but for what has changed since.',
  params: compared,
  judge: (index, { of, ...selection }) =>
    combineJudgements([
      includesAll(index, of, selectedRows(of, selection)),
      nothingBeyond(index, of, selectedRows(index, selection)),
    ]),
})

const sameAsFile = indexCheck<{ readonly of: ResourceIndex }>({
  name: 'same-as-file',
  states: 'A file that was retrieved again holds the same resources as the first output file of an export.',
  params: objectParams({ of: { ...exportRefParam, description: 'The export that listed the file.' } }, [
    'of',
  ]),
  judge(index, { of }) {
    const isFirst = (row: ResourceRow) => row.file === 0
    if (index.size === 0 || !anyRow(of, isFirst)) return undecided('the file holds no resources')
    const found = new Violations()
    const said = {
      expected: 'the same resources each time',
      message: 'A file retrieved again differs in resources of type {type}.',
    }
    // The first row of a resource is in the first file if any of its rows is.
    for (const row of index.rows())
      if (of.get(row.key)?.file !== 0)
        found.add(row, index, { ...said, actual: 'a resource that was not in it at first' })
    for (const row of rowsWhere(of, isFirst))
      if (!index.has(row.key))
        found.add(row, of, { ...said, actual: 'a resource is missing that was in it at first' })
    return found.or(satisfied)
  },
})

/** Checks on what an export holds beside another. */
export const resourceSetChecks: readonly Check[] = [includes, within, sameResources, sameAsFile]
