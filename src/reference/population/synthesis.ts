import { datedResources } from './draft.ts'
import type { Population, PopulationOptions } from './model.ts'
import { deletedResources, patientDrafts } from './patient-resources.ts'
import { seededRandomSource } from './random.ts'
import { sharedDrafts } from './shared-resources.ts'

/** A synthetic population of US Core's resource types in valid FHIR R4, four Groups among them: `diabetes`, `pediatrics`, `all`, `single`. */
export function synthesizePopulation(options: PopulationOptions): Population {
  if (!(options.patients >= 6)) throw new RangeError('A synthetic population has at least 6 patients.')
  const drafts = [...sharedDrafts(options), ...patientDrafts(options)]
  return {
    resources: datedResources(drafts, { until: options.until, chance: seededRandomSource(options.seed) }),
    deletions: deletedResources(options),
  }
}
