import type { Reporter, RunResult } from '../../model/result.ts'
import { type RequirementEntry, requirementEntries } from '../findings/requirement-entries.ts'
import { outcomeSentence } from '../headline.ts'
import { locationText } from '../location.ts'
import { countOf, inconclusiveReasons, joinList, testsWithStanding } from '../standings.ts'
import { reasonText } from '../reason-text.ts'
import { diagnosticsStamp } from '../tested-setting.ts'
import { truncate, visible } from '../visible-text.ts'

/** Annotations of each kind that GitHub shows of one step; it drops others without a word. */
const mostOfKind = 10

/**
 * Workflow commands of GitHub Actions, one a line: an annotation for each broken requirement and each warning, as many as GitHub shows. A step that prints
 * them annotates its run.
 */
export const githubReporter: Reporter = (result) => {
  const broken = requirementEntries(testsWithStanding(result, 'broken')).map((it) => annotation(it, result))
  const own = testsWithStanding(result, 'error').map(
    (it): Annotation => ({ title: it.id, text: 'bulkcheck itself failed on this test.' }),
  )
  const stale = testsWithStanding(result, 'stale').map(
    (it): Annotation => ({
      title: it.id,
      text: 'The test passes, but is listed as known failing: remove it from the list.',
    }),
  )
  const warned = requirementEntries(testsWithStanding(result, 'warning')).map((it) => annotation(it, result))
  const unknown = inconclusiveReasons(result.tests).map(
    ({ reason, tests }): Annotation => ({
      title: `${countOf(tests.length, 'test')} could not be judged`,
      text: reasonText(reason),
    }),
  )
  const stamp = diagnosticsStamp(result)
  const lines = [
    // First, since later commands know a report by its beginning.
    command('notice', { title: 'bulkcheck', text: outcomeSentence(result) }),
    ...(stamp === undefined ? [] : [command('notice', { title: 'diagnostics', text: stamp })]),
    ...commands('error', [...broken, ...own, ...stale]),
    ...commands('warning', [...unknown, ...warned]),
  ]
  return `${lines.join('\n')}\n`
}

interface Annotation {
  readonly title: string
  readonly text: string
}

function annotation(
  { title, requirement, levels, findings, listed }: RequirementEntry,
  result: RunResult,
): Annotation {
  const [first, ...others] = findings
  return {
    title: `${requirement.level}: ${title}`,
    text: [
      ...(first
        ? [
            first.message,
            `expected: ${first.expected}`,
            `actual: ${first.actual}`,
            `seen in: ${locationText(result, first.where)}`,
          ]
        : []),
      ...(others.length > 0 ? [`and ${countOf(others.length, 'more kind')} of violation`] : []),
      ...listed,
      `${requirement.id}${levels.length > 0 ? ` at ${joinList(levels)} level` : ''}: ${requirement.url}`,
    ].join('\n'),
  }
}

function commands(kind: 'error' | 'warning', all: readonly Annotation[]): readonly string[] {
  if (all.length <= mostOfKind) return all.map((it) => command(kind, it))
  const shown = all.slice(0, mostOfKind - 1)
  const left = { title: `and ${all.length - shown.length} more`, text: 'The other reports list all.' }
  return [...shown, left].map((it) => command(kind, it))
}

function command(kind: 'error' | 'warning' | 'notice', { title, text }: Annotation): string {
  const lines = text.split('\n').map((it) => visible(truncate(it, 1000)))
  return `::${kind} title=${escapedProperty(visible(truncate(title, 200)))}::${escapedData(lines.join('\n'))}`
}

/** As the runner decodes it. */
function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
