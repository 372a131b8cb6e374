import type { FileSink } from '../../model/export/file-sink.ts'
import type { OutputFile } from '../../model/http/exchange.ts'
import type { Spool } from './spool.ts'

/** A spool whose bytes are read as they arrive; it keeps only the beginning, and `copy` gets all of them. */
export interface PassThroughSpool extends Spool {
  commit(file: OutputFile): void
}

// A body that turns out to be an error is read as text: the beginning is held back until it is too long for that.
const longestHeldBack = 64 << 10

/** Hands the bytes of a body on to `sink`, and to `copy` if it is there. */
export function passThroughSpool(sink: FileSink, copy: Spool | undefined): PassThroughSpool {
  let beginning: Uint8Array[] = []
  let bytes = 0
  /** Let go of in the end: a session keeps the spool of every file. */
  let open: FileSink | undefined = sink
  const handOn = () => {
    for (const chunk of beginning) open?.write(chunk)
    beginning = []
  }
  return {
    get bytes() {
      return bytes
    },
    write(chunk) {
      bytes += chunk.length
      copy?.write(chunk)
      if (beginning.length === 0 && bytes > longestHeldBack) return open?.write(chunk)
      beginning.push(Uint8Array.from(chunk))
      if (bytes > longestHeldBack) handOn()
    },
    end: () => copy?.end(),
    async *read() {
      yield* beginning
    },
    keepAs: (name) => copy?.keepAs(name),
    commit(file) {
      handOn()
      open?.commit(file)
      open = undefined
    },
    drop() {
      beginning = []
      open?.discard()
      open = undefined
      copy?.drop()
    },
  }
}
