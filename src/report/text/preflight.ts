import type { PreflightProblem } from '../../model/preflight.ts'
import { visible } from '../escape.ts'
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
