import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import ndjson from 'ndjson'
import type { Population, Resource } from './model.ts'

/** The resources of every `*.ndjson` file below a folder; other lines, and later ones of the same type and id, are left out and counted. Rejects if the folder cannot be read or a line is `null`. */
export async function loadPopulation(folder: string): Promise<Population & { readonly leftOut: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ndjson'))
  const resources = new Map<string, Resource>()
  let leftOut = 0
  for (const file of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    leftOut += await readLines(file, (line) => {
      const key = isResource(line) ? `${line.resourceType}/${line.id}` : undefined
      if (!isResource(line) || key === undefined || resources.has(key)) return false
      resources.set(key, line)
      return true
    })
  }
  return { resources: [...resources.values()], deletions: [], leftOut }
}

function isResource(line: unknown): line is Resource {
  if (typeof line !== 'object' || line === null) return false
  const { resourceType, id } = line as Record<string, unknown>
  return typeof resourceType === 'string' && resourceType !== '' && typeof id === 'string' && id !== ''
}

async function readLines(file: string, take: (line: unknown) => boolean): Promise<number> {
  const parser = ndjson.parse()
  let leftOut = 0
  parser.on('data', (line: unknown) => {
    if (!take(line)) leftOut += 1
  })
  // For a line that is not JSON the parser emits an error and reads on. The error quotes the line, so it is dropped.
  // A line `null` ends the parser for good, and what follows it is such an event with a code.
  let cutShort = false
  parser.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_STREAM_PUSH_AFTER_EOF') cutShort = true
    leftOut += 1
  })
  const ended = new Promise<void>((resolve) => parser.on('end', resolve))
  for await (const chunk of createReadStream(file)) parser.write(chunk)
  parser.end()
  await ended
  if (cutShort) throw new Error(`${file}: a line is null, after which nothing can be read; remove that line.`)
  return leftOut
}
