import type { PreflightProblem } from '../../model/preflight.ts'
import { truncate, visible } from '../visible-text.ts'
import { preflightText } from '../preflight-text.ts'
import type { XmlElement } from './xml.ts'

/** A failure or an error. The lines repeat the message: GitLab shows only the text. */
export function failureElement(
  name: 'failure' | 'error',
  type: string,
  text: string,
  lines: readonly string[],
): XmlElement {
  return { name, attributes: { type, message: truncate(text, 300) }, content: body(lines) }
}

/** A skipped test with its reason as attribute and as text: Azure reads the one, GitLab the other. */
export function skippedElement(text: string): XmlElement {
  return { name: 'skipped', attributes: { message: truncate(text, 300) }, content: body([text]) }
}

/** What a consumer shows as output. */
export function outputElement(lines: readonly string[]): XmlElement {
  return { name: 'system-out', content: body(lines) }
}

const longest = 60_000

function body(lines: readonly string[]): string {
  const text = lines.map((line) => visible(line)).join('\n')
  return text.length <= longest ? text : `${truncate(text, longest)}\nresults.json contains the rest`
}

/** The error of a run that was refused at first contact. */
export function preflightElement(problems: readonly PreflightProblem[]): XmlElement {
  const texts = problems.map(preflightText)
  const lines = texts.flatMap(({ title, asked, answer, lead, causes }) => [
    ...[title, `asked:    ${asked}`, `answer:   ${answer}`, lead],
    ...[...causes.map((cause, at) => `${at + 1}. ${cause}`), ''],
  ])
  return failureElement('error', 'preflight', texts[0]?.title ?? '', lines)
}
