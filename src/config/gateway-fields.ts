import type { GatewayHeader, TokenField } from '../model/target.ts'
import type { PartialField, PartialHeader } from './partial-settings.ts'
import { type Diagnostics, readSecretSource } from './secret-source.ts'

/** Fields of the protocol, and those that are about one connection. */
const ownHeaders = new Set([
  ...['accept', 'accept-encoding', 'authorization', 'cache-control', 'content-type', 'prefer'],
  ...['connection', 'content-length', 'expect', 'host', 'keep-alive', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
])

const ownFields = new Set([
  'grant_type',
  'scope',
  'client_assertion',
  'client_assertion_type',
  'client_secret',
])

/** The configured header fields with their values; what cannot be sent is noted. */
export function headersOf(headers: readonly PartialHeader[], notes: Diagnostics): readonly GatewayHeader[] {
  return headers.flatMap((it) => {
    const { name, atTokenEndpoint, isPlain } = it
    const lower = name.toLowerCase()
    const note = (what: string) => void notes.problems.push(`\`target.headers\`: ${what}`)
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      note('the name of a header field has characters that cannot be sent')
    else if (lower === 'authorization') note('set Authorization through `target.authorization`')
    else if (ownHeaders.has(lower)) note(`bulkcheck sets ${name} itself`)
    else if (headers.some((other) => other !== it && other.name.toLowerCase() === lower))
      note(`${name} occurs twice`)
    const value = readSecretSource(it.value, notes)?.trim()
    if (value === undefined) return []
    if (!/^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/.test(value))
      note(`the value of ${name} is empty or has characters that cannot be sent`)
    return [{ name, value, atTokenEndpoint, isSecret: !isPlain || looksLikeKey(value) }]
  })
}

/** The configured form fields with their values; those of the protocol are noted. */
export function fieldsOf(fields: readonly PartialField[], notes: Diagnostics): readonly TokenField[] {
  return fields.flatMap(({ name, value: source, isPlain }) => {
    if (ownFields.has(name)) notes.problems.push(`\`tokenFields\`: bulkcheck sets ${name} itself`)
    const value = readSecretSource(source, notes)?.trim()
    return value === undefined ? [] : [{ name, value, isSecret: !isPlain }]
  })
}

/** Whether a value is more likely a key than a word, a version or a URL. */
function looksLikeKey(value: string): boolean {
  return /^[\w+/=-]{12,}$/.test(value) && /\d/.test(value) && /[a-z]/i.test(value)
}
