import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import ndjson from 'ndjson'
import { seededRandomSource, datedResources } from './draft.ts'
import { sharedDrafts } from './shared-resources.ts'
import { deletedResources, patientDrafts } from './patient-resources.ts'

/** A FHIR R4 resource as it is served; `meta.lastUpdated` is an instant with any offset. */
export interface Resource {
  readonly resourceType: string
  readonly id: string
  readonly meta?: {
    readonly lastUpdated?: string
    readonly versionId?: string
    readonly [element: string]: unknown
  }
  readonly [element: string]: unknown
}

/** A resource that no longer exists, deleted at the instant `at`. */
export interface DeletedResource {
  readonly type: string
  readonly id: string
  readonly at: string
  /** The patients in whose compartment it was. */
  readonly patients: readonly string[]
}

/** Everything the reference provider holds: at most one resource per type and id, and none that is among the deletions. */
export interface Population {
  readonly resources: readonly Resource[]
  readonly deletions: readonly DeletedResource[]
}

/** What `synthesize` makes a population of; the same options give the same population. */
export interface PopulationOptions {
  /** At least 6. */
  readonly patients: number
  readonly seed: number
  /** No lastUpdated is later than this; all are at most two years earlier. */
  readonly until: Date
  /** Root of absolute references and attachment URLs; without it all references are relative and all attachments inline. */
  readonly baseUrl?: string
}

/** A synthetic population of US Core's resource types in valid FHIR R4, four Groups among them: `diabetes`, `pediatrics`, `all`, `single`. */
export function synthesizePopulation(options: PopulationOptions): Population {
  if (!(options.patients >= 6)) throw new RangeError('A synthetic population has at least 6 patients.')
  const drafts = [...sharedDrafts(options), ...patientDrafts(options)]
  return {
    resources: datedResources(drafts, { until: options.until, chance: seededRandomSource(options.seed) }),
    deletions: deletedResources(options),
  }
}

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
  // A line that is no JSON is an error event of the parser, which reads on; its message quotes the line and goes no further.
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
