import { isJsonObject } from '../model/json.ts'
import { r4Model } from '../r4/load.ts'

/** All values at a path of member names joined by dots, lists opened on the way. */
export function elementValues(value: unknown, path: string): readonly unknown[] {
  let values: readonly unknown[] = [value]
  for (const name of path.split('.')) {
    const found: unknown[] = []
    for (const it of values) {
      const member = isJsonObject(it) ? it[name] : undefined
      if (Array.isArray(member)) for (const one of member) found.push(one)
      else if (member !== undefined && member !== null) found.push(member)
    }
    values = found
  }
  return values
}

/** A literal reference as `Type/id`, without base and version; `undefined` where it leads elsewhere. */
export function localReference(reference: unknown, fhirUrl: string): string | undefined {
  if (typeof reference !== 'string') return undefined
  const relative = reference.startsWith(`${fhirUrl}/`) ? reference.slice(fhirUrl.length + 1) : reference
  return /^([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(relative)?.[1]
}

/** The patients, as `Patient/<id>`, in whose compartment a resource is; a Patient is in its own. */
export function compartmentPatients(
  resource: Readonly<Record<string, unknown>>,
  fhirUrl: string,
): readonly string[] {
  const type = String(resource.resourceType)
  if (type === 'Patient') return typeof resource.id === 'string' ? [`Patient/${resource.id}`] : []
  const found = (r4Model().types[type]?.compartment ?? [])
    .flatMap((path) => elementValues(resource, `${path}.reference`))
    .map((it) => localReference(it, fhirUrl))
    .filter((it): it is string => it?.startsWith('Patient/') === true)
  return [...new Set(found)]
}

/** Members of a Group that may not count: inactive, excluded, former, or groups themselves; as `Type/id`. */
export function doubtfulMembers(
  group: Readonly<Record<string, unknown>>,
  fhirUrl: string,
): readonly string[] {
  if (group.resourceType !== 'Group') return []
  return elementValues(group, 'member').flatMap((member) => {
    const [reference] = elementValues(member, 'entity.reference').map((it) => localReference(it, fhirUrl))
    if (!reference || !isJsonObject(member)) return []
    const limited =
      member.inactive === true ||
      elementValues(member, 'period.end').length > 0 ||
      elementValues(member, 'period.start').length > 0
    return limited || reference.startsWith('Group/') ? [reference] : []
  })
}
