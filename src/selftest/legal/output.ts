import { on } from '../../reference/fault.ts'
import type { OutputFile } from '../../reference/job.ts'
import { withHeader, withJson, withoutBody, withStatus } from '../../reference/message.ts'
import { baseUrl } from '../matrix.ts'
import { signedUrls, storage } from './gateways.ts'
import type { LegalVariation } from './variation.ts'

type Item = Readonly<Record<string, unknown>>

function eachItem(manifest: Item, change: (item: Item) => Item): Item {
  const changed = (list: unknown) => (Array.isArray(list) ? list.map((it: Item) => change(it)) : list)
  const lists = ['output', 'deleted', 'error'].filter((name) => name in manifest)
  return { ...manifest, ...Object.fromEntries(lists.map((name) => [name, changed(manifest[name])])) }
}

function* joined(lines: Iterable<string>, between: string): Iterable<string> {
  let first = true
  for (const line of lines) {
    yield first ? line : `${between}${line}`
    first = false
  }
}

function* ended(lines: Iterable<string>, end: string): Iterable<string> {
  for (const line of lines) yield `${line}${end}`
}

function* followed(texts: Iterable<string>, last: string): Iterable<string> {
  yield* texts
  yield last
}

/** Last things first, and halves of what was one type apart. */
function shuffled(files: readonly OutputFile[]): readonly OutputFile[] {
  const turned = files.toReversed()
  return [...turned.filter((_, at) => at % 2 === 1), ...turned.filter((_, at) => at % 2 === 0)]
}

let signature = 0

