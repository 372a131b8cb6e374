import { renderPage } from '../html/page.ts'
import { code, prose } from '../markdown/text.ts'
import { truncate, visible } from '../visible-text.ts'
import { changeSections, comparisonSentence } from './changes-view.ts'
import type { Comparison } from './compare.ts'
import type { ComparedResult } from './compared-tests.ts'

/** A comparison for a terminal. */
export function comparisonText(comparison: Comparison): string {
  const sections = changeSections(comparison).map(({ title, count, tests }) => [
    `${title}: ${count}`,
    ...tests.flatMap(({ id, title: name, level, verdicts, isRegression, details }) => [
      `  ${isRegression ? '✗' : '·'} ${visible(`${level} ${id}  ${name}`.trim())}  (${verdicts})`,
      ...details.map((it) => `      ${visible(truncate(it, 300))}`),
    ]),
  ])
  const { before, after } = comparison
  const head = [`before  ${visible(sideText(before))}`, `after   ${visible(sideText(after))}`]
  return `${[head, ...sections, [comparisonSentence(comparison)]].map((it) => it.join('\n')).join('\n\n')}\n`
}

/** A comparison in GitHub-flavored Markdown. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { before, after } = comparison
  const sections = changeSections(comparison).map(({ title, count, tests }) =>
    [
      `### ${title}: ${count}`,
      '',
      ...tests.flatMap(({ id, title: name, level, verdicts, isRegression, details }) => [
        `- ${isRegression ? '**Regression** ' : ''}${prose(level)} ${code(id)} ${prose(name)} (${verdicts})`,
        ...details.map((it) => `  - ${prose(it)}`),
      ]),
    ].join('\n'),
  )
  const head = `| | |\n|---|---|\n| before | ${prose(sideText(before))} |\n| after | ${prose(sideText(after))} |`
  return `${[`## ${comparisonSentence(comparison)}`, head, ...sections].join('\n\n')}\n`
}

/** A comparison as one page that loads nothing. */
export function comparisonHtml(comparison: Comparison): string {
  const { before, after, changes } = comparison
  return renderPage('comparison', {
    headline: comparisonSentence(comparison),
    tone: changes.some((it) => it.isRegression) ? 'bad' : 'good',
    facts: [
      { name: 'Before', value: sideText(before) },
      { name: 'After', value: sideText(after) },
    ],
    sections: changeSections(comparison).map((it) => ({
      ...it,
      tests: it.tests.map((test) => ({
        ...test,
        tone: test.isRegression ? 'fail' : it.kind === 'mended' ? 'pass' : 'none',
      })),
    })),
  })
}

function sideText({ name, startedAt, tests }: ComparedResult): string {
  return `${name}${startedAt === undefined ? '' : `, ${startedAt}`}, ${tests.size} tests`
}
