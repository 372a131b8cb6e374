import { groupMembers } from '../population/compartment.ts'
import type { ProviderConfiguration } from './configurations.ts'
import { reduceToElements } from '../export/elements.ts'
import type { ElementFilter, ProviderJob, ParsedKickoff, ServedFile } from '../export/job.ts'
import { type DeletedResource, lastUpdatedOf, type Resource } from '../population/model.ts'
import type { ResourceQuery } from '../search/query.ts'

/** Decisions about the contents of an export, its progress, and how its files are written. All times in ms since 1970. */
export interface OutputConduct {
  /** Ids of the Patients that a group-level export covers. */
  groupMembers(group: Resource): readonly string[]
  /** The exported types among those within the level; the scope decides about each. */
  exportsType(type: string, kickoff: ParsedKickoff): boolean
  /** Whether a resource in the compartments of these patients belongs to an export of some patients (absent: all). */
  withinPatients(
    what: { readonly type: string; readonly patients: readonly string[] },
    chosen: ReadonlySet<string> | undefined,
    kickoff: ParsedKickoff,
  ): boolean
  /** Whether a resource existed in this version at the transaction time. */
  existedAt(resource: Resource, transactionTime: number): boolean
  changedSince(resource: Resource, since: number, kickoff: ParsedKickoff): boolean
  changedUntil(resource: Resource, until: number, kickoff: ParsedKickoff): boolean
  /** The lines of the block of an organizing resource, its header first. */
  blockOf(organizing: Resource, related: readonly Resource[]): readonly Resource[]
  matchesQueries(resource: Resource, queries: readonly ResourceQuery[]): boolean
  /** Whether a Provenance that no parameter requests is exported. */
  includesProvenance(provenance: Resource, kickoff: ParsedKickoff): boolean
  /** Whether a deletion, which is within the level, meets the request. */
  listsDeletion(
    deletion: DeletedResource,
    about: { readonly since: number; readonly until: number; readonly types: readonly string[] },
  ): boolean
  /** The Bundle that stands for a deletion. */
  deletionBundle(deletion: DeletedResource): Resource
  /** The resources of one type in the order of their lines. */
  orderedResources(resources: readonly Resource[], job: ProviderJob): readonly Resource[]
  /** All files in the order of the manifest. */
  manifestFiles(files: readonly ServedFile[], job: ProviderJob): readonly ServedFile[]
  /** A resource reduced to the elements that `_elements` requests. */
  reducesElements(resource: Resource, filters: readonly ElementFilter[]): Resource
  /** The transaction time as the manifest states it. */
  transactionTime(job: ProviderJob, now: number): string
  isComplete(job: ProviderJob, configuration: ProviderConfiguration, now: number): boolean
  /** Whether a job that ends has failed. */
  fails(job: ProviderJob, configuration: ProviderConfiguration): boolean
  /** Whether a status request that came too early, like so many before it, is answered with 429. */
  throttles(hasty: number, configuration: ProviderConfiguration): boolean
  /** Whether a job is gone at this time. */
  hasExpired(job: ProviderJob, expiresAt: number, now: number): boolean
  /** The file that a URL names; `name` is the part after the job. */
  findsFile(files: readonly ServedFile[], name: string): ServedFile | undefined
  /** The resources of a file as they are sent. */
  sentResources(file: ServedFile, job: ProviderJob): Iterable<Resource>
  /** The line of a resource without its end. */
  lineOf(resource: Resource, file: ServedFile): string
  /** Whether attachments that are elsewhere need an access token. */
  protectsAttachments(configuration: ProviderConfiguration): boolean
  /** The text of a file in pieces. */
  fileText(lines: Iterable<string>, file: ServedFile, job: ProviderJob): Iterable<string>
  fileBytes(text: string, file: ServedFile): Uint8Array
}

function* terminated(lines: Iterable<string>): Iterable<string> {
  for (const line of lines) yield `${line}\n`
}

const written = new WeakMap<Resource, string>()

/** The JSON of a resource, made once: many exports contain it, and it never changes. */
function jsonOf(resource: Resource): string {
  const known = written.get(resource)
  if (known !== undefined) return known
  const text = JSON.stringify(resource)
  written.set(resource, text)
  return text
}

/** Decides as the Bulk Data Access IG and the NDJSON specification require. */
export const honestOutput: OutputConduct = {
  groupMembers: groupMembers,
  exportsType: (type, { types, associated }) =>
    types === undefined || types.includes(type) || (associated !== undefined && type === 'Provenance'),
  // With `patient`, a resource that is also in the compartment of another patient SHALL NOT be exported.
  withinPatients: ({ patients }, chosen, kickoff) => {
    if (patients.length === 0) return false
    if (chosen === undefined) return true
    return kickoff.patients === undefined
      ? patients.some((id) => chosen.has(id))
      : patients.every((id) => chosen.has(id))
  },
  existedAt: (resource, transactionTime) =>
    (lastUpdatedOf(resource) ?? Number.NEGATIVE_INFINITY) <= transactionTime,
  changedSince: (resource, since) => (lastUpdatedOf(resource) ?? Number.POSITIVE_INFINITY) > since,
  changedUntil: (resource, until) => (lastUpdatedOf(resource) ?? Number.NEGATIVE_INFINITY) < until,
  blockOf: (organizing, related) => [
    {
      resourceType: 'Parameters',
      parameter: [
        { name: 'header', valueReference: { reference: `${organizing.resourceType}/${organizing.id}` } },
      ],
    } as unknown as Resource,
    organizing,
    ...related,
  ],
  matchesQueries: (resource, queries) => {
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
  orderedResources: (resources) => resources,
  manifestFiles: (files) => files,
  reducesElements: reduceToElements,
  transactionTime: (job) => new Date(job.startedAt).toISOString(),
  isComplete: (job, { polls, jobSeconds }, now) =>
    jobSeconds > 0 ? now >= job.startedAt + jobSeconds * 1000 : job.polls >= polls,
  fails: ({ kickoff }, { failing }) =>
    typeof failing === 'string' ? kickoff.parameters.some(([name]) => name === failing) : failing,
  throttles: (hasty, { throttleAfter }) => throttleAfter > 0 && hasty > throttleAfter,
  hasExpired: (_job, expiresAt, now) => now >= expiresAt,
  findsFile: (files, name) => files.find((file) => file.name === name),
  sentResources: (file) => file.resources,
  lineOf: jsonOf,
  protectsAttachments: ({ requiresAccessToken }) => requiresAccessToken,
  fileText: terminated,
  fileBytes: (text) => Buffer.from(text, 'utf8'),
}
