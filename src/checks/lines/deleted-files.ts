import type { Line } from '../../model/http/exchange.ts'
import type { LinesCheck } from '../check.ts'
import { isId } from '../../model/fhir/names.ts'
import { isJsonObject } from '../../model/json.ts'
import { isResourceType } from '../../r4/facts.ts'
import { noParams, textListParam } from '../params.ts'
import { displayType } from '../resource-type.ts'
import { eachLineCheck, resourceOn } from './tally.ts'

const noBundles = 'the deleted files contain no Bundles to check'

function entriesOf(line: Line): readonly unknown[] | undefined {
  const it = resourceOn(line)
  if (it?.resourceType !== 'Bundle') return undefined
  return Array.isArray(it.entry) ? it.entry : []
}

function requestsOf(line: Line): readonly Readonly<Record<string, unknown>>[] {
  return (entriesOf(line) ?? []).map((it) => (isJsonObject(it) && isJsonObject(it.request) ? it.request : {}))
}

const deletedBundles = eachLineCheck<true>({
  name: 'deleted-bundles',
  states: 'Every line of a deleted file that is not blank is a Bundle of type transaction.',
  params: noParams,
  nothing: 'the deleted files contain no lines',
  see(line) {
    if (line.text.trim() === '') return 'nothing'
    const it = resourceOn(line)
    if (it?.resourceType === 'Bundle' && it.type === 'transaction') return 'right'
    const message = 'A line of a deleted file is not a Bundle of type transaction.'
    const actual =
      it?.resourceType === 'Bundle'
        ? 'a Bundle of another type'
        : it
          ? displayType(it.resourceType)
          : 'not a JSON object'
    return { message, expected: 'a Bundle of type transaction', actual }
  },
})

const deletedEntries = eachLineCheck<true>({
  name: 'deleted-entries',
  states: 'Every Bundle of a deleted file has an entry.',
  params: noParams,
  nothing: noBundles,
  see(line) {
    const list = entriesOf(line)
    if (!list) return 'nothing'
    return list.length > 0
      ? 'right'
      : {
          message: 'A Bundle of a deleted file has no entry.',
          expected: 'at least one entry',
          actual: 'none',
        }
  },
})

const deletedRequests = eachLineCheck<true>({
  name: 'deleted-requests',
  states: 'Every entry of a deleted file has a request with `url` and `method`.',
  params: noParams,
  nothing: noBundles,
  see(line) {
    const list = requestsOf(line)
    if (list.length === 0) return 'nothing'
    const lacking = ['url', 'method'].filter((name) =>
      list.some((it) => typeof it[name] !== 'string' || it[name] === ''),
    )
    if (lacking.length === 0) return 'right'
    return {
      message: `An entry of a deleted file has no request.${lacking[0]}.`,
      expected: 'request.url and request.method',
      actual: 'absent',
    }
  },
})

const deletedUrls = eachLineCheck<true>({
  name: 'deleted-urls',
  states:
    'Every `request.url` in a deleted file names a resource of R4 as `Type/id`, or as a search `Type?…`.',
  params: noParams,
  nothing: noBundles,
  see(line) {
    const urls = requestsOf(line).flatMap(({ url }) => (typeof url === 'string' && url !== '' ? [url] : []))
    if (urls.length === 0) return 'nothing'
    if (urls.every(namesResource)) return 'right'
    return {
      message: 'request.url of an entry of a deleted file does not name a resource.',
      expected: 'a resource type of FHIR R4 and an id, as in Patient/123',
      actual: 'another form',
    }
  },
})

/** Whether a URL, relative or absolute, ends in a type and an id, or in a type and a search. */
function namesResource(url: string): boolean {
  const [path = '', search] = url.split('?')
  const segments = path.replace(/\/_history\/[^/]+$/, '').split('/')
  if (search) return isResourceType(segments.at(-1))
  return isResourceType(segments.at(-2)) && isId(segments.at(-1))
}

const deletedMethod = eachLineCheck<true>({
  name: 'deleted-method',
  states: 'Every `request.method` in a deleted file is DELETE.',
  params: noParams,
  nothing: noBundles,
  see(line) {
    const methods = requestsOf(line).flatMap((it) => (typeof it.method === 'string' ? [it.method] : []))
    if (methods.length === 0) return 'nothing'
    const other = methods.find((it) => it !== 'DELETE')
    if (other === undefined) return 'right'
    return {
      message: 'An entry of a deleted file has a method other than DELETE.',
      expected: 'DELETE',
      actual: /^[A-Z]{1,10}$/.test(other) ? other : 'another string',
    }
  },
})

const deletedTypes = eachLineCheck<readonly string[]>({
  name: 'deleted-types',
  states: 'Every entry of a deleted file names a resource of one of these types.',
  params: textListParam('Resource types.'),
  nothing: noBundles,
  see(line, wanted) {
    const found = requestsOf(line).flatMap(({ url }) => (typeof url === 'string' ? [typeNamed(url)] : []))
    if (found.length === 0) return 'nothing'
    const other = found.find((it) => it !== undefined && !wanted.includes(it))
    if (other === undefined) return 'right'
    return {
      message: `A deleted file names a resource of another type: ${displayType(other)}.`,
      expected: wanted.join(' or '),
      actual: displayType(other),
    }
  },
})

function typeNamed(url: string): string | undefined {
  const [path = ''] = url.split('?')
  return path.split('/').findLast((it) => isResourceType(it))
}

/** Checks on deleted files. */
export const deletedFileChecks: readonly LinesCheck<never, unknown>[] = [
  deletedBundles,
  deletedEntries,
  deletedRequests,
  deletedUrls,
  deletedMethod,
  deletedTypes,
]
