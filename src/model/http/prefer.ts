import type { HeaderList } from './exchange.ts'

/** Whether a request asks the server to ignore what it does not support: `Prefer: handling=lenient` (RFC 7240 section 4.4). */
export function prefersLenientHandling(headers: HeaderList): boolean {
  return headers.some(([name, value]) => name.toLowerCase() === 'prefer' && lenient.test(value))
}

// The names of preferences know no case, and a value may be quoted.
const lenient = /(^|,)\s*handling\s*=\s*"?lenient"?\s*([,;]|$)/i
