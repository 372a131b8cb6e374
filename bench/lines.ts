import { closeSync, openSync, readSync } from 'node:fs'

const size = 1 << 20

/** Calls back with each line of a file, without its LF; reads a megabyte at a time. */
export function forEachLine(path: string, take: (line: string) => void): void {
  let buffer = Buffer.allocUnsafe(size)
  let held = 0
  const file = openSync(path, 'r')
  try {
    for (;;) {
      if (held === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)])
      const read = readSync(file, buffer, held, buffer.length - held, null)
      const end = held + read
      let start = 0
      for (let at = buffer.indexOf(10, held); at >= 0 && at < end; at = buffer.indexOf(10, start)) {
        take(buffer.toString('utf8', start, at))
        start = at + 1
      }
      if (read === 0) {
        if (end > start) take(buffer.toString('utf8', start, end))
        return
      }
      buffer.copy(buffer, 0, start, end)
      held = end - start
    }
  } finally {
    closeSync(file)
  }
}
