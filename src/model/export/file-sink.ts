import type { OutputFile } from '../http/exchange.ts'

/** Receives an output file during its download: `write` for its bytes, then `commit` or `discard` once. */
export interface FileSink {
  write(chunk: Uint8Array): void
  commit(file: OutputFile): void
  discard(): void
}

/** The members of an output file that are known before its end. */
export type OutputFileStart = Omit<OutputFile, 'retrieved' | 'bytes'>
