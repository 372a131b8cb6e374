import { byte } from './machine.ts'
import { quote, anyStringEnd } from './text.ts'

const comma: i32 = 44
const openBracket: i32 = 91
const closeBracket: i32 = 93
const openBrace: i32 = 123
const closeBrace: i32 = 125

/** The next byte that is not a space or tab. */
export function afterSpace(p: i32): i32 {
  // Usually there is none.
  if (byte(p) > 32) return p
  while (byte(p) === 32 || byte(p) === 9) p++
  return p
}

/** The end of the member or item at `p`: a comma, or the bracket that closes its parent; 0 if it is not JSON. Only brackets and strings are looked at. */
export function memberEnd(p: i32): i32 {
  let q = p
  let depth = 0
  while (true) {
    const c = byte(q)
    if (c === quote) {
      q = anyStringEnd(q + 1)
      if (q === 0) return 0
      q++
    } else {
      if (c < 32 && c !== 9) return 0
      if (c === openBrace || c === openBracket) depth++
      else if (c === closeBrace || c === closeBracket) {
        if (depth === 0) return q
        depth--
      } else if (depth === 0 && c === comma) return q
      q++
    }
  }
}
