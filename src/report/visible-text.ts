/** Characters that could act on a terminal, hide in a line or reorder it, or that XML forbids. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu

/** What runners of GitHub, Azure and TeamCity would read as a command: `::` at the start of a word, `##[`, `##vso[`. */
const commands = /(?<=^|\s):(?=:)|#(?=#\w*\[)/g

/** The text on one line, with control, bidi and format characters and lone surrogates encoded as `\u{1b}`; nothing is dropped. */
export function visible(text: string): string {
  return text.replace(unseen, encoded).replace(commands, encoded)
}

/** Like `visible`, but line feeds and tabs stay what they are. */
export function visibleLines(text: string): string {
  return text.replace(unseen, (it) => (it === '\n' || it === '\t' ? it : encoded(it)))
}

/** The text cut at so many characters, with its length if it was longer; never cut inside a surrogate pair. */
export function truncate(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}… (${text.length} characters)`
}

function encoded(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}
