import { honest } from '../conduct.ts'
import { only } from '../elements.ts'
import type { Fault } from '../fault.ts'

/** Faults of `_elements` where it is supported. */
export const elementFaults: readonly Fault[] = [
  {
    id: 'elements-not-omitted',
    breaks: 'export.params.elements.omits',
    // What is never left out is left out in neither form.
    also: ['export.params.elements.forms', 'export.params.elements.untyped'],
    conduct: {
      reduces: (resource, filters) => ({
        ...resource,
        ...(honest.reduces(resource, filters).meta ? { meta: honest.reduces(resource, filters).meta } : {}),
      }),
    },
  },
  {
    id: 'typed-elements-ignored',
    breaks: 'export.params.elements.forms',
    conduct: {
      reduces: (resource, filters) =>
        honest.reduces(
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
      reduces: (resource, filters) =>
        resource.resourceType === 'Patient' ? honest.reduces(resource, filters) : resource,
    },
  },
  {
    id: 'mandatory-elements-omitted',
    breaks: 'export.params.elements.mandatory',
    conduct: {
      reduces: (resource, filters) => {
        const named = filters
          .filter(({ type }) => type === undefined || type === resource.resourceType)
          .map(({ element }) => element)
        return named.length > 0 ? only(resource, named) : resource
      },
    },
  },
  {
    id: 'not-tagged-as-subsetted',
    breaks: 'export.params.elements.subsetted',
    conduct: {
      reduces: (resource, filters) => {
        const reduced = honest.reduces(resource, filters)
        return resource.meta ? { ...reduced, meta: resource.meta } : reduced
      },
    },
  },
  {
    id: 'nested-elements-accepted',
    breaks: 'export.params.elements.root-only',
    conduct: { readsElement: (text) => honest.readsElement(text.replace(/^([A-Z]\w*\.\w+)\..*$/, '$1')) },
  },
]
