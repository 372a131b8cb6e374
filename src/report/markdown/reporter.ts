import { findExchange } from '../../model/http/exchange.ts'
import { webUrl } from '../../model/http/url.ts'
import { type Reporter, type RunResult, verdictCounts } from '../../model/result.ts'
import { curlCommand } from '../curl.ts'
import { type RequirementEntry, requirementEntries } from '../findings/requirement-entries.ts'
import { outcomeSentence } from '../headline.ts'
import { listedTexts } from '../findings/listed-text.ts'
import { fileNamesOf, locationText } from '../location.ts'
import { mainCauseText } from '../main-cause-text.ts'
import { preflightText } from '../preflight-text.ts'
import { reasonText } from '../reason-text.ts'
import {
  countOf,
  formatMilliseconds,
  formatNumber,
  excusedReasons,
  inconclusiveReasons,
  joinList,
  type ReasonGroup,
  type Standing,
  testsWithStanding,
} from '../standings.ts'
import { diagnosticsStamp, releaseText, settingFacts } from '../tested-setting.ts'
import { code, fenced, plain, prose } from './text.ts'

/** Bytes of a summary: a step of GitHub Actions may write 1 MiB, and loses all of a summary that is larger. */
const mostBytes = 900_000

/** A summary in GitHub-flavored Markdown: for a job summary, a wiki or an issue. What does not pass is there in full, what passes is counted. */
export const markdownReporter: Reporter = (result, options = {}) => {
  const sections = [
    ...head(result),
    ...entriesOf('broken', 'Failures', result, options.findings),
    ...inconclusive(result),
    ...entriesOf('warning', 'Warnings', result, options.findings),
    ...entriesOf('note', 'Optional, not met', result, options.findings),
    ...entriesOf('known', 'Known failures', result, options.findings),
    ...excused(result),
  ]
  const kept: string[] = []
  let room = mostBytes
  for (const it of sections) {
    room -= Buffer.byteLength(it) + 2
    if (room < 0) break
    kept.push(it)
  }
  if (kept.length < sections.length)
    kept.push('The rest does not fit into a summary; the other reports have it.')
  return `${kept.join('\n\n')}\n`
}

function head(result: RunResult): readonly string[] {
  const { target, tests, preflight = [], warnings } = result
  const cause = mainCauseText(result)
  const stamp = diagnosticsStamp(result)
  const counts = Object.entries(verdictCounts(tests)).filter(([, number]) => number > 0)
  const facts = [
    { name: 'Tested against', value: releaseText(target) },
    { name: 'Started', value: `${result.startedAt}, took ${formatMilliseconds(result.durationMs)}` },
    ...settingFacts(result),
    { name: 'Harness', value: result.harness },
  ]
  return [
    '<!-- bulkcheck -->',
    `## ${prose(outcomeSentence(result))}`,
    `**${plain(target.name)}** ${target.fhirUrl ? code(target.fhirUrl) : ''}`.trim(),
    ...(stamp === undefined ? [] : [`> ${prose(stamp)}`]),
    ...warnings.map((it) => `> **Warning.** ${prose(it)}`),
    ...preflight
      .map(preflightText)
      .map(({ title, lead, causes }) =>
        [
          `### ${prose(title)}`,
          '',
          prose(lead),
          '',
          ...causes.map((it, at) => `${at + 1}. ${prose(it)}`),
        ].join('\n'),
      ),
    ...(cause ? [`### ${prose(cause.title)}\n\n${prose(cause.lead)}`] : []),
    [
      `| ${counts.map(([verdict]) => verdict.replace('-', ' ')).join(' | ')} |`,
      `|${counts.map(() => '---:').join('|')}|`,
      `| ${counts.map(([, number]) => formatNumber(number)).join(' | ')} |`,
    ].join('\n'),
    ['<details><summary>What was tested</summary>', '', ...facts.map(fact), '', '</details>'].join('\n'),
  ]
}

function fact({ name, value }: { readonly name: string; readonly value: string }): string {
  return `- ${prose(name)}: ${plain(value)}`
}

function entriesOf(
  standing: Standing,
  title: string,
  result: RunResult,
  findings: number | undefined,
): readonly string[] {
  const entries = requirementEntries(testsWithStanding(result, standing), findings)
  if (entries.length === 0) return []
  return [
    `### ${title}: ${countOf(entries.length, 'requirement')}`,
    ...entries.map((it) => entry(it, result)),
  ]
}

function entry(
  { requirement, title, levels, findings, rest, rows, listed }: RequirementEntry,
  result: RunResult,
): string {
  const { id, level, statement, url, note } = requirement
  const link = webUrl(url)
  return [
    `<details><summary><b>${level}</b> ${prose(title)}${levels.length > 0 ? ` (${prose(levels.join(', '))})` : ''}</summary>`,
    '',
    `${prose(statement)} ${code(id)}${link ? ` [Specification](<${link}>)` : ''}`,
    ...(note ? ['', `Our reading: ${prose(note)}`] : []),
    ...listed.flatMap((it) => ['', prose(it)]),
    ...findings.flatMap(({ message, expected, actual, where, times }) => {
      const exchange = findExchange(result.exchanges, where.exchange)
      const command = exchange && curlCommand(exchange)
      return [
        '',
        `**${prose(message)}**`,
        `- expected: ${code(expected)}`,
        `- actual: ${code(actual)}`,
        `- seen in: ${code(locationText(result, where))}${times > 1 ? ` and ${countOf(times - 1, 'more time')}` : ''}`,
        ...(command ? ['', ...fenced(command)] : []),
      ]
    }),
    ...(rest ? ['', rest] : []),
    '',
    ...rows.map((it) => `Test ${code(it.id)}, ${code(`${it.source.file}:${it.source.line}`)}`),
    '',
    '</details>',
  ].join('\n')
}

function inconclusive(result: RunResult): readonly string[] {
  const groups = inconclusiveReasons(result.tests)
  if (groups.length === 0) return []
  return [
    '### Not judged',
    groups
      .map((group) => {
        const ids = group.tests.slice(0, 8).map((it) => code(it.id))
        const more = group.tests.length > ids.length ? ` and ${group.tests.length - ids.length} more` : ''
        return `${unjudged(group, result)} (${ids.join(', ')}${more})${listedItems(group)}`
      })
      .join('\n'),
  ]
}

/** Each test by itself: what a result excuses is never only counted. */
function excused(result: RunResult): readonly string[] {
  const groups = excusedReasons(result.tests)
  if (groups.length === 0) return []
  return [
    '### Known failures that could not be judged',
    groups
      .map((group) => {
        const ids = group.tests.map((it) => code(it.id))
        return `${unjudged(group, result)} (${joinList(ids)})${listedItems(group)}`
      })
      .join('\n'),
  ]
}

function unjudged({ reason, tests }: ReasonGroup, result: RunResult): string {
  return `- ${countOf(tests.length, 'test')}: ${prose(reasonText(reason, fileNamesOf(result)))}`
}

function listedItems({ tests }: ReasonGroup): string {
  return listedTexts(tests)
    .map((it) => `\n  - ${prose(it)}`)
    .join('')
}
