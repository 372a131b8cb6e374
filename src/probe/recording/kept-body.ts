import type { Exchange } from '../../model/http/exchange.ts'

/** What an exchange keeps of a body: all that checks need, or its beginning and its end. */
export type KeptBody = Pick<NonNullable<Exchange['response']>, 'body' | 'bodyEnd' | 'rows'>

const roomForBodies = 24 << 20
const longestShort = 4 << 10
const longestEnd = 1 << 10

/** The room that the bodies of all exchanges of a run have: once it is full, long ones are cut. */
export function openBodyRoom(): { kept(body: KeptBody): KeptBody } {
  let left = roomForBodies
  return {
    kept(whole) {
      const { body = '', bodyEnd } = whole
      left -= body.length
      if (left > 0 || body.length <= longestShort || bodyEnd !== undefined) return whole
      return { body: body.slice(0, longestEnd), bodyEnd: body.slice(-longestEnd) }
    },
  }
}
