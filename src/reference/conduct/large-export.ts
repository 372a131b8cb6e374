import type { PopulationCatalogue } from '../population/catalogue.ts'
import type { Conduct } from './conduct.ts'
import type { CopyRange, ProviderJob, ServedFile } from '../export/job.ts'
import type { Resource } from '../population/model.ts'
import { referenceTarget } from '../population/references.ts'

const linesPerFile = 200_000

// Marks the end of a copied id while a line is prepared; no id contains this character.
const mark = '\uE000'

const longestId = 48

/**
 * A conduct whose exports of all patients have about so many bytes: the resources of patients are copied, with new ids, and the copies refer to
 * each other. Copies are made while they are read and never stored.
 */
export function largeExportConduct(conduct: Conduct, catalogue: PopulationCatalogue, bytes: number): Conduct {
  const copied = new Set(
    catalogue.population.resources.filter((it) => isRecurring(it, catalogue)).map(nameOf),
  )
  const [once, each] = sizes(catalogue, copied)
  const copies = each === 0 ? 0 : Math.max(0, Math.ceil((bytes - once - each) / each))
  return {
    ...conduct,
    manifestFiles: (files, job) =>
      conduct.manifestFiles(coversEverybody(job) ? withCopies(files, copied, copies) : files, job),
    fileText: (lines, file, job) =>
      conduct.fileText(isCopied(file) ? copiedLines(lines, file, copied) : lines, file, job),
  }
}

const nameOf = ({ resourceType, id }: Resource) => `${resourceType}/${id}`

function isRecurring(resource: Resource, catalogue: PopulationCatalogue): boolean {
  return (
    resource.resourceType !== 'Group' &&
    resource.id.length <= longestId &&
    catalogue.patientsOf(resource).length > 0
  )
}

function isCopied(file: ServedFile): file is ServedFile & { readonly copies: CopyRange } {
  return file.copies !== undefined
}

function coversEverybody({ kickoff, patients }: ProviderJob): boolean {
  return kickoff.level !== 'group' && patients === undefined
}

/** Bytes of the resources that are not copied, and of those that are. */
function sizes({ population }: PopulationCatalogue, copied: ReadonlySet<string>): readonly [number, number] {
  let once = 0
  let each = 0
  for (const resource of population.resources) {
    const bytes = Buffer.byteLength(JSON.stringify(resource)) + 1
    if (copied.has(nameOf(resource))) each += bytes
    else once += bytes
  }
  return [once, each]
}

function withCopies(
  files: readonly ServedFile[],
  copied: ReadonlySet<string>,
  copies: number,
): readonly ServedFile[] {
  return files.flatMap((file) => {
    const own = file.kind === 'output' ? file.resources.filter((it) => copied.has(nameOf(it))) : []
    if (own.length === 0) return [file]
    const most = Math.max(1, Math.floor(linesPerFile / own.length))
    // Files of the same length share one list, which gives the number of resources and their originals.
    const full = times(own, Math.min(most, copies))
    const parts: ServedFile[] = [file]
    for (let first = 1; first <= copies; first += most) {
      const number = Math.min(most, copies - first + 1)
      const resources = number * own.length === full.length ? full : times(own, number)
      const name = file.name.replace('.ndjson', `.${String(parts.length).padStart(4, '0')}.ndjson`)
      parts.push({ ...file, name, resources, copies: { first, number } })
    }
    return parts
  })
}

function times(resources: readonly Resource[], number: number): readonly Resource[] {
  const many: Resource[] = []
  for (let it = 0; it < number; it += 1) for (const resource of resources) many.push(resource)
  return many
}

/** The lines of copies, made from the original lines. */
function* copiedLines(
  lines: Iterable<string>,
  { resources, copies: { first, number } }: ServedFile & { readonly copies: CopyRange },
  copied: ReadonlySet<string>,
): Iterable<string> {
  const templates: (readonly string[])[] = []
  for (const line of lines) {
    templates.push(withIdMarks(line, copied).split(mark))
    if (templates.length === resources.length / number) break
  }
  for (let copy = first; copy < first + number; copy += 1) {
    const end = `-copy${copy}`
    for (const pieces of templates) yield pieces.join(end)
  }
}

/** A line with a mark after the ids that differ from copy to copy. */
function withIdMarks(line: string, copied: ReadonlySet<string>): string {
  try {
    const resource = JSON.parse(line, (name, value: unknown) =>
      name === 'reference' && pointsAt(value, copied) ? value + mark : value,
    ) as Resource
    return JSON.stringify(copied.has(nameOf(resource)) ? { ...resource, id: resource.id + mark } : resource)
  } catch {
    // Faults may break lines; a broken line is copied unchanged.
    return line
  }
}

function pointsAt(reference: unknown, copied: ReadonlySet<string>): reference is string {
  const named = referenceTarget(reference)
  if (!named) return false
  const name = `${named.type}/${named.id}`
  return copied.has(name) && String(reference).endsWith(name)
}
