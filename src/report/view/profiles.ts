import type { ProfileRow } from '../../model/fhir/profile-coverage.ts'
import type { RunResult } from '../../model/result.ts'
import { countOf, formatNumber } from '../standings.ts'
import { webUrl } from '../../model/http/url.ts'
import { profileName, type ProfileOverview, profileOverview, supportText } from '../profile-overview.ts'

/** What a page shows about the profiles of FHIR packages; nothing without packages. */
export function profilesView({ profiles }: RunResult): object {
  if (!profiles || profiles.length === 0) return {}
  const shown = profiles.map(profileOverview)
  return {
    profiles: {
      count: formatNumber(new Set(profiles.flatMap(({ rows }) => rows.map(profileKey))).size),
      exports: shown.map((it, at) => exportView(it, at === 0)),
    },
  }
}

function profileKey({ url, version }: ProfileRow): string {
  return `${url}|${version}`
}

function exportView({ of, rows, empty, failed, notes }: ProfileOverview, open: boolean): object {
  return {
    of,
    open,
    tone: rows.some((it) => it.failed > 0) ? 'fail' : failed > 0 ? 'unsure' : 'pass',
    tally: `${countOf(rows.length, 'profile')} with resources${failed > 0 ? `, ${formatNumber(failed)} not met` : ''}`,
    rows: rows.map(rowView),
    notes,
    ...(empty.length > 0
      ? { empty: { count: countOf(empty.length, 'profile'), rows: empty.map((it) => profileNameView(it)) } }
      : {}),
  }
}

function cell(number: number, unit: string, tone = ''): object {
  return { number: formatNumber(number), unit, tone: number === 0 ? 'zero' : tone }
}

function profileNameView(row: ProfileRow): object {
  return { name: profileName(row), type: row.type, href: webUrl(row.url), url: row.url }
}

function rowView(row: ProfileRow): object {
  const { claimed, failed, chosen, unmet, notSeen, notChecked } = row
  return {
    ...profileNameView(row),
    numbers: [
      cell(claimed, 'claimed'),
      cell(failed, 'failed', 'fail'),
      cell(chosen, 'chosen'),
      cell(unmet, 'unmet', 'unsure'),
    ],
    supported: supportText(row),
    ...(notSeen.length > 0 ? { missing: { count: formatNumber(notSeen.length), paths: notSeen } } : {}),
    ...(notChecked.length > 0
      ? {
          unchecked: {
            count: countOf(notChecked.length, 'rule'),
            are: notChecked.length === 1 ? 'is' : 'are',
            rules: notChecked,
          },
        }
      : {}),
  }
}
