import type { ParsedKickoff, ServedFile } from '../../export/job.ts'
import type { Resource } from '../../population/model.ts'

/** Types that a group-level export adds to the compartment if a member's resources refer to them. */
export const referenced = [
  'Organization',
  'Location',
  'Practitioner',
  'PractitionerRole',
  'Medication',
  'Device',
]

/** Types that a patient-level export adds to the compartment. */
export const besidePatients = ['Organization', 'Location', 'Practitioner']

/** With `_type`, without the resources of the added types to which no exported one refers, and which nobody requested. */
export function withinReach(files: readonly ServedFile[], { types }: ParsedKickoff): readonly ServedFile[] {
  if (types === undefined) return files
  const isAsked = (type: string) => types.includes(type) || type === 'Patient'
  const members = files.filter(({ type }) => isAsked(type)).flatMap(({ resources }) => resources)
  const named = new Set(
    [...JSON.stringify(members).matchAll(/"reference":"(?:[^"]*\/)?([A-Z]\w+\/[^"/]+)"/g)].map(
      ([, it]) => it,
    ),
  )
  return files.flatMap((file) => {
    const kept = file.resources.filter(
      (it) =>
        !referenced.includes(file.type) ||
        named.has(`${it.resourceType}/${it.id}`) ||
        (isAsked(file.type) && it.patient !== undefined),
    )
    return kept.length > 0 ? [{ ...file, resources: kept }] : []
  })
}

/** Medplum's own resources, which it exports with those of FHIR. */
export function ownFiles(): readonly ServedFile[] {
  return ['Project', 'ClientApplication', 'AccessPolicy', 'ProjectMembership'].map((type) => ({
    kind: 'output',
    type,
    name: type,
    resources: [
      {
        resourceType: type,
        id: `own-${type.toLowerCase()}`,
        meta: { versionId: '1', lastUpdated: '2026-01-05T08:00:00.000Z' },
        name: 'bulkcheck',
        ...(type === 'ClientApplication' ? { secret: 'not-a-secret-of-anybody' } : {}),
      } as Resource,
    ],
  }))
}
