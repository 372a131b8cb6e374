import { didYouMean, joinNames } from '../model/spelling.ts'

/** The allowed word that equals a text, ignoring case; another text is added to the problems under `name`. */
export function parseChoice<T extends string>(
  text: string | undefined,
  allowed: readonly T[],
  note: { readonly name: string; readonly problems: string[] },
): T | undefined {
  if (text === undefined) return undefined
  const found = allowed.find((it) => it.toLowerCase() === text.trim().toLowerCase())
  if (found === undefined)
    note.problems.push(`${note.name} must be ${joinNames(allowed)}${didYouMean(text, allowed)}`)
  return found
}

/** A whole number, of at least 1 unless `from` is 0; another text is added to the problems under `name`. */
export function parseCount(
  text: string | undefined,
  note: { readonly name: string; readonly problems: string[] },
  from: 0 | 1 = 1,
): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,6}$/.test(text.trim()) && Number(text) >= from) return Number(text)
  note.problems.push(`${note.name} must be a whole number of at least ${from}`)
  return undefined
}

/** The highest limit of a line; the longest string of Node.js has 512 MiB of characters. */
export const mostLineMebibytes = 256

/** The longest line that is judged, in bytes, from a number of MiB. */
export function parseLineLimit(
  text: string | undefined,
  { name, problems }: { readonly name: string; readonly problems: string[] },
): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= mostLineMebibytes) return Number(text) << 20
  problems.push(`${name} must be a number of MiB from 1 to ${mostLineMebibytes}`)
  return undefined
}

/** The allowed words in texts, which may each list several, separated by commas; `undefined` if there are no texts. */
export function parseChoices<T extends string>(
  texts: readonly string[] | undefined,
  allowed: readonly T[],
  note: { readonly name: string; readonly problems: string[] },
): readonly T[] | undefined {
  if (!texts || texts.length === 0) return undefined
  const words = texts.flatMap((it) => it.split(','))
  return [...new Set(words.flatMap((it) => parseChoice(it, allowed, note) ?? []))]
}
