import type { OutputFile } from '../model/http/exchange.ts'
import type { FileQueue } from './file-queue.ts'

/** Whole lines of one file, in their order. */
export interface LineSlice {
  readonly file: OutputFile
  /** Number of its first line, from 1. */
  readonly firstLine: number
  readonly bytes: SliceBytes
}

/** Where the bytes of a slice are: here, in a file, or still to come. */
export type SliceBytes =
  | { readonly held: Uint8Array }
  | { readonly path: string; readonly to: number }
  /** The next lines of a file that several threads read, about so many bytes of it. */
  | { readonly shared: FileQueue; readonly most: number }
  | { readonly gzip: string }
  | { readonly stream: AsyncIterable<Uint8Array> }

/** Says to all threads that no more is to be judged, once it holds another byte than 0. It lies in memory that they share. */
export type HaltSignal = Uint8Array<SharedArrayBuffer>
