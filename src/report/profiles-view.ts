import type { ProfileRow } from '../model/profiles.ts'
import type { RunResult } from '../model/result.ts'
import { count, grouped } from './outline.ts'
import { webUrl } from './place.ts'
import { profileName, type ShownProfiles, shownProfiles, supported } from './profiles.ts'

/** What a page shows of the profiles of FHIR packages; nothing if none was given. */
export function profilesView({ profiles }: RunResult): object {
  if (!profiles || profiles.length === 0) return {}
  const shown = profiles.map(shownProfiles)
  return {
    profiles: {
      count: grouped(new Set(profiles.flatMap(({ rows }) => rows.map(profileKey))).size),
      exports: shown.map((it, at) => exportView(it, at === 0)),
    },
  }
}

function profileKey({ url, version }: ProfileRow): string {
  return `${url}|${version}`
}

function exportView({ of, rows, empty, failed, notes }: ShownProfiles, open: boolean): object {
  return {
    of,
    open,
    tone: rows.some((it) => it.failed > 0) ? 'fail' : failed > 0 ? 'unsure' : 'pass',
    tally: `${count(rows.length, 'profile')} with resources${failed > 0 ? `, ${grouped(failed)} not met` : ''}`,
    rows: rows.map(rowView),
    notes,
    ...(empty.length > 0
      ? { empty: { count: count(empty.length, 'profile'), rows: empty.map((it) => named(it)) } }
      : {}),
  }
}

function cell(number: number, unit: string, tone = ''): object {
  return { number: grouped(number), unit, tone: number === 0 ? 'zero' : tone }
}

function named(row: ProfileRow): object {
  return { name: profileName(row), type: row.type, href: webUrl(row.url), url: row.url }
}

function rowView(row: ProfileRow): object {
  const { claimed, failed, chosen, unmet, notSeen, notChecked } = row
  return {
    ...named(row),
    numbers: [
      cell(claimed, 'claimed'),
      cell(failed, 'failed', 'fail'),
      cell(chosen, 'chosen'),
      cell(unmet, 'unmet', 'unsure'),
    ],
    supported: supported(row),
    ...(notSeen.length > 0 ? { missing: { count: grouped(notSeen.length), paths: notSeen } } : {}),
    ...(notChecked.length > 0
      ? {
          unchecked: {
            count: count(notChecked.length, 'rule'),
            are: notChecked.length === 1 ? 'is' : 'are',
            rules: notChecked,
          },
        }
      : {}),
  }
}