/** Variations of the manifest, of output files as files, and of their lines as text. */
export const outputVariations: readonly LegalVariation[] = [
  {
    id: 'further-manifest-members',
    states:
      'The manifest and its items have members that the guide does not know, transactionTime has no fraction, and media types have parameters and capitals, which mean nothing (RFC 9110 section 8.3.1).',
    conduct: {
      transactionTime: ({ startedAt }) => new Date(startedAt).toISOString().replace(/\.\d+Z/, 'Z'),
      answer: (kind, response) => {
        if (kind === 'file.served')
          return withHeader(
            response,
            'Content-Type',
            'Application/FHIR+NDJSON; charset=UTF-8; fhirVersion=4.0',
          )
        if (kind === 'file.refused') return withStatus(withoutBody(response), 401)
        if (kind !== 'status.complete') return response
        const more = withJson(response, (body) => ({
          JobID: 17,
          message: 'Done.',
          ...eachItem(body, (item) => ({ ...item, checksum: 'sha256:0', length: 1 })),
        }))
        return withHeader(more, 'Content-Type', 'application/json; charset=utf-8')
      },
    },
  },
  {
    id: 'request-behind-a-proxy',
    states: 'request has the scheme and host of the outside, other escapes and another order of parameters.',
    conduct: on('status.complete', (response) =>
      withJson(response, (body) => ({
        ...body,
        request: String(body.request)
          .replace(baseUrl, 'https://bulk.example/r4')
          .replace('$export', '%24export')
          .replace(/\?(.*)$/, (_, query: string) => `?${query.split('&').toReversed().join('&')}`),
      })),
    ),
    // Nobody but the operator knows whether that is a name of the server.
    untold: ['export.manifest.request.full-url'],
  },
  {
    id: 'transaction-time-of-completion',
    states:
      'transactionTime is when the last status request found the job complete, with an offset and microseconds.',
    configuration: { retryAfterSeconds: 5 },
    conduct: {
      transactionTime: ({ completedAt, startedAt }) =>
        new Date((completedAt ?? startedAt) + 7_200_000).toISOString().replace('Z', '000+02:00'),
    },
  },
  {
    id: 'signed-urls',
    states:
      'With requiresAccessToken false, file URLs are signed anew whenever the manifest is asked for, and refuse a token as a second mechanism.',
    configuration: { requiresAccessToken: false },
    gateway: () => signedUrls,
    conduct: {
      findsFile: (files, name) => files.find((file) => file.name === name.split('?')[0]),
      ...on('status.complete', (response) =>
        withJson(response, (body) => {
          signature += 1
          return eachItem(body, (item) => ({ ...item, url: `${item.url}?X-Amz-Signature=${signature}%2B` }))
        }),
      ),
    },
  },
  {
    id: 'files-redirected-within-the-origin',
    states: 'Files that require a token are redirected to signed URLs at the same origin.',
    gateway: () => storage('http://127.0.0.1:4000'),
  },
  {
    id: 'files-redirected-to-storage',
    states:
      'Files that require a token are redirected to signed URLs of a storage service, which refuses it.',
    gateway: () => storage('http://127.0.0.1:4002'),
  },
  {
    id: 'files-in-any-order',
    states: 'Types have several files, in any order among those of others, and resources come in any order.',
    configuration: { linesPerFile: 3, levels: ['patient'] },
    conduct: { files: shuffled, contents: (resources) => resources.toReversed() },
  },
  {
    id: 'other-files-every-time',
    states:
      'An export is cut into files in another way than the one before: nothing says that it must not be.',
    configuration: { levels: ['system'], linesPerFile: 4 },
    conduct: {
      files: (files, { startedAt }) => (startedAt % 2_000 === 0 ? files.toReversed() : files),
      contents: (resources, { startedAt }) => {
        const at = (startedAt / 1000) % Math.max(1, resources.length)
        return [...resources.slice(at), ...resources.slice(0, at)]
      },
    },
  },
  {
    id: 'messages-of-every-severity',
    states: 'Error files hold warnings and information of an export that succeeded.',
    configuration: { information: true },
    conduct: {
      line: (resource) =>
        JSON.stringify(resource).replace('"severity":"information"', '"severity":"warning"'),
    },
  },
  {
    id: 'carriage-returns',
    states: 'Lines end with CR LF, which the NDJSON specification lets parsers take.',
    conduct: { text: (lines) => ended(lines, '\r\n') },
  },
  {
    id: 'blank-last-line',
    states: 'A file ends with a blank line, which parsers MAY ignore and which helps nobody.',
    conduct: { text: (lines) => followed(ended(lines, '\n'), '\n') },
    noted: ['export.ndjson.blank-lines'],
  },
  {
    id: 'json-with-whitespace-and-escapes',
    states:
      'Lines have JSON whitespace around them and within, escapes, and their members in another order; the last has no newline after it, which the NDJSON specification asks of others only.',
    conduct: {
      text: (lines) => joined(lines, '\n'),
      line: (resource) => {
        const { resourceType, ...rest } = resource
        return ` ${JSON.stringify({ ...rest, resourceType })
          .replace(/[\u0080-\uffff]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .replace(/":(?=["[{])/g, '" :\t')} `
      },
    },
  },
  {
    id: 'empty-file-for-a-type',
    states: 'A type without resources has an empty file, with a count of 0; it SHOULD NOT.',
    conduct: {
      files: (files, { kickoff }) =>
        kickoff.types === undefined
          ? [...files, { kind: 'output', type: 'Device', name: 'Device.000.ndjson', resources: [] }]
          : files,
    },
    noted: ['export.manifest.output.no-empty-type'],
  },
  {
    id: 'empty-deleted-always',
    states: 'deleted is an empty array although resources have been deleted: naming them is optional.',
    conduct: { listsDeletion: () => false },
  },
  {
    id: 'bare-deletion-bundles',
    states: 'The Bundles of a deleted file have neither id nor meta, and a fullUrl, which FHIR leaves open.',
    conduct: {
      deletionBundle: ({ type, id }) =>
        ({
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [
            { fullUrl: `${baseUrl}/${type}/${id}`, request: { method: 'DELETE', url: `${type}/${id}` } },
          ],
        }) as never,
    },
  },
]
