import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type VariantName, variants } from './variants.ts'
import { corpusParts, writeLines } from './write.ts'

/** A folder of NDJSON files, and what is in it. */
export interface CorpusFolder {
  readonly path: string
  readonly files: readonly string[]
  readonly bytes: number
}

const root = join(tmpdir(), 'bulkcheck-bench')

// To be raised when what is generated changes: what is kept from before is of no use then.
const edition = 1

/** Deletes every corpus that is kept. */
export function deleteCorpora(): void {
  rmSync(root, { recursive: true, force: true })
}

/** The corpus of at least so many megabytes, in twenty files; made if it is not kept from before. */
export function plainCorpus(megabytes: number): CorpusFolder {
  return cachedCorpus(`plain-${megabytes}`, (path) => {
    for (const part of corpusParts(megabytes * 1.01e6)) writeLines(join(path, part.name), part.lines())
  })
}

/** A variant of that corpus. */
export function variantCorpus(name: VariantName, megabytes: number): CorpusFolder {
  return cachedCorpus(`${name}-${megabytes}`, (path) => {
    let index = 0
    function* changed(lines: Iterable<string>): Iterable<string> {
      for (const line of lines) yield variants[name](line, index++)
    }
    for (const part of corpusParts(megabytes * 1e6)) writeLines(join(path, part.name), changed(part.lines()))
  })
}

/** Of each file the lines at even distances, about so many megabytes of them in all. */
export function sampleCorpus(megabytes: number, of: number): CorpusFolder {
  return cachedCorpus(`sample-${megabytes}-${of}`, (path) => {
    const step = Math.max(1, Math.floor(of / megabytes))
    function* some(lines: Iterable<string>): Iterable<string> {
      let at = 0
      for (const line of lines) if (at++ % step === 0) yield line
    }
    for (const part of corpusParts(of * 1.01e6)) writeLines(join(path, part.name), some(part.lines()))
  })
}

const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** Data of another's making, repeated to so many megabytes with ids of their own; absent if there is none beside the project. */
export async function syntheaCorpus(folder: string, megabytes: number): Promise<CorpusFolder | undefined> {
  if (!existsSync(folder)) return undefined
  const names = readdirSync(folder).filter((it) => /^[A-Z]\w+\.\d+\.ndjson$/.test(it))
  const files = await Promise.all(
    names.map(async (name) => ({ name, lines: await linesIn(join(folder, name)) })),
  )
  const bytes = files.reduce((sum, { name }) => sum + statSync(join(folder, name)).size, 0)
  const copies = Math.ceil((megabytes * 1e6) / bytes)
  const own = new Set(
    files.flatMap(({ lines }) => lines.map((it) => (JSON.parse(it) as { readonly id: string }).id)),
  )
  return cachedCorpus(`synthea-${megabytes}`, (path) => {
    for (const { name, lines } of files) {
      function* repeated(): Iterable<string> {
        for (let copy = 0; copy < copies; copy += 1) {
          const mark = copy.toString(16).padStart(8, '0')
          // The first copy keeps its ids; those of the others begin with their number.
          for (const line of lines)
            yield copy === 0
              ? line
              : line.replace(uuids, (it) => (own.has(it) ? `${mark}${it.slice(8)}` : it))
        }
      }
      writeLines(join(path, name), repeated())
    }
  })
}

async function linesIn(path: string): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of createInterface({ input: createReadStream(path) })) lines.push(line)
  return lines
}

function cachedCorpus(name: string, make: (path: string) => void): CorpusFolder {
  const path = join(root, `${edition}-${name}`)
  if (!existsSync(path)) {
    // An interrupted making leaves nothing that would be taken for a whole one.
    const unfinished = `${path}.unfinished`
    rmSync(unfinished, { recursive: true, force: true })
    mkdirSync(unfinished, { recursive: true })
    make(unfinished)
    renameSync(unfinished, path)
  }
  const files = readdirSync(path).sort()
  return { path, files, bytes: files.reduce((sum, it) => sum + statSync(join(path, it)).size, 0) }
}

/** A file of one line. */
export function oneLineFile(): string {
  const { path, files } = cachedCorpus('one-line', (path) => {
    const [part] = corpusParts(1e6)
    if (part) for (const line of part.lines()) return writeLines(join(path, part.name), [line])
  })
  return join(path, files[0] ?? '')
}
