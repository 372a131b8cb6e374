import { withStatus } from '../../http-message.ts'
import type { Resource } from '../../population/model.ts'
import { type Fault, onAnswer } from '../definition.ts'
import { ofType } from './structure.ts'

type Attachment = Readonly<Record<string, unknown>>

/** Changes the attachments of documents as they are written into output files. */
function attachments(change: (attachment: Attachment) => Attachment): Fault['conduct'] {
  return ofType('DocumentReference', (it: Resource) => ({
    ...it,
    content: (it.content as readonly { readonly attachment: Attachment }[]).map((each) => ({
      ...each,
      attachment: change(each.attachment),
    })),
  }))
}

const isBinary = (url: string) => url.includes('/Binary/')

/** Faults of attachments, in resources and where their URLs lead. */
export const attachmentFaults: readonly Fault[] = [
  {
    id: 'attachments-without-content-type',
    breaks: 'export.attachments.content-type',
    // R4 requires a contentType beside data.
    also: ['export.ndjson.valid-resources'],
    conduct: attachments(({ contentType: _, ...rest }) => rest),
  },
  {
    id: 'attachments-without-content',
    breaks: 'export.attachments.data-or-url',
    conduct: attachments(({ data: _, url: _url, ...rest }) => rest),
  },
  {
    id: 'relative-attachment-urls',
    breaks: 'export.attachments.url.absolute-always',
    conduct: attachments((it) =>
      typeof it.url === 'string' ? { ...it, url: it.url.replace(/^.*(?=Binary\/)/, '') } : it,
    ),
  },
  {
    id: 'relative-attachment-urls-in-3',
    breaks: 'export.attachments.url.absolute-without-data',
    conduct: attachments((it) =>
      typeof it.url === 'string' && it.data === undefined
        ? { ...it, url: it.url.replace(/^.*(?=Binary\/)/, '') }
        : it,
    ),
  },
  {
    id: 'attachments-with-wrong-hash',
    breaks: 'export.attachments.hash-size',
    // That of data in the resource is a rule on resources.
    conduct: attachments((it) =>
      it.url === undefined ? it : { ...it, hash: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
    ),
  },
  {
    id: 'attachments-not-found',
    breaks: 'export.attachments.url.dereferenceable',
    conduct: onAnswer('rest.read', (response, { request }) =>
      isBinary(request.url) ? withStatus(response, 404) : response,
    ),
  },
  {
    id: 'attachments-want-other-credentials',
    breaks: 'export.attachments.url.with-token',
    also: ['export.attachments.url.no-extra-credentials'],
    conduct: onAnswer('rest.read', (response, { request }) =>
      isBinary(request.url) ? withStatus(response, 401) : response,
    ),
  },
  {
    id: 'attachments-always-want-a-token',
    breaks: 'export.attachments.url.without-token',
    configuration: { requiresAccessToken: false },
    conduct: { protectsAttachments: () => true },
  },
  {
    id: 'attachments-for-everybody',
    breaks: 'export.attachments.url.protected',
    conduct: { protectsAttachments: () => false },
  },
]
