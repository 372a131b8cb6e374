import { satisfied, undecided } from '../../model/judgement.ts'
import { type Check, indexCheck } from '../check.ts'
import { Violations } from './comparison.ts'
import { noParams } from '../params.ts'

const empty = undecided('the export contains no resources')

const noCopies = indexCheck<true>({
  name: 'no-copies',
  states: 'No resource occurs twice with the same content.',
  only: 'keys',
  params: noParams,
  judge(index) {
    const found = new Violations()
    for (const [row, earlier] of index.repeated())
      if (row.digest === earlier.digest)
        found.add(row, index, {
          message: 'Resources of type {type} occur twice.',
          expected: 'each resource once',
          actual: 'a copy of an earlier line',
        })
    return found.or(index.size > 0 ? satisfied : empty)
  },
})

const oneVersion = indexCheck<true>({
  name: 'one-version',
  states: 'No resource occurs twice with different content.',
  only: 'keys',
  params: noParams,
  judge(index) {
    const found = new Violations()
    let unsure = 0
    for (const [row, earlier] of index.repeated()) {
      if (row.digest === earlier.digest) continue
      // One version can be written in two ways: names in another order, other escapes.
      if (row.updated === earlier.updated) unsure += 1
      else
        found.add(row, index, {
          message: 'Resources of type {type} occur in two versions.',
          expected: 'the latest version of each resource',
          actual: 'the id of an earlier line, with another meta.lastUpdated',
        })
    }
    if (unsure > 0)
      return found.or(
        undecided(
          `${unsure} resources occur twice with the same meta.lastUpdated and different content, which may be one version written in two ways`,
        ),
      )
    return found.or(index.size > 0 ? satisfied : empty)
  },
})

/** Checks on resources that occur twice in an export. */
export const duplicateChecks: readonly Check[] = [noCopies, oneVersion]
