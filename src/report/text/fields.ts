import { truncate, visible } from '../visible-text.ts'

/** Columns before the value of a field. */
export const indent = 12

/** A field on one line, safe for a terminal. */
export function fieldLine(name: string, value: string): string {
  return `  ${name.padEnd(indent - 2)}${visible(truncate(value, 400))}`
}

/** Prose in lines of at most so many columns, below the values of fields. */
export function wrappedProse(prose: string, width: number): readonly string[] {
  const room = Math.max(20, width - indent)
  const lines: string[] = []
  for (const word of visible(prose).split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= room)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.map((line) => ' '.repeat(indent) + line)
}
