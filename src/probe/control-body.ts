import { createHash } from 'node:crypto'
import {
  type ManifestReader,
  type ManifestReading,
  openManifestReader,
} from '../model/export/manifest-reader.ts'
import type { ManifestOptions } from '../model/export/manifest.ts'
import type { OddEncoding } from './body-encoding.ts'
import { oddEncoding } from './body-encoding.ts'
import type { ByteSink } from './transport/message.ts'
import type { Limits } from '../model/target.ts'
import type { Spool } from './transport/spool.ts'

/** Bodies up to this length are kept whole; longer ones may be manifests, and are read as they come. */
const longestWhole = 256 << 10
const longestHead = 2 << 10

/** The body of a control response as far as it is kept. */
export interface ControlContent {
  /** The whole text, of a long manifest one with an item of each kind, or the beginning of another long body. */
  readonly text?: string
  readonly encoding?: OddEncoding | undefined
  readonly reading?: ManifestReading & { readonly is: 'manifest' }
  /** The end of a long body, of which `text` is the beginning. */
  readonly end?: string
  readonly digest?: string
}

/** Takes the body of a response that may be a manifest of any length. */
interface ControlBody extends ByteSink {
  end(): ControlContent
}

/** Begins to take the body of a response from a URL, and keeps it whole up to a length; `options` say how a manifest is read. */
export function openControlBody(
  url: string,
  options: ManifestOptions,
  mostWhole = longestWhole,
): ControlBody {
  const hash = createHash('sha256')
  let chunks: Uint8Array[] = []
  let bytes = 0
  let head = Buffer.alloc(0)
  let tail = Buffer.alloc(0)
  let reader: ManifestReader | undefined
  return {
    write(chunk) {
      hash.update(chunk)
      bytes += chunk.length
      if (reader) {
        reader.write(chunk)
        tail = Buffer.concat([tail, chunk.subarray(-longestHead)]).subarray(-longestHead)
        return
      }
      chunks.push(Uint8Array.from(chunk))
      if (bytes <= mostWhole) return
      reader = openManifestReader(url, options)
      for (const it of chunks) reader.write(it)
      const beginning = Buffer.concat(chunks)
      head = Buffer.from(beginning.subarray(0, longestHead))
      tail = Buffer.from(beginning.subarray(-longestHead))
      chunks = []
    },
    end() {
      const digest = hash.digest('hex')
      if (!reader) return { ...textOf(Buffer.concat(chunks)), digest }
      const reading = reader.end()
      if (reading.is === 'manifest') {
        const encoding = reading.utf8 ? oddEncoding(head.subarray(0, 3)) : 'not-utf-8'
        return { text: reading.sample, encoding, reading, digest }
      }
      // Of what is not JSON the beginning shows that.
      if (reading.is === 'broken') return { text: utf8.decode(head), digest }
      return { text: utf8.decode(head), end: utf8.decode(tail), digest }
    },
  }
}

const utf8 = new TextDecoder()

/** The text of a whole body, and what is odd about its bytes. */
function textOf(bytes: Uint8Array): ControlContent {
  return { text: utf8.decode(bytes), encoding: oddEncoding(bytes) }
}

/** What is kept of the body of a response. A spooled body that is not an output file is probably an error message. */
export async function contentOf(
  { controlBodyBytes }: Limits,
  spool: Spool | undefined,
  body: ControlBody | undefined,
): Promise<ControlContent> {
  if (!spool) return body?.end() ?? {}
  if (spool.bytes > controlBodyBytes) return {}
  const chunks: Uint8Array[] = []
  for await (const chunk of spool.read()) chunks.push(chunk)
  return textOf(Buffer.concat(chunks))
}
