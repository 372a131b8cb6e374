import { membersOf } from './compartment.ts'
import type { Configuration } from './configurations.ts'
import { keep } from './elements.ts'
import type { ElementFilter, Job, Kickoff, OutputFile } from './job.ts'
import type { Deletion, Resource } from './population.ts'
import type { Query } from './search.ts'

/** Decisions about what an export holds, how far it is, and how its files are written. All times in ms since 1970. */
export interface OutputConduct {
  /** Ids of the Patients that a group-level export covers. */
  members(group: Resource): readonly string[]
  /** The types that are exported, of those within the level; the scope is asked for each. */
  wantsType(type: string, kickoff: Kickoff): boolean
  /** Whether what is in the compartments of these patients belongs to an export of some patients (absent: all). */
  withinPatients(
    what: { readonly type: string; readonly patients: readonly string[] },
    chosen: ReadonlySet<string> | undefined,
    kickoff: Kickoff,
  ): boolean
  /** Whether a resource existed in this version at the transaction time. */
  existedAt(resource: Resource, transactionTime: number): boolean
  changedSince(resource: Resource, since: number, kickoff: Kickoff): boolean
  matches(resource: Resource, queries: readonly Query[]): boolean
  /** Whether a Provenance that no parameter asks for is exported. */
  includesProvenance(provenance: Resource, kickoff: Kickoff): boolean
  /** Whether a deletion, which is within the level, meets the request. */
  listsDeletion(
    deletion: Deletion,
    about: { readonly since: number; readonly until: number; readonly types: readonly string[] },
  ): boolean
  /** The Bundle that stands for a deletion. */
  deletionBundle(deletion: Deletion): Resource
  /** The resources of one type in the order of their lines. */
  contents(resources: readonly Resource[], job: Job): readonly Resource[]
  /** All files in the order of the manifest. */
  files(files: readonly OutputFile[], job: Job): readonly OutputFile[]
  /** A resource reduced to what `_elements` asks for. */
  reduces(resource: Resource, filters: readonly ElementFilter[]): Resource
  /** The transaction time as the manifest states it. */
  transactionTime(job: Job, now: number): string
  isOver(job: Job, configuration: Configuration): boolean
  /** Whether a status request that came too soon, so many in a row, is answered 429. */
  throttles(hasty: number, configuration: Configuration): boolean
  /** Whether a job is gone at this time. */
  hasExpired(job: Job, expiresAt: number, now: number): boolean
  /** Which file a URL names; `name` is all that follows the job. */
  findsFile(files: readonly OutputFile[], name: string): OutputFile | undefined
  /** The resources of a file as they are sent. */
  sends(file: OutputFile, job: Job): Iterable<Resource>
  /** The line of a resource without its end. */
  line(resource: Resource, file: OutputFile): string
  /** The text of a file in pieces. */
  text(lines: Iterable<string>, file: OutputFile, job: Job): Iterable<string>
  bytes(text: string, file: OutputFile): Uint8Array
}

/** Milliseconds since 1970 of `meta.lastUpdated`; undefined if the resource has none. */
export function lastUpdated(resource: Resource): number | undefined {
  const text = resource.meta?.lastUpdated
  const time = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

function* terminated(lines: Iterable<string>): Iterable<string> {
  for (const line of lines) yield `${line}\n`
}

const written = new WeakMap<Resource, string>()

/** The JSON of a resource, made once: it goes into one export after the other, and never changes. */
function jsonOf(resource: Resource): string {
  const known = written.get(resource)
  if (known !== undefined) return known
  const text = JSON.stringify(resource)
  written.set(resource, text)
  return text
}

/** Decides as the Bulk Data Access IG and the NDJSON specification ask. */
export const honestOutput: OutputConduct = {
  members: membersOf,
  wantsType: (type, { types, associated }) =>
    types === undefined || types.includes(type) || (associated !== undefined && type === 'Provenance'),
  // `patient` says SHALL NOT of whatever is in the compartment of another patient too.
  withinPatients: ({ patients }, chosen, kickoff) => {
    if (patients.length === 0) return false
    if (chosen === undefined) return true
    return kickoff.patients === undefined
      ? patients.some((id) => chosen.has(id))
      : patients.every((id) => chosen.has(id))
  },
  existedAt: (resource, transactionTime) =>
    (lastUpdated(resource) ?? Number.NEGATIVE_INFINITY) <= transactionTime,
  changedSince: (resource, since) => (lastUpdated(resource) ?? Number.POSITIVE_INFINITY) > since,
  matches: (resource, queries) => {
    const own = queries.filter(({ type }) => type === resource.resourceType)
    return own.length === 0 || own.some((query) => query.test(resource))
  },
  includesProvenance: () => true,
  listsDeletion: ({ type, at }, { since, until, types }) =>
    types.includes(type) && Date.parse(at) > since && Date.parse(at) <= until,
  deletionBundle: ({ type, id, at }) => ({
    resourceType: 'Bundle',
    id: `deleted-${type}-${id}`.slice(0, 64),
    meta: { lastUpdated: at },
    type: 'transaction',
    entry: [{ request: { method: 'DELETE', url: `${type}/${id}` } }],
  }),
  contents: (resources) => resources,
  files: (files) => files,
  reduces: keep,
  transactionTime: (job) => new Date(job.startedAt).toISOString(),
  isOver: (job, { polls }) => job.polls >= polls,
  throttles: (hasty, { throttleAfter }) => throttleAfter > 0 && hasty > throttleAfter,
  hasExpired: (_job, expiresAt, now) => now >= expiresAt,
  findsFile: (files, name) => files.find((file) => file.name === name),
  sends: (file) => file.resources,
  line: jsonOf,
  text: terminated,
  bytes: (text) => Buffer.from(text, 'utf8'),
}
