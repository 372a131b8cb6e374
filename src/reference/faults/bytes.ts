import { honestConduct } from '../conduct/conduct.ts'
import { type Response, mapHeader, withHeader } from '../http-message.ts'
import { type Fault, onAnswer } from './definition.ts'

const mark = '\uFEFF'

// Two resources, compressed. It is the same on every platform, and so are the line ends and NULs in it.
const compressedFile = Buffer.from(
  'H4sIAAAAAAAAA4XMPQ7CMAwG0J1jeO5QJ43zcwoGLpDGn1ElKCiUAVXcnYWBjXeAt1PH4/bsDafXHVToWLcF60YDLUqF0DxLcqYIwpljDs4sphprqgozGuiMVdGpkOFaL6D3Yf+T6miYm49O1UmKnFnaJE386BPPU/hNv+UH1CUZhagAAAA=',
  'base64',
)

const before = (text: string) => (r: Response) =>
  typeof r.body === 'string' ? { ...r, body: `${text}${r.body}` } : r

const after = (text: string) => (r: Response) =>
  typeof r.body === 'string' ? { ...r, body: `${r.body}${text}` } : r

const inLatin1 = (r: Response) =>
  typeof r.body === 'string'
    ? { ...r, body: Buffer.from(r.body.replace('"diagnostics":"', '$&é '), 'latin1') }
    : r

const withCharset = (r: Response) => mapHeader(r, 'Content-Type', (type) => `${type}; charset=ISO-8859-1`)

/** Files of one kind with a text before their contents. */
const filesAfter = (kind: string, text: string): Fault['conduct'] => ({
  fileText: function* (lines, file, job) {
    if (file.kind === kind) yield text
    yield* honestConduct.fileText(lines, file, job)
  },
})

/** Faults of bytes and encodings at the edges of files and bodies. */
export const byteFaults: readonly Fault[] = [
  {
    id: 'manifest-with-bom',
    breaks: 'http.utf8',
    conduct: onAnswer('status.complete', before(mark)),
  },
  { id: 'status-errors-with-bom', breaks: 'http.utf8', conduct: onAnswer('status.unknown', before(mark)) },
  { id: 'refusals-in-latin-1', breaks: 'http.utf8', conduct: onAnswer('kickoff.refused', inLatin1) },
  { id: 'metadata-in-another-charset', breaks: 'http.utf8', conduct: onAnswer('metadata', withCharset) },
  { id: 'discovery-with-bom', breaks: 'http.utf8', conduct: onAnswer('discovery', before(mark)) },
  { id: 'tokens-with-bom', breaks: 'http.utf8', conduct: onAnswer('token.granted', before(mark)) },
  { id: 'files-in-another-charset', breaks: 'http.utf8', conduct: onAnswer('file.served', withCharset) },
  {
    id: 'manifest-with-trailing-bytes',
    breaks: 'export.status.complete-body',
    conduct: onAnswer('status.complete', after('\n<!-- served by node 3 -->\n')),
  },
  {
    id: 'manifest-with-trailing-nul',
    breaks: 'export.status.complete-body',
    conduct: onAnswer('status.complete', after('\0')),
  },
  { id: 'files-with-bom', breaks: 'export.ndjson.no-bom', conduct: filesAfter('output', mark) },
  {
    id: 'deleted-files-with-bom',
    release: '2.0.0',
    breaks: 'export.ndjson.no-bom',
    conduct: filesAfter('deleted', mark),
  },
  {
    id: 'error-files-with-bom',
    breaks: 'export.manifest.error.files-oo',
    configuration: { information: true },
    conduct: filesAfter('error', mark),
  },
  {
    id: 'error-files-with-a-heading',
    breaks: 'export.manifest.error.files-oo',
    conduct: filesAfter('error', 'messages of the export\n'),
  },
  {
    id: 'files-padded-with-nuls',
    breaks: 'export.ndjson.newline',
    // The padding is a line without JSON.
    also: ['export.ndjson.one-per-line', 'export.files.body.ndjson'],
    conduct: {
      fileText: function* (lines, file, job) {
        yield* honestConduct.fileText(lines, file, job)
        if (file.kind === 'output') yield '\0\0\0\0'
      },
    },
  },
  {
    id: 'files-gzipped-without-a-word',
    breaks: 'export.ndjson.utf8',
    // Compressed bytes do not form lines.
    also: ['export.ndjson.newline', 'export.manifest.error.files-oo'],
    conduct: onAnswer('file.served', (r) => ({ ...r, body: compressedFile })),
  },
  {
    id: 'files-in-an-encoding-nobody-accepts',
    breaks: 'http.whole-responses',
    conduct: onAnswer('file.served', (r) => withHeader(r, 'Content-Encoding', 'br')),
  },
]
