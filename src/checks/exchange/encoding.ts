import { header } from '../../model/http/exchange.ts'
import { neverArose, satisfied, undecided, violated } from '../../model/judgement.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { noParams } from '../params.ts'

/** The charset that a Content-Type names, in lower case. */
function charsetOf(contentType: string): string | undefined {
  return /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1]?.toLowerCase()
}

const utf8Body = exchangeCheck<true>({
  name: 'utf8-body',
  states:
    'A JSON body is UTF-8 without a byte order mark, and Content-Type names no other charset. For application/json only the body is judged, because a charset has no effect there. For a file only Content-Type is judged: other checks read its lines.',
  params: noParams,
  judge({ response, number }) {
    if (!response) return undecided({ kind: 'no-response', exchange: number })
    if (response.bytes === 0) return neverArose('the response has no body')
    const contentType = header(response.headers, 'content-type')?.trim() ?? ''
    if (contentType !== '' && !/^[^;]*json/i.test(contentType))
      return neverArose('the media type of the response is not one of JSON')
    // RFC 8259 section 11: the media type application/json has no parameter `charset`, and one has no effect.
    const charset = /^application\/json\s*(;|$)/i.test(contentType) ? undefined : charsetOf(contentType)
    if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
      return violated({
        message: 'Content-Type names a charset other than UTF-8.',
        expected: 'no charset, or charset=utf-8',
        actual: contentType,
        where: { exchange: number, part: { header: 'Content-Type' } },
      })
    if (response.encoding === undefined) return satisfied
    const isMarked = response.encoding === 'byte-order-mark'
    return violated({
      message: isMarked ? 'The body begins with a byte order mark.' : 'The body is not UTF-8.',
      expected: 'UTF-8 without a byte order mark (RFC 8259 section 8.1)',
      actual: isMarked ? 'U+FEFF before the JSON' : 'bytes that are not UTF-8',
      where: { exchange: number },
    })
  },
})

/** Checks on how bodies are encoded. */
export const encodingChecks: readonly Check[] = [utf8Body]
