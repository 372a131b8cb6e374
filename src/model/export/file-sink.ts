import type { OutputFile } from '../http/exchange.ts'

/** Takes an output file while it comes: first its bytes, then either what became of it or that nothing did. */
export interface FileSink {
  write(chunk: Uint8Array): void
  commit(file: OutputFile): void
  discard(): void
}

/** What is known of an output file before its end. */
export type OutputFileStart = Omit<OutputFile, 'retrieved' | 'bytes'>
