import type { PopulationCatalogue } from './population/catalogue.ts'
import { groupMembers } from './population/compartment.ts'
import type { Resource } from './population/model.ts'
import { parseScopes, scopesPermit } from './authorization/scopes.ts'
import type { ProviderConfiguration } from './conduct/configurations.ts'

/** What an operator would say of the provider. */
export function factsOf(
  { scope, deniedGroup, otherGroup, otherFormat }: ProviderConfiguration,
  authorization: boolean,
): Readonly<Record<string, string>> {
  const mayWrite = scopesPermit(parseScopes(scope), 'Patient', ['c'])
  return {
    ...(authorization && !mayWrite ? { deniedScope: 'system/Patient.cruds' } : {}),
    ...(deniedGroup === undefined ? {} : { deniedGroupId: deniedGroup }),
    ...(otherGroup === undefined ? {} : { otherGroupId: otherGroup }),
    ...(otherFormat === undefined ? {} : { otherFormat }),
  }
}

/** Optional features that nobody can find out, in the words of a target's `supports`. */
export function claimedFeatures({ cohorts, fileSizes }: ProviderConfiguration): readonly string[] {
  const sizes = fileSizes ? ['file-sizes'] : []
  if (cohorts === false) return sizes
  return [...sizes, 'cohorts', cohorts === 'periodic' ? 'periodic-cohorts' : 'dynamic-cohorts']
}

/** A Group with some, but not all, of the patients. */
export function describedGroup(catalogue: PopulationCatalogue): Resource | undefined {
  const patients = catalogue.ofType('Patient').length
  const groups = catalogue.ofType('Group')
  return groups.find((it) => groupMembers(it).length > 1 && groupMembers(it).length < patients) ?? groups[0]
}
