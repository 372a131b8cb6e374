import { honestConduct } from '../conduct/conduct.ts'
import { onlyElements } from '../export/elements.ts'
import type { Fault } from './definition.ts'

/** Faults of `_elements` where it is supported. */
export const elementFaults: readonly Fault[] = [
  {
    id: 'elements-not-omitted',
    breaks: 'export.params.elements.omits',
    // Elements that are never left out are left out for neither form of entry.
    also: ['export.params.elements.forms', 'export.params.elements.untyped'],
    conduct: {
      reducesElements: (resource, filters) => ({
        ...resource,
        ...(honestConduct.reducesElements(resource, filters).meta
          ? { meta: honestConduct.reducesElements(resource, filters).meta }
          : {}),
      }),
    },
  },
  {
    id: 'typed-elements-ignored',
    breaks: 'export.params.elements.forms',
    conduct: {
      reducesElements: (resource, filters) =>
        honestConduct.reducesElements(
          resource,
          filters.filter(({ type }) => type === undefined),
        ),
    },
  },
  {
    id: 'elements-of-patients-only',
    breaks: 'export.params.elements.untyped',
    also: ['export.params.elements.omits'],
    conduct: {
      reducesElements: (resource, filters) =>
        resource.resourceType === 'Patient' ? honestConduct.reducesElements(resource, filters) : resource,
    },
  },
  {
    id: 'mandatory-elements-omitted',
    breaks: 'export.params.elements.mandatory',
    conduct: {
      reducesElements: (resource, filters) => {
        const named = filters
          .filter(({ type }) => type === undefined || type === resource.resourceType)
          .map(({ element }) => element)
        return named.length > 0 ? onlyElements(resource, named) : resource
      },
    },
  },
  {
    id: 'not-tagged-as-subsetted',
    breaks: 'export.params.elements.subsetted',
    conduct: {
      reducesElements: (resource, filters) => {
        const reduced = honestConduct.reducesElements(resource, filters)
        return resource.meta ? { ...reduced, meta: resource.meta } : reduced
      },
    },
  },
]
