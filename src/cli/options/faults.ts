import { faults } from '../../reference/faults/registry.ts'
import { didYouMean } from '../../model/spelling.ts'
import type { Args } from '../command.ts'

/** The faults that `--fault` names; what does not exist is a problem, with the nearest name. */
export function faultIdsFrom(args: Args, problems: string[]): readonly string[] {
  const ids = faults.map((it) => it.id)
  const asked = args.texts('fault').flatMap((it) => it.split(','))
  for (const id of asked)
    if (!ids.includes(id))
      problems.push(
        `there is no fault \`${id}\`${didYouMean(id, ids) || '; `bulkcheck serve --list-faults` lists them'}`,
      )
  return asked
}

/** The release whose provider shows all of these faults; `undefined` if any does. */
export function releaseForFaults(ids: readonly string[]): '1.0.1' | '2.0.0' | undefined {
  return faults.find((it) => ids.includes(it.id) && it.release)?.release
}
