import type { OutputFile } from '../model/http/exchange.ts'
import type { FileQueue } from './file-queue.ts'

/** Whole lines of one file, in their order. */
export interface LineSlice {
  readonly file: OutputFile
  /** Number of its first line, from 1. */
  readonly firstLine: number
  readonly bytes: SliceBytes
}

/** Where the bytes of a slice are: in memory, in a file, or not yet taken. */
export type SliceBytes =
  | { readonly held: Uint8Array }
  | { readonly path: string; readonly to: number }
  /** The next lines of a file that several threads read, about this many bytes. */
  | { readonly shared: FileQueue; readonly most: number }
  | { readonly gzip: string }
  | { readonly stream: AsyncIterable<Uint8Array> }

/** Stops the judging in all threads once its byte is not 0. They share its memory. */
export type HaltSignal = Uint8Array<SharedArrayBuffer>
