import { randomFraction } from './random-values.ts'
import { breakLine } from './broken-lines.ts'

/** What becomes of each line of the corpus in a variant. */
export type Variant = (line: string, index: number) => string

const foreign = ['Zoë Müller', 'José Núñez', '山田 美咲', 'Иван Петров', 'naïve “quotes” – dash']

/** Elements whose text is for people: it may hold any characters. */
const texts = new Set(['display', 'text', 'family', 'city', 'conclusion', 'name'])

/** Variants of the corpus, by name. */
export const variants = {
  /** The names of every object in another order on each line. */
  shuffled: (line, index) => JSON.stringify(shuffledKeys(JSON.parse(line), index)),
  /** Text that is not ASCII, escaped as `\u` on every other line. */
  foreign: (line, index) => {
    const written = JSON.stringify(
      JSON.parse(line, (name, value: unknown) =>
        texts.has(name) && typeof value === 'string' ? `${value} ${foreign[index % foreign.length]}` : value,
      ),
    )
    return index % 2 === 0 ? written : escaped(written)
  },
  'tenth-invalid': (line, index) => (index % 10 === 3 ? breakLine(line, Math.floor(index / 10)) : line),
  'all-invalid': breakLine,
} as const satisfies Readonly<Record<string, Variant>>

/** Name of a variant. */
export type VariantName = keyof typeof variants

function escaped(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function shuffledKeys(value: unknown, index: number): unknown {
  if (Array.isArray(value)) return value.map((it, at) => shuffledKeys(it, index + at))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, it]): [string, unknown] => [
    name,
    shuffledKeys(it, index + 1),
  ])
  for (let last = entries.length - 1; last > 0; last -= 1) {
    const other = Math.floor(randomFraction(index, last, entries.length) * (last + 1))
    const [a, b] = [entries[last], entries[other]]
    if (!a || !b) continue
    entries[last] = b
    entries[other] = a
  }
  return Object.fromEntries(entries)
}
