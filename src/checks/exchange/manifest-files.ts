import type { Evidence } from '../../model/evidence.ts'
import type { CompletedExport } from '../../model/export/export.ts'
import { header } from '../../model/http/exchange.ts'
import { isSuccess } from '../../model/http/status.ts'
import { displayValue, neverArose, satisfied, undecided, violated } from '../../model/judgement.ts'
import { indecisiveStatus } from '../../model/reason.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { noParams, objectParams } from '../params.ts'
import { judgeMediaType } from './header.ts'
import { bodyMember } from './response-body.ts'

/** The complete export that a download belongs to; `undefined` if there is none. */
function completeExport(evidence: Evidence): CompletedExport | undefined {
  return evidence.probe === 'export' && evidence.export.state === 'complete' ? evidence.export : undefined
}

const mediaTypeAsStated = exchangeCheck<true>({
  name: 'media-type-as-stated',
  states: 'The file has the media type that `outputFormat` of its manifest says.',
  params: noParams,
  judge(exchange, _, { evidence }) {
    const it = completeExport(evidence)
    const format = it && bodyMember(it.completion, 'outputFormat')
    if (typeof format !== 'string') return neverArose('the manifest has no string `outputFormat`')
    if (!isSuccess(exchange.response?.status))
      return undecided(indecisiveStatus(exchange.number, exchange.response?.status ?? 0, 'other'))
    return judgeMediaType(exchange, [format.split(';')[0]?.trim() ?? ''])
  },
})

const fileSizeAsStated = exchangeCheck<true>({
  name: 'file-size-as-stated',
  states:
    'The file has as many bytes as `fileSize` of its item says, before or after compression. A compressed file whose compressed size is not known is inconclusive if it has another size.',
  params: noParams,
  judge({ number, response }, _, { evidence }) {
    const it = completeExport(evidence)
    const file = it?.files.find((one) => one.exchange === number)
    const stated = file && it?.manifest.items[file.number]?.fileSize
    if (stated === undefined) return neverArose('the item of the file has no `fileSize`')
    if (!response || !file?.retrieved) return undecided('the file could not be downloaded')
    const length = Number(header(response.headers, 'content-length') ?? Number.NaN)
    if (stated === file.bytes || stated === length) return satisfied
    if (header(response.headers, 'content-encoding') !== undefined && Number.isNaN(length))
      return undecided('the file was compressed, and its compressed size is not known')
    return violated({
      message: '`fileSize` of an item is not the size of its file.',
      expected: `${file.bytes} bytes`,
      actual: displayValue(stated),
      where: { exchange: number },
    })
  },
})

const listsMessages = exchangeCheck<true>({
  name: 'lists-messages',
  states: 'The manifest lists at least one file with messages: under `error`, or under `outcome` in 4.0.0.',
  params: noParams,
  judge(exchange, _, { evidence }) {
    const it = completeExport(evidence)
    if (!it) return undecided('the export did not complete')
    if (it.manifest.items.some(({ kind }) => kind === 'error')) return satisfied
    return violated({
      message: 'The manifest lists no file with messages.',
      expected: 'at least one file of OperationOutcomes',
      actual: 'no such file',
      where: { exchange: exchange.number },
    })
  },
})

/** More processes than this hardly write resources of one type side by side. */
const mostRemainders = 10

const fileSizes = exchangeCheck<{ readonly least?: number; readonly most?: number }>({
  name: 'file-sizes',
  states:
    'An output file has at least or at most so many bytes. One file of each type may be smaller, and a file of one resource larger. Up to ten smaller files of a type, or any number beside one that is large enough, are inconclusive: processes that write side by side each leave one.',
  params: objectParams(
    {
      least: { type: 'integer', minimum: 1, description: 'Bytes that each file has at least.' },
      most: { type: 'integer', minimum: 1, description: 'Bytes that each file has at most.' },
    },
    [],
  ),
  judge({ number }, { least = 0, most = Number.POSITIVE_INFINITY }, { evidence }) {
    const it = completeExport(evidence)
    const file = it?.files.find((one) => one.exchange === number)
    if (!it || !file || file.kind !== 'output') return neverArose('the file is not an output file')
    if (!file.retrieved) return undecided('the file did not arrive whole')
    const { count } = it.manifest.items[file.number] ?? {}
    const alike = it.files.filter((other) => other.kind === 'output' && other.type === file.type)
    const small = file.bytes < least ? alike.filter(({ bytes }) => bytes < least).length : 0
    const isSmall = small > 1
    if (isSmall && (small <= mostRemainders || small < alike.length))
      return undecided(`${small} files of the type are smaller, and each may be what one process had left`)
    if (file.bytes > most && count === undefined)
      return undecided('the manifest does not say whether the file has one resource')
    if (!isSmall && (file.bytes <= most || count === 1)) return satisfied
    return violated({
      message: isSmall ? 'A file is smaller than requested.' : 'A file is larger than requested.',
      expected: isSmall ? `at least ${least} bytes` : `at most ${most} bytes`,
      actual: `${file.bytes} bytes`,
      where: { exchange: number },
    })
  },
})

/** Checks that compare a manifest with the files that it lists. */
export const manifestFileChecks: readonly Check[] = [
  mediaTypeAsStated,
  fileSizeAsStated,
  fileSizes,
  listsMessages,
]
