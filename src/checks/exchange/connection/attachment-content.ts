import { mediaType } from '../../../model/http/exchange.ts'
import { isSuccess } from '../../../model/http/status.ts'
import { neverArose, satisfied, undecided, violated } from '../../../model/judgement.ts'
import { indecisiveStatus } from '../../../model/reason.ts'
import { type Check, exchangeCheck } from '../../check.ts'
import { isHashOf } from '../../lines/attachments.ts'
import { textParam, withDescription } from '../../params.ts'

const attachmentContent = exchangeCheck<readonly string[]>({
  name: 'attachment-content',
  states:
    'The content of the attachment has the size and the SHA-1 hash that its resource states. Content of another media type than the resource states is inconclusive.',
  params: withDescription(textParam, 'The pick `attachmentFacts`.'),
  judge({ response, number }, facts, { evidence }) {
    const [size = '', hash = '', stated = ''] = facts
    if (size === '' && hash === '') return neverArose('the attachment has neither size nor hash')
    if (!response || !isSuccess(response.status))
      return undecided(indecisiveStatus(number, response?.status ?? 0, 'other'))
    const content = evidence.probe === 'request' ? evidence.content : undefined
    if (!content) return undecided('the content of the attachment was not read')
    const where = { exchange: number }
    const isSize = size === '' || Number(size) === content.bytes
    const isHash = hash === '' || isHashOf(hash, content.sha1)
    if (isSize && isHash) return satisfied
    if (mediaType(stated) === undefined || mediaType(stated) !== mediaType(content.mediaType))
      return undecided({
        kind: 'stated',
        text: 'the content has another media type than its resource states',
        exchanges: [number],
      })
    return isSize
      ? violated({
          message: 'The content of an attachment does not have the hash that its resource states.',
          expected: 'the SHA-1 hash of the content, in base64',
          actual: 'another value',
          where,
        })
      : violated({
          message: 'The content of an attachment does not have the size that its resource states.',
          expected: `${size} bytes`,
          actual: `${content.bytes} bytes`,
          where,
        })
  },
})

/** Checks of the content of attachments. */
export const attachmentContentChecks: readonly Check[] = [attachmentContent]
