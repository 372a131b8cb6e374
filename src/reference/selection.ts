import type { Job, OutputFile } from './job.ts'
import { outcome, type Issue } from './outcome.ts'
import type { Resource } from './population.ts'
import { target, valuesAt } from './compartment.ts'
import { lastUpdated } from './conduct-output.ts'
import type { World } from './world.ts'

/** The resources of one type that an export holds, but for Provenance that goes with others. */
function selected(world: World, job: Job, type: string): readonly Resource[] {
  const { conduct, catalogue } = world
  const { level, since, queries } = job.kickoff
  return catalogue
    .ofType(type)
    .filter(
      (resource) =>
        conduct.existedAt(resource, job.startedAt) &&
        (level === 'system' ||
          conduct.withinPatients(
            { type, patients: catalogue.patientsOf(resource) },
            job.patients,
            job.kickoff,
          )) &&
        (since === undefined || conduct.changedSince(resource, since, job.kickoff)) &&
        conduct.matches(resource, queries) &&
        (type !== 'Provenance' || conduct.includesProvenance(resource, job.kickoff)),
    )
}

/** Provenance of what is exported: all, or for each target the most recent one. */
function associated(world: World, job: Job, exported: readonly Resource[]): readonly Resource[] {
  const targets = new Set(exported.map(({ resourceType, id }) => `${resourceType}/${id}`))
  const latest = new Map<string, Resource>()
  const relevant = world.catalogue.ofType('Provenance').filter((provenance) => {
    if (!world.conduct.existedAt(provenance, job.startedAt)) return false
    const own = valuesAt(provenance, ['target', 'reference']).flatMap((reference) => {
      const named = target(reference)
      const name = named ? `${named.type}/${named.id}` : ''
      return targets.has(name) ? name : []
    })
    for (const name of own) {
      const before = latest.get(name)
      if (!before || (lastUpdated(before) ?? 0) <= (lastUpdated(provenance) ?? 0))
        latest.set(name, provenance)
    }
    return own.length > 0
  })
  if (job.kickoff.associated === 'relevant') return relevant
  const kept = new Set(latest.values())
  return relevant.filter((provenance) => kept.has(provenance))
}

function sliced(resources: readonly Resource[], size: number): readonly (readonly Resource[])[] {
  const slices: (readonly Resource[])[] = []
  for (let at = 0; at < resources.length; at += size) slices.push(resources.slice(at, at + size))
  return slices
}

function filesOf(
  world: World,
  about: Pick<OutputFile, 'kind' | 'type'> & { readonly stem: string },
  resources: readonly Resource[],
): readonly OutputFile[] {
  const { kind, type, stem } = about
  const { linesPerFile, fileQuery } = world.configuration
  return sliced(resources, linesPerFile).map((slice, index) => {
    const number = String(index).padStart(3, '0')
    return {
      kind,
      type,
      name: `${stem}.${number}.ndjson${fileQuery ? `?part=${index}` : ''}`,
      resources: slice,
    }
  })
}

/** The resources that a provider which fails in part cannot export. */
function unexportable(world: World): ReadonlySet<Resource> {
  if (!world.configuration.partial) return new Set()
  return new Set(world.catalogue.ofType('Observation').filter((_, index) => index % 7 === 3))
}

function issues(world: World, job: Job, lost: number): readonly Issue[] {
  const found: Issue[] = job.kickoff.ignored.map(({ code, diagnostics }) => ({
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
  if (world.configuration.information)
    found.push({ severity: 'information', code: 'informational', diagnostics: 'The export went well.' })
  return found
}

function deletions(world: World, job: Job, output: readonly Resource[]): readonly Resource[] {
  const { conduct, catalogue, configuration } = world
  const { since, level, queries } = job.kickoff
  if (!configuration.deletions || since === undefined) return []
  const exported = new Set(output.map(({ resourceType, id }) => `${resourceType}/${id}`))
  return catalogue.population.deletions
    .filter(
      (deletion) =>
        (level === 'system' || conduct.withinPatients(deletion, job.patients, job.kickoff)) &&
        conduct.listsDeletion(deletion, { since, until: job.startedAt, types: job.types }) &&
        // Whether it met a filter, what is left of it cannot tell.
        !queries.some(({ type }) => type === deletion.type) &&
        !exported.has(`${deletion.type}/${deletion.id}`),
    )
    .map((deletion) => conduct.deletionBundle(deletion))
}

/** All files of a job that is complete. Nothing is copied: files name the resources that they hold. */
export function filesOfJob(world: World, job: Job): readonly OutputFile[] {
  const { conduct } = world
  const withheld = unexportable(world)
  const ordinary = job.types.filter((type) => type !== 'Provenance' || job.kickoff.associated === undefined)
  const found = new Map(ordinary.map((type) => [type, selected(world, job, type)]))
  const kept = (resources: readonly Resource[]) => resources.filter((it) => !withheld.has(it))
  const lost = [...found.values()].flat().length - [...found.values()].flatMap(kept).length
  const output = new Map<string, readonly Resource[]>(
    [...found].map(([type, resources]) => [type, kept(resources)]),
  )
  if (job.kickoff.associated) output.set('Provenance', associated(world, job, [...output.values()].flat()))
  const files = [...output].flatMap(([type, resources]) =>
    filesOf(world, { kind: 'output', type, stem: type }, conduct.contents(resources, job)),
  )
  const gone = deletions(world, job, [...output.values()].flat())
  const messages = issues(world, job, lost).map((issue, index) => ({
    ...(outcome(issue) as Resource),
    id: `message-${index + 1}`,
  }))
  return conduct.files(
    [
      ...files,
      ...filesOf(world, { kind: 'deleted', type: 'Bundle', stem: 'deleted' }, gone),
      ...filesOf(world, { kind: 'error', type: 'OperationOutcome', stem: 'errors' }, messages),
    ],
    job,
  )
}
