import type { RunResult } from '../../model/result.ts'
import { countOf } from '../standings.ts'
import { uncheckedCodesOverviews } from '../unchecked-codes.ts'
import { visible } from '../visible-text.ts'

const mostSystems = 5

/** One line for each export with codes that were not checked; of several exports, which mostly have the same codes, the first unless `verbose`. */
export function uncheckedCodesLines(
  result: RunResult,
  { verbose }: { readonly verbose: boolean },
): readonly string[] {
  const all = uncheckedCodesOverviews(result)
  return (verbose ? all : all.slice(0, 1)).map(({ of, all: count, systems }) => {
    const shown = verbose ? systems : systems.slice(0, mostSystems)
    const rest = systems.length - shown.length
    const names = shown.map((it) => `${visible(it.name)} ${it.count}`)
    const more = rest === 0 ? [] : [`${countOf(rest, 'more system')}`]
    const where = all.length > 1 ? ` in ${visible(of)}` : ''
    return `${countOf(count, 'code')}${where} could not be checked without a terminology server: ${[...names, ...more].join(', ')}`
  })
}
