import type { PreflightProblem } from '../../model/preflight.ts'
import type { RunResult } from '../../model/result.ts'
import { truncate, visible } from '../visible-text.ts'
import { mainCauseText } from '../main-cause-text.ts'
import { preflightText } from '../preflight-text.ts'
import { fieldLine, wrappedProse } from './fields.ts'
import type { Style } from './style.ts'

/** What was refused at first contact: a block each. */
export function preflightBlocks(
  problems: readonly PreflightProblem[],
  { style, width }: { readonly style: Style; readonly width: number },
): readonly (readonly string[])[] {
  return problems.map((it) => {
    const { title, asked, answer, lead, causes } = preflightText(it)
    return [
      `${style('red', 'SETUP')}  ${style('bold', visible(title))}`,
      fieldLine('asked', asked),
      fieldLine('answer', answer),
      ...wrappedProse(lead, width),
      ...causes.map((cause, at) => fieldLine(at === 0 ? 'causes' : '', `${at + 1}. ${cause}`)),
    ]
  })
}

/** The most frequent cause of inconclusive tests: a block, or none. */
export function mainCauseBlocks(
  result: RunResult,
  { style, width }: { readonly style: Style; readonly width: number },
): readonly (readonly string[])[] {
  const cause = mainCauseText(result)
  if (!cause) return []
  return [
    [
      `${style('yellow', 'CAUSE')}  ${style('bold', visible(truncate(cause.title, 600)))}`,
      ...wrappedProse(cause.lead, width),
    ],
  ]
}
