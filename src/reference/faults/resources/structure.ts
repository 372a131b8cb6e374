import type { Fault } from '../definition.ts'
import { honestConduct } from '../../conduct/conduct.ts'
import type { Resource } from '../../population/model.ts'

/** Changes each resource of one type as it is written into an output file. */
export function ofType(type: string, change: (resource: Resource) => object): Fault['conduct'] {
  return {
    lineOf: (resource, file) =>
      file.kind === 'output' && resource.resourceType === type
        ? JSON.stringify(change(resource))
        : honestConduct.lineOf(resource, file),
  }
}

const breaks = 'export.ndjson.valid-resources'

/** Faults of resources that are JSON with type and id, but not valid FHIR. */
export const structureFaults: readonly Fault[] = [
  {
    id: 'resources-with-unknown-elements',
    breaks,
    conduct: ofType('Patient', (it) => ({ ...it, nickname: 'x' })),
  },
  {
    id: 'resources-without-mandatory-elements',
    breaks,
    conduct: ofType('Observation', ({ code: _, ...rest }) => rest),
  },
  {
    id: 'repeating-elements-as-objects',
    breaks,
    conduct: ofType('Patient', (it) => ({ ...it, communication: { language: { text: 'English' } } })),
  },
  {
    id: 'codes-outside-required-bindings',
    breaks,
    conduct: ofType('Patient', (it) => ({ ...it, contact: [{ gender: 'F', name: { text: 'x' } }] })),
  },
  {
    id: 'days-that-no-calendar-has',
    breaks,
    conduct: ofType('Patient', (it) => ({ ...it, deceasedDateTime: '2021-02-30' })),
  },
  {
    id: 'numbers-as-strings',
    breaks,
    conduct: ofType('Observation', (it) => ({
      ...it,
      component: [{ code: { text: 'x' }, valueQuantity: { value: '7' } }],
    })),
  },
  { id: 'empty-arrays', breaks, conduct: ofType('Patient', (it) => ({ ...it, photo: [] })) },
  { id: 'elements-that-are-null', breaks, conduct: ofType('Patient', (it) => ({ ...it, photo: null })) },
  {
    id: 'two-types-of-a-choice',
    breaks,
    conduct: ofType('Patient', (it) => ({ ...it, multipleBirthBoolean: true, multipleBirthInteger: 2 })),
  },
  {
    id: 'references-to-a-wrong-type',
    breaks,
    conduct: ofType('Observation', (it) => ({ ...it, device: { reference: `${it.resourceType}/${it.id}` } })),
  },
  {
    id: 'broken-invariants',
    breaks,
    conduct: ofType('Observation', (it) => ({
      ...it,
      referenceRange: [{ appliesTo: [{ text: 'x' }] }],
    })),
  },
  {
    id: 'relative-extension-urls',
    breaks,
    conduct: ofType('Patient', (it) => ({ ...it, extension: [{ url: 'note', valueString: 'x' }] })),
  },
  {
    id: 'contained-with-one-id',
    breaks,
    conduct: ofType('Patient', (it) => ({
      ...it,
      contained: [
        { resourceType: 'Organization', id: 'o', name: 'x' },
        { resourceType: 'Organization', id: 'o', name: 'y' },
      ],
      managingOrganization: { reference: '#o' },
    })),
  },
  {
    id: 'sizes-of-other-data',
    breaks,
    conduct: ofType('Patient', (it) => ({
      ...it,
      photo: [{ contentType: 'image/png', data: 'aGVsbG8=', size: 99 }],
    })),
  },
  {
    id: 'languages-without-tags',
    breaks,
    conduct: ofType('Patient', (it) => ({ ...it, language: 'en_US' })),
  },
  {
    id: 'relative-systems',
    breaks: 'export.resources.advised',
    conduct: ofType('Patient', (it) => ({
      ...it,
      maritalStatus: { coding: [{ system: 'status', code: 'M' }] },
    })),
  },
  {
    id: 'names-that-occur-twice',
    breaks,
    conduct: {
      lineOf: (resource, file) =>
        file.kind === 'output' && resource.resourceType === 'Patient'
          ? honestConduct.lineOf(resource, file).replace(/\}$/, ',"active":true,"active":true}')
          : honestConduct.lineOf(resource, file),
    },
  },
]
