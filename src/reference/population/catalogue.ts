import { compartmentLookup } from './compartment.ts'
import type { Population, Resource } from './model.ts'

/** An index of a population, kept as long as the population. */
export interface PopulationCatalogue {
  readonly population: Population
  /** Types of the present and the deleted resources, in alphabetical order. */
  readonly types: ReadonlySet<string>
  ofType(type: string): readonly Resource[]
  find(type: string, id: string): Resource | undefined
  isDeleted(type: string, id: string): boolean
  /** Ids of the patients in whose compartment a resource is. */
  patientsOf(resource: Resource): readonly string[]
}

const known = new WeakMap<Population, PopulationCatalogue>()

/** The index of a population, made once. */
export function catalogueOf(population: Population): PopulationCatalogue {
  const made = known.get(population) ?? catalogue(population)
  known.set(population, made)
  return made
}

function catalogue(population: Population): PopulationCatalogue {
  const byType = new Map<string, Resource[]>()
  for (const resource of population.resources) {
    const own = byType.get(resource.resourceType)
    if (own) own.push(resource)
    else byType.set(resource.resourceType, [resource])
  }
  const byName = new Map(population.resources.map((it) => [`${it.resourceType}/${it.id}`, it]))
  const gone = new Set(population.deletions.map(({ type, id }) => `${type}/${id}`))
  const compartments = compartmentLookup(population)
  const patients = new WeakMap<Resource, readonly string[]>()
  return {
    population,
    types: new Set([...byType.keys(), ...population.deletions.map(({ type }) => type)].sort()),
    ofType: (type) => byType.get(type) ?? [],
    find: (type, id) => byName.get(`${type}/${id}`),
    isDeleted: (type, id) => gone.has(`${type}/${id}`),
    patientsOf: (resource) => {
      const found = patients.get(resource) ?? compartments(resource)
      patients.set(resource, found)
      return found
    },
  }
}
