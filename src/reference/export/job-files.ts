import type { ProviderJob, ServedFile } from './job.ts'
import { operationOutcome, type OutcomeIssue } from '../operation-outcome.ts'
import { type Resource, lastUpdatedOf } from '../population/model.ts'
import type { ProviderState } from '../provider-state.ts'
import { organizedFiles } from './organized-files.ts'
import { referenceTarget, valuesAtPath } from '../population/references.ts'

/** The resources of one type in an export, without Provenance of other exported resources. */
function selectedResources(state: ProviderState, job: ProviderJob, type: string): readonly Resource[] {
  const { conduct, catalogue } = state
  const { level, since, until, queries } = job.kickoff
  const created = type === 'Group' && conduct.showsCreatedGroup('export') ? [...state.groups.values()] : []
  return [...catalogue.ofType(type), ...created].filter(
    (resource) =>
      conduct.existedAt(resource, job.startedAt) &&
      (level === 'system' ||
        conduct.withinPatients(
          { type, patients: catalogue.patientsOf(resource) },
          job.patients,
          job.kickoff,
        )) &&
      (since === undefined || conduct.changedSince(resource, since, job.kickoff)) &&
      (until === undefined || conduct.changedUntil(resource, until, job.kickoff)) &&
      conduct.matchesQueries(resource, queries) &&
      (type !== 'Provenance' || conduct.includesProvenance(resource, job.kickoff)),
  )
}

/** The Provenance of exported resources: all, or for each target the most recent one. */
function associatedProvenance(
  state: ProviderState,
  job: ProviderJob,
  exported: readonly Resource[],
): readonly Resource[] {
  const targets = new Set(exported.map(({ resourceType, id }) => `${resourceType}/${id}`))
  const latest = new Map<string, Resource>()
  const relevant = state.catalogue.ofType('Provenance').filter((provenance) => {
    if (!state.conduct.existedAt(provenance, job.startedAt)) return false
    const own = valuesAtPath(provenance, ['target', 'reference']).flatMap((reference) => {
      const named = referenceTarget(reference)
      const name = named ? `${named.type}/${named.id}` : ''
      return targets.has(name) ? name : []
    })
    for (const name of own) {
      const before = latest.get(name)
      if (!before || (lastUpdatedOf(before) ?? 0) <= (lastUpdatedOf(provenance) ?? 0))
        latest.set(name, provenance)
    }
    return own.length > 0
  })
  const wanted = state.conduct.associatesProvenance(job.kickoff)
  if (wanted === 'none') return []
  if (wanted === 'relevant') return relevant
  const kept = new Set(latest.values())
  return relevant.filter((provenance) => kept.has(provenance))
}

/** How many lines a file has, and how many bytes where the kick-off request says so. */
interface FileLimits {
  readonly lines: number
  readonly least?: number
  readonly most?: number
}

function fileLimits({ configuration, conduct }: ProviderState, { kickoff }: ProviderJob): FileLimits {
  const { linesPerFile: lines, fileSizes } = configuration
  const bytes = (name: string) => Number(kickoff.parameters.find((it) => it[0] === name)?.[1] ?? 0)
  const least = fileSizes && conduct.honorsFileSize('minimum') ? bytes('_minimumFileSize') : 0
  const most = fileSizes && conduct.honorsFileSize('maximum') ? bytes('_maximumFileSize') : 0
  return { lines, ...(least > 0 ? { least } : {}), ...(most > 0 ? { most } : {}) }
}

function sliced(
  resources: readonly Resource[],
  { lines, least = 0, most = Number.POSITIVE_INFINITY }: FileLimits,
): readonly (readonly Resource[])[] {
  const isBySize = least > 0 || most < Number.POSITIVE_INFINITY
  const slices: Resource[][] = []
  let bytes = 0
  for (const resource of resources) {
    const last = slices.at(-1)
    const size = isBySize ? Buffer.byteLength(JSON.stringify(resource)) + 1 : 0
    const isFull = !last || bytes + size > most || (last.length >= lines && bytes >= least)
    if (isFull) slices.push([resource])
    else last.push(resource)
    bytes = isFull ? size : bytes + size
  }
  return slices
}

