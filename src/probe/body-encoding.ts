import { isUtf8 } from 'node:buffer'
import type { Exchange } from '../model/http/exchange.ts'

/** A flaw in the bytes of a body. */
export type OddEncoding = NonNullable<NonNullable<Exchange['response']>['encoding']>

/** The flaw of bytes that should be UTF-8 without a byte order mark; their text does not show it. */
export function oddEncoding(bytes: Uint8Array): OddEncoding | undefined {
  if (!isUtf8(bytes)) return 'not-utf-8'
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 'byte-order-mark' : undefined
}
