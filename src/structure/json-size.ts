const quote = '"'
const colon = 58
const backslash = 92

/** How many names the objects of a JSON text have, those that occur twice counted twice. The text must be JSON. */
export function countNamesInText(text: string): number {
  let names = 0
  // From quote to quote, which indexOf finds much faster than a loop over characters would.
  let open = text.indexOf(quote)
  while (open >= 0) {
    let close = text.indexOf(quote, open + 1)
    while (text.charCodeAt(close - 1) === backslash && isEscaped(text, close))
      close = text.indexOf(quote, close + 1)
    if (close < 0) break
    if (text.charCodeAt(close + 1) === colon || startsWithColon(text, close + 1)) names++
    open = text.indexOf(quote, close + 1)
  }
  return names
}

function isEscaped(text: string, at: number): boolean {
  let start = at
  while (text.charCodeAt(start - 1) === backslash) start--
  return (at - start) % 2 === 1
}

function startsWithColon(text: string, at: number): boolean {
  let i = at
  while (text.charCodeAt(i) <= 32) i++
  return text.charCodeAt(i) === colon
}

/** How many names the objects of a parsed value have. */
export function countNamesInValue(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let names = 0
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') names += countNamesInValue(item)
    return names
  }
  for (const name in value) {
    names++
    const inner = (value as Record<string, unknown>)[name]
    if (typeof inner === 'object') names += countNamesInValue(inner)
  }
  return names
}

/** How many objects and arrays may be around one another: more than any resource has, and far from where the stack ends. */
export const maxNesting = 500

/**
 * A length that no JSON text of a parsed value goes below; NaN if it is nested deeper than `deepest`. A text in which a name occurs twice is longer.
 * So is one with escapes, with white space between its tokens, or with an exponent, and so are those of some numbers.
 */
export function minJsonLength(value: unknown, levels = maxNesting): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value === 'number') return minNumberLength(value)
  if (typeof value !== 'object' || value === null) return value === false ? 5 : 4
  if (levels === 0) return Number.NaN
  let length = 1
  if (Array.isArray(value)) {
    for (const item of value) length += minJsonLength(item, levels - 1) + 1
    return Math.max(length, 2)
  }
  for (const name in value)
    length += name.length + minJsonLength((value as Record<string, unknown>)[name], levels - 1) + 4
  return Math.max(length, 2)
}

// An exponent may be shorter than zeros at either end: 1e3, 5e-3. Infinity is 1e999.
const withZeros = /[eI]|000$|^-?0\.00/

function minNumberLength(value: number): number {
  // Most are small: their digits are counted without a text of them.
  if (value > 0 && value < 100 && Number.isInteger(value)) return value < 10 ? 1 : 2
  const text = String(value)
  if (withZeros.test(text)) return 1
  // 12e2 is as long as 1200.
  return text.endsWith('00') ? text.length - 1 : text.length
}
