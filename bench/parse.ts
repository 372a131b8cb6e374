import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Worker, isMainThread, parentPort } from 'node:worker_threads'
import { forEachLine } from './lines.ts'
import { stopwatch } from './measurement.ts'

// The baseline of every ratio: read, split, JSON.parse. `node parse.js FOLDER THREADS`

function parseFile(path: string): number {
  let lines = 0
  forEachLine(path, (line) => {
    try {
      JSON.parse(line)
    } catch {
      // The time for a line that is not JSON counts too.
    }
    lines += 1
  })
  return lines
}

/** Files in the order in which threads take them: the largest first. */
function filesOf(folder: string): readonly string[] {
  const paths = readdirSync(folder).map((it) => join(folder, it))
  return paths.sort((a, b) => statSync(b).size - statSync(a).size)
}

async function inThreads(folder: string, threads: number): Promise<number> {
  const waiting = [...filesOf(folder)]
  const counts = await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(new URL(import.meta.url))
      let lines = 0
      for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
        worker.postMessage(path)
        const [counted] = (await once(worker, 'message')) as [number]
        lines += counted
      }
      await worker.terminate()
      return lines
    }),
  )
  return counts.reduce((sum, it) => sum + it, 0)
}

if (isMainThread) {
  const [folder = '', threads = '1'] = process.argv.slice(2)
  const report = stopwatch()
  const lines =
    threads === '1'
      ? filesOf(folder).reduce((sum, it) => sum + parseFile(it), 0)
      : await inThreads(folder, Number(threads))
  report({ lines })
} else {
  parentPort?.on('message', (path: string) => parentPort?.postMessage(parseFile(path)))
}
