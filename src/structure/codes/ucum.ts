import { metricAtoms, plainAtoms, ucumPrefixes } from './ucum-atoms.ts'

const mostCharacters = 200

/** Whether a text is a unit of UCUM (https://ucum.org/ucum, the grammar of section 2 and the atoms of its tables, case sensitive). */
export function isUcumUnit(text: string): boolean {
  if (text.length > mostCharacters) return false
  const start = text.startsWith('/') ? 1 : 0
  return termEnd(text, start) === text.length
}

// Each function returns the position behind what it has read, or -1.

function termEnd(text: string, from: number): number {
  let at = componentEnd(text, from)
  while (at >= 0 && (text[at] === '.' || text[at] === '/')) at = componentEnd(text, at + 1)
  return at
}

function componentEnd(text: string, from: number): number {
  if (text[from] === '(') {
    const end = termEnd(text, text[from + 1] === '/' ? from + 2 : from + 1)
    if (end < 0 || text[end] !== ')') return -1
    return text[end + 1] === '{' ? annotationEnd(text, end + 1) : end + 1
  }
  if (text[from] === '{') return annotationEnd(text, from)
  const end = symbolEnd(text, from)
  if (!isFactor(text.slice(from, end)) && !isSimpleUnit(text.slice(from, end))) return -1
  return text[end] === '{' ? annotationEnd(text, end) : end
}

// Spaces, and annotations of terms in parentheses, are not in the grammar, but in the list of usual units that R4 has.
function annotationEnd(text: string, from: number): number {
  const end = text.indexOf('}', from)
  return end >= 0 && /^[\x20-\x7e]*$/.test(text.slice(from, end)) && !text.slice(from + 1, end).includes('{')
    ? end + 1
    : -1
}

/** The end of a factor, or of a unit with its exponent; brackets may hold any sign. */
function symbolEnd(text: string, from: number): number {
  let at = from
  for (let isInBrackets = false; at < text.length; at += 1) {
    const sign = text[at] ?? ''
    if (sign === '[') isInBrackets = true
    else if (sign === ']') isInBrackets = false
    else if (!isInBrackets && './(){}'.includes(sign)) break
  }
  return at
}

function isFactor(text: string): boolean {
  return /^[1-9]\d*$/.test(text)
}

function isSimpleUnit(text: string): boolean {
  // The exponent of a power of ten is no part of its atom: 10*3, 10*-3.
  const [, unit = '', exponent] = /^(.*?[^\d+-])([+-]?\d+)?$/.exec(text) ?? []
  if (unit === '' || exponent === '0') return false
  if (metricAtoms.has(unit) || plainAtoms.has(unit)) return true
  return [1, 2].some((it) => ucumPrefixes.has(unit.slice(0, it)) && metricAtoms.has(unit.slice(it)))
}
