import { neverArose, satisfied, undecided } from '../../model/judgement.ts'
import { type Check, indexCheck } from '../check.ts'
import { Violations, unlessUnnamed } from './comparison.ts'
import { noParams, textListParam } from '../params.ts'

const empty = undecided('the export contains no resources')

const deletedDisjoint = indexCheck<true>({
  name: 'deleted-disjoint',
  states: 'No resource that a deleted file names is in the output.',
  needsManifest: true,
  only: 'keys',
  params: noParams,
  judge(index) {
    const found = new Violations()
    let seen = 0
    for (const row of index.deleted()) {
      seen += 1
      if (index.has(row.key))
        found.add(row, index, {
          message: 'Resources of type {type} are listed as deleted and are in the output.',
          expected: 'a resource only in one of the two',
          actual: 'both',
        })
    }
    return found.or(seen > 0 ? satisfied : neverArose('no deleted file names a resource'))
  },
})

const holdsTypes = indexCheck<readonly string[]>({
  name: 'holds-types',
  states: 'The export contains at least one resource of each of these types.',
  only: 'keys',
  params: textListParam('Resource types.'),
  judge(index, types) {
    const found = new Violations()
    if (index.size === 0) return empty
    const held = new Set<string>()
    for (const { type } of index.rows()) held.add(type)
    const absent = types.filter((it) => !held.has(it))
    for (const type of absent)
      found.add({ type, file: 0, line: 1 }, index, {
        message: 'The export contains no resource of type {type}.',
        expected: 'at least one',
        actual: 'none',
      })
    return unlessUnnamed(found.or(satisfied), absent.length, index)
  },
})

const notAfterTransactionTime = indexCheck<true>({
  name: 'not-after-transaction-time',
  states: 'No resource was last updated after transactionTime.',
  needsManifest: true,
  only: 'keys',
  params: noParams,
  judge(index) {
    if (index.transactionTime === undefined)
      return undecided('`transactionTime` of the manifest is not an instant')
    const found = new Violations()
    let seen = 0
    for (const row of index.rows()) {
      if (row.updated === undefined) continue
      seen += 1
      if (row.updated > index.transactionTime)
        found.add(row, index, {
          message: 'Resources of type {type} were last updated after transactionTime.',
          expected: `not after ${new Date(index.transactionTime).toISOString()}`,
          actual: new Date(row.updated).toISOString(),
        })
    }
    return found.or(seen > 0 ? satisfied : undecided('no resource has meta.lastUpdated'))
  },
})

const referencesWithin = indexCheck<true>({
  name: 'references-within',
  states: 'Every resource that another refers to is in the same export.',
  params: noParams,
  judge(index) {
    const found = new Violations()
    let seen = 0
    const references = function* () {
      for (const { refersTo } of index.rows()) {
        seen += refersTo.length
        yield* refersTo
      }
    }
    const absent = index.missingKeys(references())
    if (absent.size > 0)
      for (const row of index.rows())
        if (row.refersTo.some((key) => absent.has(key)))
          found.add(row, index, {
            message: 'Resources of type {type} refer to resources that the export does not contain.',
            expected: 'references to resources in the files of the export',
            actual: 'a reference to a resource that is not in them',
          })
    const judgement = found.or(seen > 0 ? satisfied : undecided('no resource refers to another'))
    return unlessUnnamed(judgement, absent.size, index)
  },
})

/** Checks on the contents of one export. */
export const exportContentChecks: readonly Check[] = [
  deletedDisjoint,
  holdsTypes,
  notAfterTransactionTime,
  referencesWithin,
]
