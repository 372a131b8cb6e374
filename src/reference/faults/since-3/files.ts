import { brotliCompressSync, gzipSync } from 'node:zlib'
import { headerOf, type Response, withHeader } from '../../http-message.ts'
import { refusal } from '../../operation-outcome.ts'
import { onAnswer } from '../definition.ts'
import { since3 } from './definition.ts'

const lines = Buffer.from('{"resourceType":"Patient","id":"1"}\n')

/** Another body for whoever asks for a file without compression. */
const uncompressed = (body: Uint8Array, change: (r: Response) => Response = (r) => r) =>
  onAnswer('file.served', (r, { request }) =>
    headerOf(request, 'accept-encoding') === 'identity' ? change({ ...r, body }) : r,
  )

/** Faults of downloads. */
export const fileFaultsSince3 = since3([
  {
    id: 'file-without-token-refused',
    breaks: 'export.files.capability-url.direct',
    // A client that follows the manifest gets no file.
    also: [
      'export.manifest.requires-access-token.true',
      'export.manifest.output.accessible',
      'export.partial.in-progress.available',
    ],
    configuration: { requiresAccessToken: false },
    conduct: onAnswer('file.served', (r, { request }) =>
      headerOf(request, 'authorization') === undefined
        ? refusal(401, { code: 'login', diagnostics: 'The request has no access token.' })
        : r,
    ),
  },
  {
    id: 'brotli-without-being-asked',
    breaks: 'export.files.encoding.allowed',
    conduct: uncompressed(brotliCompressSync(lines), (r) => withHeader(r, 'Content-Encoding', 'br')),
  },
  {
    id: 'compression-unsaid',
    breaks: 'export.files.encoding.header',
    conduct: uncompressed(gzipSync(lines)),
  },
  {
    id: 'other-lines-without-compression',
    breaks: 'export.files.encoding.decodes',
    conduct: uncompressed(lines),
  },
])
