import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Io } from './io.ts'
import { main } from './main.ts'

/** What became of a command line. */
export interface Done {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A folder of its own in which command lines are tried, for tests. */
export interface Stage {
  readonly cwd: string
  /** Writes a file into the folder. */
  put(name: string, text: string | Uint8Array): void
  /** Runs a command line; SIGINT comes once both streams together hold the text. */
  bulkcheck(
    line: readonly string[],
    options?: { readonly interruptAt?: RegExp; readonly io?: Partial<Io> },
  ): Promise<Done>
}

/** A new stage. */
export function stage(): Stage {
  const cwd = mkdtempSync(join(tmpdir(), 'bulkcheck-cli-'))
  return {
    cwd,
    put: (name, text) => writeFileSync(join(cwd, name), text),
    async bulkcheck(line, { interruptAt, io } = {}) {
      const said = { out: '', err: '' }
      const listeners = new Set<(signal: 'SIGINT') => void>()
      let interrupted = false
      const look = () => {
        if (interrupted || listeners.size === 0 || !interruptAt?.test(said.out + said.err)) return
        interrupted = true
        setImmediate(() => {
          for (const listener of listeners) listener('SIGINT')
        })
      }
      const say = (stream: 'out' | 'err') => (text: string) => {
        said[stream] += text
        look()
      }
      const code = await main(line, {
        out: say('out'),
        err: say('err'),
        input: () => Readable.from([]),
        cwd,
        env: {},
        outIsTerminal: false,
        errIsTerminal: false,
        width: 100,
        onSignal(listener) {
          listeners.add(listener)
          look()
          return () => listeners.delete(listener)
        },
        exit: (exitCode) => {
          throw new Error(`exit ${exitCode}`)
        },
        ...io,
      })
      return { code, ...said }
    },
  }
}
