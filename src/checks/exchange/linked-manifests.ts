import type { Evidence } from '../../model/evidence.ts'
import type { CompletedExport } from '../../model/export/export.ts'
import type { Exchange } from '../../model/http/exchange.ts'
import { isJsonObject, type JsonObject } from '../../model/json.ts'
import { displayValue, neverArose, satisfied, undecided, violated } from '../../model/judgement.ts'
import { type Check, exchangeCheck } from '../check.ts'
import { noParams, objectParams, textListParam, textParam } from '../params.ts'
import { judgeMediaType } from './header.ts'
import { unreadableBecause } from './manifest.ts'
import { bodyMember, responseBody } from './response-body.ts'

/** The complete export that a manifest is of; `undefined` if there is none. */
function completeExport(evidence: Evidence): CompletedExport | undefined {
  return evidence.probe === 'export' && evidence.export.state === 'complete' ? evidence.export : undefined
}

function nextLinksOf(exchange: Exchange): readonly JsonObject[] {
  const links = bodyMember(exchange, 'link')
  return Array.isArray(links) ? links.filter(isJsonObject).filter((it) => it.relation === 'next') : []
}

const manifestLink = exchangeCheck<true>({
  name: 'manifest-link',
  states:
    '`link` of the manifest, if it has one, is an array of one object, whose `relation` is `next` and whose `url` is a string.',
  params: noParams,
  judge(exchange) {
    const unreadable = unreadableBecause(exchange)
    if (unreadable) return unreadable
    const link = bodyMember(exchange, 'link')
    if (link === undefined) return neverArose('the manifest has no `link`')
    const wrong = (message: string, actual: string) =>
      violated({
        message,
        expected: 'an array of one object with `relation` `next` and a `url`',
        actual,
        where: { exchange: exchange.number, part: { pointer: '/link' } },
      })
    if (!Array.isArray(link)) return wrong('`link` of the manifest is not an array.', displayValue(link))
    // A manifest without another one after it may have an empty array.
    if (link.length === 0) return neverArose('`link` of the manifest is empty')
    if (link.length > 1) return wrong('`link` of the manifest has several items.', `${link.length} items`)
    const [item] = link
    if (!isJsonObject(item)) return wrong('The item of `link` is not an object.', displayValue(item))
    if (item.relation !== 'next')
      return wrong('`relation` of the link is not `next`.', displayValue(item.relation))
    return typeof item.url === 'string' && item.url !== ''
      ? satisfied
      : wrong('The link of the manifest has no `url`.', displayValue(item.url))
  },
})

/** A member that only a manifest has; `undefined` if the body is none. */
function memberOfManifest(exchange: Exchange): string | undefined {
  return ['output', 'transactionTime'].find((it) => bodyMember(exchange, it) !== undefined)
}

const manifestMediaType = exchangeCheck<string>({
  name: 'manifest-media-type',
  states: 'A response with a manifest has this media type.',
  params: textParam,
  judge: (exchange, type) =>
    memberOfManifest(exchange) === undefined
      ? neverArose('no response has a manifest')
      : judgeMediaType(exchange, [type]),
})

const noManifest = exchangeCheck<true>({
  name: 'no-manifest',
  states: 'The body is not a manifest: it is not a JSON object with `output` or `transactionTime`.',
  params: noParams,
  judge(exchange) {
    const body = responseBody(exchange)
    if (body.is === 'unknown') return undecided(body.reason)
    const member = memberOfManifest(exchange)
    if (member === undefined) return satisfied
    return violated({
      message: 'The response has a manifest.',
      expected: 'no manifest',
      actual: `a JSON object with \`${member}\``,
      where: { exchange: exchange.number, part: { pointer: `/${member}` } },
    })
  },
})

const sameFields = exchangeCheck<{ readonly except: readonly string[] }>({
  name: 'linked-manifest-fields',
  states: 'A linked manifest has the same fields with the same values as the first manifest of its export.',
  params: objectParams({ except: textListParam('Fields that may differ.') }, ['except']),
  judge(exchange, { except }, { evidence }) {
    const unreadable = unreadableBecause(exchange)
    if (unreadable) return unreadable
    const it = completeExport(evidence)
    const [first, page] = [it && responseBody(it.completion), responseBody(exchange)]
    if (first?.is !== 'json' || !isJsonObject(first.value) || page.is !== 'json' || !isJsonObject(page.value))
      return undecided('there is no manifest to compare with')
    const [before, after] = [first.value, page.value]
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    for (const name of names) {
      if (except.includes(name) || withoutSignatures(before[name]) === withoutSignatures(after[name]))
        continue
      return violated({
        message: `\`${displayValue(name).replaceAll('"', '')}\` of a linked manifest differs from that of the first manifest.`,
        expected: displayValue(before[name]),
        actual: displayValue(after[name]),
        where: { exchange: exchange.number, part: { pointer: `/${name}` } },
      })
    }
    return satisfied
  },
})

