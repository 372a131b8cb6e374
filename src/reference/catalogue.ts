import { compartmentOf } from './compartment.ts'
import type { Population, Resource } from './population.ts'

/** A population made ready to be looked up; kept as long as the population is. */
export interface Catalogue {
  readonly population: Population
  /** Resource types of which there are or were resources, in alphabetical order. */
  readonly types: ReadonlySet<string>
  ofType(type: string): readonly Resource[]
  find(type: string, id: string): Resource | undefined
  isDeleted(type: string, id: string): boolean
  /** Ids of the patients in whose compartment a resource is. */
  patientsOf(resource: Resource): readonly string[]
}

const known = new WeakMap<Population, Catalogue>()

/** The catalogue of a population, made once. */
export function catalogueOf(population: Population): Catalogue {
  const made = known.get(population) ?? catalogue(population)
  known.set(population, made)
  return made
}

function catalogue(population: Population): Catalogue {
  const byType = new Map<string, Resource[]>()
  for (const resource of population.resources) {
    const own = byType.get(resource.resourceType)
    if (own) own.push(resource)
    else byType.set(resource.resourceType, [resource])
  }
  const byName = new Map(population.resources.map((it) => [`${it.resourceType}/${it.id}`, it]))
  const gone = new Set(population.deletions.map(({ type, id }) => `${type}/${id}`))
  const compartments = compartmentOf(population)
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
