import { isResourceType } from '../r4/facts.ts'

/** A resource type for a finding, which shows only names that FHIR defines. */
export function displayType(type: unknown): string {
  if (type === undefined) return 'no resourceType'
  return isResourceType(type) ? type : 'a resourceType that FHIR R4 does not define'
}

/** The resource type that a `_typeFilter` query is about. */
export function typeOfQuery(query: string): string {
  return query.split('?')[0] ?? ''
}
