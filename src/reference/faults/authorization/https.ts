import { mapHeader, withHeader, withJson, withoutBody, withStatus } from '../../http-message.ts'
import { type Fault, onAnswer } from '../definition.ts'
import { changeEntries } from '../manifest/changes.ts'

const plain = (url: string) => url.replace(/^https:/, 'http:')

const redirectToHttp = (kind: 'status.complete' | 'file.served') =>
  onAnswer(kind, (r, { request }) =>
    withoutBody(withHeader(withStatus(r, 302), 'Location', plain(request.url))),
  )

/** Faults of a server that leads from https to http; one without https has none to lose. */
export const httpsFaults: readonly Fault[] = [
  {
    id: 'http-polling-location',
    breaks: 'tls.no-downgrade',
    // It is then without TLS.
    also: ['tls.status-endpoint'],
    conduct: onAnswer('kickoff.accepted', (r) => mapHeader(r, 'Content-Location', plain)),
  },
  {
    id: 'http-file-urls',
    breaks: 'tls.no-downgrade',
    // It is then without TLS.
    also: ['tls.file-endpoint'],
    conduct: changeEntries('output', (item) => ({ ...item, url: plain(item.url) })),
  },
  {
    id: 'http-token-endpoint',
    breaks: 'tls.no-downgrade',
    // It is then without TLS.
    also: ['tls.token-endpoint'],
    conduct: onAnswer('discovery', (r) =>
      withJson(r, (body) => ({ ...body, token_endpoint: plain(String(body.token_endpoint)) })),
    ),
  },
  { id: 'status-redirected-to-http', breaks: 'tls.no-downgrade', conduct: redirectToHttp('status.complete') },
  { id: 'files-redirected-to-http', breaks: 'tls.no-downgrade', conduct: redirectToHttp('file.served') },
]
