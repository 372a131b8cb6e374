import type { ProfileRow } from '../../model/fhir/profile-coverage.ts'
import type { RunResult } from '../../model/result.ts'
import { visible } from '../visible-text.ts'
import { countOf, formatNumber } from '../standings.ts'
import { profileName, type ProfileOverview, profileOverview, supportText } from '../profile-overview.ts'
import type { Style } from './style.ts'

/** How a summary is written. */
interface ProfilesTextOptions {
  readonly verbose: boolean
  readonly style: Style
}

/** What the files show about profiles. Of several exports, which mostly have the same contents, only the first is shown unless `verbose`. */
export function profilesText(
  { profiles = [] }: RunResult,
  manner: ProfilesTextOptions,
): readonly (readonly string[])[] {
  const [first, ...others] = profiles.map(profileOverview)
  if (!first) return []
  if (manner.verbose) return [first, ...others].map((it) => table(it, manner))
  return [[...table(first, manner), ...others.map(briefLine)]]
}

const headings = ['claimed', 'failed', 'chosen', 'unmet', 'supported']
const widths = [9, 7, 9, 7, 11]

function table(
  { of, rows, empty, unchecked, notes }: ProfileOverview,
  manner: ProfilesTextOptions,
): readonly string[] {
  return [
    manner.style('bold', `Profiles in ${visible(of)}`),
    ...(rows.length > 0 ? [columns(headings)] : []),
    ...rows.flatMap((it) => line(it, manner)),
    `${countOf(empty.length, rows.length > 0 ? 'more profile' : 'profile')} had no resources`,
    ...(unchecked === 0
      ? []
      : [
          `${countOf(unchecked, 'rule')} of these profiles could not be checked${manner.verbose ? '' : '; --verbose lists them'}`,
        ]),
    ...notes.map(visible),
  ]
}

const fewEnough = 3

function line(row: ProfileRow, { verbose, style }: ProfilesTextOptions): readonly string[] {
  const numbers = [row.claimed, row.failed, row.chosen, row.unmet]
  const cells = [...numbers.map((it) => (it === 0 ? '-' : formatNumber(it))), supportText(row) || '-']
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

function briefLine({ of, rows, failed }: ProfileOverview): string {
  const said =
    failed === 0
      ? 'all resources conform'
      : `${countOf(failed, 'resource')} that ${failed === 1 ? 'does' : 'do'} not conform`
  return `${visible(of)}: ${countOf(rows.length, 'profile')}, ${said}; --verbose lists them`
}
