import type { Fault } from '../definition.ts'

/** Whether a kick-off request asks for all Provenance and for the most recent one. */
const namesBoth = (parameters: readonly (readonly [string, string])[]) => {
  const asked = parameters.flatMap(([name, value]) => (name === 'includeAssociatedData' ? value : [])).join()
  return asked.includes('Latest') && asked.includes('Relevant')
}

/** Faults of what `includeAssociatedData` requests. */
export const provenanceFaults: readonly Fault[] = [
  {
    id: 'associated-data-not-returned',
    breaks: 'export.params.iad.applied',
    also: ['export.params.iad.relevant', 'export.params.iad.conflict'],
    conduct: { associatesProvenance: () => 'none' },
  },
  {
    id: 'latest-provenance-is-every-provenance',
    breaks: 'export.params.iad.latest',
    conduct: {
      associatesProvenance: ({ associated }) => (associated === 'latest' ? 'relevant' : associated),
    },
  },
  {
    id: 'relevant-provenance-is-the-latest',
    breaks: 'export.params.iad.relevant',
    conduct: {
      associatesProvenance: ({ associated, parameters }) => (namesBoth(parameters) ? associated : 'latest'),
    },
  },
  {
    id: 'most-restrictive-provenance-wins',
    breaks: 'export.params.iad.conflict',
    conduct: {
      associatesProvenance: ({ associated, parameters }) => (namesBoth(parameters) ? 'latest' : associated),
    },
  },
]
