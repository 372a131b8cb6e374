import { truncate, visible } from '../visible-text.ts'

/** A command as a block of code, fenced by more backticks than it has. */
export function fenced(command: string): readonly string[] {
  const longest = Math.max(2, ...(command.match(/`+/g) ?? []).map((it) => it.length))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}sh`, command, fence]
}

/** Characters with a meaning for Markdown or HTML within a line. */
const special = /[\\`*_{}[\]<>#|~&@$]/g

/** Text that Markdown and HTML show as it is; what stands between backticks becomes code. */
export function prose(text: string): string {
  return visible(truncate(text, 2000))
    .split(/`([^`]*)`/)
    .map((it, at) => (at % 2 === 1 ? code(it) : it.replace(special, entity)))
    .join('')
}

/** Text that may be of a server, as it is. */
export function plain(text: string): string {
  return visible(truncate(text, 2000)).replace(special, entity)
}

/** Text as code, whatever it contains. */
export function code(text: string): string {
  return `<code>${visible(truncate(text, 600)).replace(special, entity)}</code>`
}

function entity(character: string): string {
  return `&#${character.codePointAt(0)};`
}
