/** The end of an error about an unknown name: `; did you mean …?` if a known name is similar, otherwise empty. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const near = nearestName(name, known)
  return near === undefined ? '' : `; did you mean \`${near}\`?`
}

const mostListed = 12

/** Like `didYouMean`, but lists the known names if none is similar and there are at most 12. */
export function didYouMeanOrList(name: string, known: readonly string[]): string {
  const near = didYouMean(name, known)
  return near === '' && known.length > 0 && known.length <= mostListed
    ? `; use one of ${joinNames(known)}`
    : near
}

/** The known name within two edits, or a name that begins with the given one or the other way round; `undefined` if no name is similar, or the given one has no letter. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  // Another number is not a misspelled one: 3.0.0 does not mean 2.0.0.
  if (!/\p{L}/u.test(name)) return undefined
  const wanted = name.toLowerCase()
  let best: { readonly name: string; readonly score: number } | undefined
  for (const candidate of known) {
    const other = candidate.toLowerCase()
    const edits = editDistance(wanted, other)
    const near = edits <= 2 && edits < Math.max(wanted.length, other.length) / 2
    const starts =
      wanted.length >= 3 && other.length >= 3 && (other.startsWith(wanted) || wanted.startsWith(other))
    if (!near && !starts) continue
    const score = near ? edits : 3 + edits
    if (!best || score < best.score) best = { name: candidate, score }
  }
  return best?.name
}

/** Number of edits between two words; an edit inserts, deletes or replaces a letter, or swaps two neighbors. */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(at(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, at(rows, i - 1, j - 1) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(rows, i - 2, j - 2) + 1)
      row.push(least)
    }
    rows.push(row)
  }
  return at(rows, a.length, b.length)
}

function at(rows: readonly (readonly number[])[], i: number, j: number): number {
  return rows[i]?.[j] ?? 0
}

/** Names as a list in a sentence: `a`, `b` or `c`. */
export function joinNames(names: readonly string[], word = 'or'): string {
  const quoted = names.map((it) => `\`${it}\``)
  const last = quoted.pop() ?? ''
  return quoted.length === 0 ? last : `${quoted.join(', ')} ${word} ${last}`
}
