import { createReadStream, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { resourceTypes } from '../checks/fhir.ts'
import { fileTrouble } from '../config/error.ts'
import type { OutputFile } from '../model/evidence.ts'
import { UsageError } from './command.ts'

/** A file on this machine as an output file; `file.exchange` counts from 1 and stands for its place in the list. */
export interface LocalFile {
  readonly path: string
  /** As it was asked for. */
  readonly name: string
  readonly file: OutputFile
}

/** The files that were named, and every *.ndjson and *.ndjson.gz below the folders that were. Throws UsageError. */
export async function localFiles(named: readonly string[], cwd: string): Promise<readonly LocalFile[]> {
  const paths = named.flatMap((name) => filesAt(resolve(cwd, name), name))
  const seen = new Map(paths.map((it) => [it.path, it]))
  const found = [...seen.values()]
  return Promise.all(
    found.map(async ({ path, name }, at) => {
      const type = typeInName(path) ?? (await typeInFirstLine(path))
      const bytes = statSync(path).size
      return {
        path,
        name,
        file: {
          number: at,
          kind: 'output' as const,
          exchange: at + 1,
          retrieved: true,
          bytes,
          ...(type ? { type } : {}),
        },
      }
    }),
  )
}

function filesAt(path: string, name: string): readonly { readonly path: string; readonly name: string }[] {
  try {
    if (!statSync(path).isDirectory()) return [{ path, name }]
    const below = readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((it) => /\.ndjson(\.gz)?$/.test(it))
      .sort()
    if (below.length === 0) throw new UsageError(`${name} holds no *.ndjson or *.ndjson.gz`)
    return below.map((it) => ({ path: join(path, it), name: join(name, it) }))
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${name} cannot be read: ${fileTrouble(error)}`)
  }
}

/** The bytes of a file, decompressed. Throws UsageError. */
export async function* bytesOf({ path, name }: Pick<LocalFile, 'path' | 'name'>): AsyncGenerator<Uint8Array> {
  const raw = createReadStream(path)
  const stream: Readable = path.endsWith('.gz') ? raw.pipe(createGunzip()) : raw
  // `pipe` does not hand on what goes wrong before it.
  raw.on('error', (error) => stream.destroy(error))
  try {
    for await (const chunk of stream) yield chunk as Uint8Array
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
    throw new UsageError(
      /^Z_/.test(code) ? `${name} is no whole gzip file` : `${name} cannot be read: ${fileTrouble(error)}`,
    )
  }
}

function typeInName(path: string): string | undefined {
  const [word = ''] = basename(path).split(/[^A-Za-z]/)
  return resourceTypes.has(word) ? word : undefined
}

async function typeInFirstLine(path: string): Promise<string | undefined> {
  const lines = createInterface({
    input: Readable.from(bytesOf({ path, name: path })),
    crlfDelay: Number.POSITIVE_INFINITY,
  })
  try {
    for await (const line of lines) {
      const { resourceType } = JSON.parse(line) as { resourceType?: unknown }
      return typeof resourceType === 'string' && resourceTypes.has(resourceType) ? resourceType : undefined
    }
  } catch {
    // Not readable or no JSON: the judging of its lines will say so.
  } finally {
    lines.close()
  }
  return undefined
}
