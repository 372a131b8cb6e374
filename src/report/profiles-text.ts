import type { ProfileRow } from '../model/profiles.ts'
import type { RunResult } from '../model/result.ts'
import { visible } from './escape.ts'
import { count, grouped } from './outline.ts'
import { profileName, type ShownProfiles, shownProfiles, supported } from './profiles.ts'
import type { Style } from './style.ts'

/** How a summary is written. */
interface Manner {
  readonly verbose: boolean
  readonly style: Style
}

/** What the files show of profiles: of several exports, which mostly hold the same, the first alone unless everything is wanted. */
export function profilesText({ profiles = [] }: RunResult, manner: Manner): readonly (readonly string[])[] {
  const [first, ...others] = profiles.map(shownProfiles)
  if (!first) return []
  if (manner.verbose) return [first, ...others].map((it) => table(it, manner))
  return [[...table(first, manner), ...others.map(brief)]]
}

const headings = ['claimed', 'failed', 'chosen', 'unmet', 'supported']
const widths = [9, 7, 9, 7, 11]

function table({ of, rows, empty, unchecked, notes }: ShownProfiles, manner: Manner): readonly string[] {
  return [
    manner.style('bold', `Profiles in ${visible(of)}`),
    ...(rows.length > 0 ? [columns(headings)] : []),
    ...rows.flatMap((it) => line(it, manner)),
    `${count(empty.length, rows.length > 0 ? 'more profile' : 'profile')} had no resources`,
    ...(unchecked === 0
      ? []
      : [
          `${count(unchecked, 'rule')} of these profiles could not be checked${manner.verbose ? '' : '; --verbose lists them'}`,
        ]),
    ...notes.map(visible),
  ]
}

const fewEnough = 3

function line(row: ProfileRow, { verbose, style }: Manner): readonly string[] {
  const numbers = [row.claimed, row.failed, row.chosen, row.unmet]
  const cells = [...numbers.map((it) => (it === 0 ? '-' : grouped(it))), supported(row) || '-']
  const tone = row.failed > 0 ? 'red' : row.unmet > 0 ? 'yellow' : undefined
  const name = visible(profileName(row))
  const missing = row.notSeen.length <= fewEnough || verbose ? row.notSeen : []
  return [
    `${columns(cells)}  ${tone ? style(tone, name) : name}`,
    ...missing.map((it) => `${columns([])}  not seen: ${visible(it)}`),
    ...(verbose
      ? row.notChecked.map(
          ({ path, what, because }) =>
            `${columns([])}  not checked: ${visible(path)}, ${visible(what)}, because ${visible(because)}`,
        )
      : []),
  ]
}

function columns(cells: readonly string[]): string {
  return widths.map((width, at) => (cells[at] ?? '').padStart(width)).join('')
}

function brief({ of, rows, failed }: ShownProfiles): string {
  const said =
    failed === 0
      ? 'all resources conform'
      : `${count(failed, 'resource')} that ${failed === 1 ? 'does' : 'do'} not conform`
  return `${visible(of)}: ${count(rows.length, 'profile')}, ${said}; --verbose lists them`
}
