import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

// With the default of 16 KiB decoding is slower than reading what is decoded.
const chunkSize = 256 << 10

/** Decodes a complete gzip body of any number of members into `take`; returns what is wrong with it, or `undefined`. */
export async function gunzip(
  source: AsyncIterable<Uint8Array>,
  take: (chunk: Uint8Array) => boolean,
): Promise<'too-large' | 'undecodable' | 'malformed' | undefined> {
  let fed = 0
  let tooLarge = false
  const decoder = createGunzip({ chunkSize })
  try {
    await pipeline(
      async function* () {
        for await (const chunk of source) {
          fed += chunk.length
          yield chunk
        }
      },
      decoder,
      async (decoded: AsyncIterable<Uint8Array>) => {
        for await (const chunk of decoded) {
          if (take(chunk)) continue
          tooLarge = true
          throw new Error('enough')
        }
      },
    )
  } catch {
    // A truncated or damaged stream; its error would quote nothing of use.
    return tooLarge ? 'too-large' : 'undecodable'
  }
  // The decoder silently ignores what follows the last member.
  return decoder.bytesWritten === fed ? undefined : 'malformed'
}