/** A value as text, its URLs without their queries: a server may sign a URL again. */
function withoutSignatures(value: unknown): string | undefined {
  return JSON.stringify(value, (_, it: unknown) =>
    typeof it === 'string' && /^https?:\/\//.test(it) ? it.split('?')[0] : it,
  )
}

const chainEnds = exchangeCheck<true>({
  name: 'manifest-chain-ends',
  states: 'The last manifest of a chain links to no other: no manifest links to one before it.',
  params: noParams,
  judge(exchange, _, { evidence }) {
    const it = completeExport(evidence)
    const last = it?.pages?.at(-1)
    if (!last) return neverArose('the manifest links to no other manifest')
    if (exchange.number !== last.number) return satisfied
    if (!last.response || last.response.status >= 400)
      return undecided('the last linked manifest could not be read')
    if (nextLinksOf(last).length === 0) return satisfied
    return violated({
      message: 'A linked manifest links to a manifest that comes before it.',
      expected: 'a last manifest without `link`',
      actual: displayValue(nextLinksOf(last)[0]?.url),
      where: { exchange: last.number, part: { pointer: '/link' } },
    })
  },
})

const filesOnce = exchangeCheck<true>({
  name: 'files-listed-once',
  states: 'All manifests of an export together list no file twice.',
  params: noParams,
  judge(exchange, _, { evidence }) {
    const it = completeExport(evidence)
    if (!it?.pages) return neverArose('the manifest links to no other manifest')
    const seen = new Set<string>()
    for (const { url } of it.manifest.items) {
      if (seen.has(url))
        return violated({
          message: 'Two manifests of an export list the same file.',
          expected: 'one item for each file',
          actual: `${it.manifest.items.length} items`,
          where: { exchange: exchange.number },
        })
      seen.add(url)
    }
    return satisfied
  },
})

const manifestKept = exchangeCheck<true>({
  name: 'manifest-kept',
  states:
    'The manifest of the complete export, with those that it links to, lists every file that this earlier manifest of the same job listed. bulkcheck compares URLs without their queries.',
  params: noParams,
  judge(exchange, _, { evidence }) {
    const it = completeExport(evidence)
    if (!it) return undecided('the export did not complete')
    const pages = [it.completion, ...(it.pages ?? [])]
    const long = [exchange, ...pages].find((manifest) => manifest.response?.rows)
    if (long)
      return {
        is: 'undecided',
        reason: { kind: 'unusable-body', exchange: long.number, flaw: 'too-long' },
      }
    const early = urlsOf(exchange)
    if (early.length === 0)
      return neverArose('no status response listed files while the export was in progress')
    const kept = new Set(pages.flatMap(urlsOf))
    const gone = early.filter((url) => !kept.has(url)).length
    if (gone === 0) return satisfied
    return violated({
      message:
        'Files that a manifest listed while the export was in progress are not listed when it is complete.',
      expected: `all ${early.length} files`,
      actual: `${gone} of them are missing`,
      where: { exchange: exchange.number },
    })
  },
})

function urlsOf(exchange: Exchange): readonly string[] {
  return ['output', 'deleted'].flatMap((name) => {
    const list = bodyMember(exchange, name)
    return (Array.isArray(list) ? list : []).flatMap((it: unknown) =>
      isJsonObject(it) && typeof it.url === 'string' ? [it.url.split('?')[0] ?? ''] : [],
    )
  })
}

const fileKept = exchangeCheck<true>({
  name: 'early-file-kept',
  states: 'A file that was downloaded while the export was in progress is as long when it is complete.',
  params: noParams,
  judge({ number, response }, _, { evidence }) {
    const it = completeExport(evidence)
    const early = it?.earlyFiles?.find(({ file }) => file.exchange === number)
    if (!it || !early?.file.retrieved || !response)
      return undecided('the file could not be downloaded while the export was in progress')
    const at = it.manifest.items.findIndex(({ url }) => url === early.url)
    const later = it.files.find((file) => file.number === at)
    if (!later?.retrieved) return undecided('the file could not be downloaded when the export was complete')
    if (later.bytes === early.file.bytes) return satisfied
    return violated({
      message: 'A file that was listed while the export was in progress is another when it is complete.',
      expected: `${early.file.bytes} bytes`,
      actual: `${later.bytes} bytes`,
      where: { exchange: later.exchange },
    })
  },
})

/** Checks on manifests that are spread over several responses. */
export const linkedManifestChecks: readonly Check[] = [
  manifestLink,
  noManifest,
  manifestMediaType,
  sameFields,
  chainEnds,
  filesOnce,
  manifestKept,
  fileKept,
]
