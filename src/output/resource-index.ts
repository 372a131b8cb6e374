import { isId } from '../checks/fhir.ts'
import type { OutputFile } from '../model/evidence.ts'
import type { ResourceIndex } from '../model/rows.ts'
import { type IndexAsked, gatherIndex, mostPatients } from './index/gather.ts'
import { makeRows } from './index/rows.ts'
import { type IndexStore, memoryStore } from './index/store.ts'

type Resource = Readonly<Record<string, unknown>>

/** Gathers an index resource by resource, in the order of files and lines. */
export interface IndexBuilder {
  /** Takes in a resource of an output file; `text` is what its content is told by. */
  add(
    resource: Resource,
    place: { readonly file: OutputFile; readonly line: number; readonly text: string },
  ): void
  /** Takes in a Bundle of a deleted file. */
  addDeleted(bundle: Resource, place: { readonly file: OutputFile; readonly line: number }): void
  readonly patientIds: readonly string[]
  finish(files: readonly OutputFile[]): ResourceIndex
}

/** An empty index; queries that cannot be evaluated for every row are left out of it. */
export function buildIndex(options: IndexAsked, store: IndexStore = memoryStore()): IndexBuilder {
  const gathering = gatherIndex(options, store)
  const maker = makeRows({
    ...options,
    patients: mostPatients,
    give: (it) => gathering.add({ segments: [it], flaws: [], untold: [], patients: [] }),
  })
  let patientIds: readonly string[] = []
  return {
    get patientIds() {
      return patientIds
    },
    add(resource, { file, line, text }) {
      // What a search found may have no id, which a line must have.
      const json = isId(resource.id) ? resource : searchset(resource)
      maker.addLine({ file, number: line, text, utf8: true, json })
    },
    addDeleted(bundle, { file, line }) {
      maker.addLine({ file, number: line, text: '', utf8: true, json: bundle })
    },
    finish(files) {
      const { flaws: _, ...rest } = maker.take()
      gathering.add({ ...rest, flaws: [] })
      const gathered = gathering.finish(files)
      patientIds = gathered.patientIds
      if (!gathered.index) throw new Error('an index has flaws that nobody told')
      return gathered.index
    },
  }
}

function searchset(resource: Resource): Resource {
  return { resourceType: 'Bundle', type: 'searchset', entry: [{ resource }] }
}