function filesOfResources(
  state: ProviderState,
  about: Pick<ServedFile, 'kind' | 'type'> & { readonly stem: string; readonly job: ProviderJob },
  resources: readonly Resource[],
): readonly ServedFile[] {
  const { kind, type, stem, job } = about
  const { fileQuery } = state.configuration
  return sliced(resources, fileLimits(state, job)).map((slice, index) => {
    const number = String(index).padStart(3, '0')
    return {
      kind,
      type,
      name: `${stem}.${number}.ndjson${fileQuery ? `?part=${index}` : ''}`,
      resources: slice,
    }
  })
}

/** The resources that a provider with partial failures cannot export. */
function unexportableResources(state: ProviderState, { kickoff }: ProviderJob): ReadonlySet<Resource> {
  const { partial } = state.configuration
  const isPartial =
    typeof partial === 'string' ? kickoff.parameters.some(([name]) => name === partial) : partial
  if (!isPartial) return new Set()
  return new Set(state.catalogue.ofType('Observation').filter((_, index) => index % 7 === 3))
}

function issues(state: ProviderState, job: ProviderJob, lost: number): readonly OutcomeIssue[] {
  const found: OutcomeIssue[] = job.kickoff.ignored.map(({ code, diagnostics }) => ({
    severity: 'warning',
    code,
    diagnostics,
  }))
  for (let each = 0; each < lost; each += 1)
    found.push({
      severity: 'error',
      code: 'processing',
      diagnostics: 'An Observation could not be exported.',
    })
  if (state.configuration.information)
    found.push({ severity: 'information', code: 'informational', diagnostics: 'The export went well.' })
  return found
}

function deletionBundles(
  state: ProviderState,
  job: ProviderJob,
  output: readonly Resource[],
): readonly Resource[] {
  const { conduct, catalogue, configuration } = state
  const { since, level, queries } = job.kickoff
  if (!configuration.deletions || since === undefined) return []
  const exported = new Set(output.map(({ resourceType, id }) => `${resourceType}/${id}`))
  return catalogue.population.deletions
    .filter(
      (deletion) =>
        (level === 'system' || conduct.withinPatients(deletion, job.patients, job.kickoff)) &&
        conduct.listsDeletion(deletion, { since, until: job.startedAt, types: job.types }) &&
        // The rest of a deleted resource does not show whether it met a filter.
        !queries.some(({ type }) => type === deletion.type) &&
        !exported.has(`${deletion.type}/${deletion.id}`),
    )
    .map((deletion) => conduct.deletionBundle(deletion))
}

/** All files of a job that is complete. Nothing is copied: files refer to their resources. */
export function filesOfJob(state: ProviderState, job: ProviderJob): readonly ServedFile[] {
  const { conduct } = state
  const withheld = unexportableResources(state, job)
  const ordinary = job.types.filter((type) => type !== 'Provenance' || job.kickoff.associated === undefined)
  const found = new Map(ordinary.map((type) => [type, selectedResources(state, job, type)]))
  const kept = (resources: readonly Resource[]) => resources.filter((it) => !withheld.has(it))
  const lost = [...found.values()].flat().length - [...found.values()].flatMap(kept).length
  const output = new Map<string, readonly Resource[]>(
    [...found].map(([type, resources]) => [type, kept(resources)]),
  )
  if (job.kickoff.associated)
    output.set('Provenance', associatedProvenance(state, job, [...output.values()].flat()))
  const ordered = [...output].map(
    ([type, resources]) => [type, conduct.orderedResources(resources, job)] as const,
  )
  const files = job.kickoff.organizedBy
    ? organizedFiles(
        state,
        job.kickoff.organizedBy,
        ordered.flatMap(([, resources]) => resources),
      )
    : ordered.flatMap(([type, resources]) =>
        filesOfResources(state, { kind: 'output', type, stem: type, job }, resources),
      )
  const gone = deletionBundles(state, job, [...output.values()].flat())
  const messages = issues(state, job, lost).map((issue, index) => ({
    ...(operationOutcome(issue) as Resource),
    id: `message-${index + 1}`,
  }))
  return conduct.manifestFiles(
    [
      ...files,
      ...filesOfResources(state, { kind: 'deleted', type: 'Bundle', stem: 'deleted', job }, gone),
      ...filesOfResources(state, { kind: 'error', type: 'OperationOutcome', stem: 'errors', job }, messages),
    ],
    job,
  )
}
