import { groupMembers } from '../population/compartment.ts'
import type { Resource } from '../population/model.ts'
import type { ProviderState } from '../provider-state.ts'
import { parseResourceQuery, type ResourceQuery } from '../search/query.ts'

const extensions = 'http://hl7.org/fhir/uv/bulkdata/StructureDefinition'
const filterUrl = `${extensions}/member-filter`

/** The profile of Groups for cohorts. */
export const cohortProfile = `${extensions}/bulk-cohort-group`

/** The extension that says when members were calculated. */
export const refreshedUrl = `${extensions}/members-refreshed`

/** The filter expressions of a Group as they are written; undefined in place of one that is no FHIR query. */
export function filterTexts(group: Resource): readonly (string | undefined)[] {
  const { modifierExtension } = group
  if (!Array.isArray(modifierExtension)) return []
  return modifierExtension
    .filter((it) => it?.url === filterUrl)
    .map(({ valueExpression: it }) =>
      it?.language === 'application/x-fhir-query' && typeof it.expression === 'string'
        ? it.expression
        : undefined,
    )
}

/** Why a Group cannot be a cohort: one sentence for each filter that cannot be evaluated. */
export function filterProblems(group: Resource): readonly string[] {
  return filterTexts(group).flatMap((text) => {
    if (text === undefined) return ['A member-filter is not an expression in application/x-fhir-query.']
    const query = parseResourceQuery(text)
    return 'unsupported' in query ? [query.unsupported] : []
  })
}

/** Ids of the patients whose data a group export has: the members, as far as they meet the filters. */
export function exportedMembers(state: ProviderState, group: Resource): readonly string[] {
  const { catalogue, conduct } = state
  const queries = filterTexts(group).flatMap((text): readonly ResourceQuery[] => {
    const query = text === undefined ? undefined : parseResourceQuery(text)
    return query && !('unsupported' in query) ? [query] : []
  })
  if (queries.length === 0) return conduct.groupMembers(group)
  const hasMembers = Array.isArray(group.member) && group.member.length > 0
  return conduct.cohortMembers({
    ...(hasMembers ? { named: namedPatients(state, group) } : {}),
    all: catalogue.ofType('Patient').map((it) => it.id),
    matching: queries.map(({ type, test }) => {
      const found = catalogue.ofType(type).filter(test)
      return { type, patients: new Set(found.flatMap((it) => catalogue.patientsOf(it))) }
    }),
  })
}

/** Patients that a Group names, directly or by another Group. */
function namedPatients({ catalogue }: ProviderState, group: Resource): readonly string[] {
  const nested = (group.member as { entity?: { reference?: string } }[]).flatMap(({ entity }) => {
    const [, id] = /^(?:.*\/)?Group\/([^/]+)$/.exec(entity?.reference ?? '') ?? []
    const other = id === undefined ? undefined : catalogue.find('Group', id)
    return other ? groupMembers(other) : []
  })
  return [...new Set([...groupMembers(group), ...nested])]
}
