import { describe, expect, test } from 'vitest'
import {
  brokenRules,
  type FixtureElement,
  profilesOn,
  snapshotOf,
  withInvariant,
} from '../fixtures/element-profiles.ts'
import { exampleUrl } from '../fixtures/example-package.ts'

const needed = { min: 1 }
const named = snapshotOf('named', 'Practitioner', [{ id: 'Practitioner.name', ...needed }])
const full = snapshotOf('full', 'HumanName', [{ id: 'HumanName.family', ...needed }])
const short = snapshotOf('short', 'HumanName', [{ id: 'HumanName.text', ...needed }])
const typed = (id: string, code: string, ...profiles: string[]): FixtureElement => ({
  id,
  type: [{ code, profile: profiles.map((it) => (it.includes(':') ? it : exampleUrl + it)) }],
})
const core = 'http://hl7.org/fhir/StructureDefinition/'
const contained = (has: object) => ({ contained: [{ resourceType: 'Practitioner', ...has }] })
const entry = (has: object) => ({ entry: [{ resource: has }] })
const claim = { meta: { profile: [`${exampleUrl}named`] } }

type Row = readonly [
  what: string,
  type: string,
  element: FixtureElement,
  has: object,
  broken: readonly string[],
]
const rows: readonly Row[] = [
  ['a data type', 'Patient', typed('Patient.name', 'HumanName', 'full'), { name: [{ family: 'x' }] }, []],
  [
    'a data type that lacks something',
    'Patient',
    typed('Patient.name', 'HumanName', 'full'),
    { name: [{ text: 'x' }] },
    ['Patient.name.family min'],
  ],
  [
    'a data type in one of two profiles',
    'Patient',
    typed('Patient.name', 'HumanName', 'full', 'short'),
    { name: [{ text: 'x' }, { family: 'x' }] },
    [],
  ],
  [
    'a data type in none of two profiles',
    'Patient',
    typed('Patient.name', 'HumanName', 'full', 'short'),
    { name: [{}] },
    ['Patient.name type-profile'],
  ],
  [
    'a contained resource',
    'Patient',
    typed('Patient.contained', 'Practitioner', 'named'),
    contained({}),
    ['Patient.contained.name min'],
  ],
  [
    'a resource of another type',
    'Bundle',
    typed('Bundle.entry.resource', 'Resource', `${core}DocumentManifest`),
    entry({ resourceType: 'Patient' }),
    ['Bundle.entry.resource resource-type'],
  ],
  [
    'a resource of the type that a profile is on',
    'Bundle',
    typed('Bundle.entry.resource', 'Resource', 'named'),
    entry({ resourceType: 'Practitioner' }),
    ['Bundle.entry.resource.name min'],
  ],
]

describe('profiles of what a resource holds', () => {
  test.each(rows)('are judged: %s', async (_, type, element, has, broken) => {
    expect(brokenRules(await profilesOn(type, [element], named, full, short), type, has)).toEqual(broken)
  })

  test.each<readonly [string, object, readonly string[]]>([
    [
      'a contained resource',
      { resourceType: 'Patient', ...contained(claim) },
      ['Patient.contained(Practitioner).name min'],
    ],
    [
      'an entry',
      { resourceType: 'Bundle', ...entry({ resourceType: 'Practitioner', ...claim }) },
      ['Bundle.entry.resource.name min'],
    ],
    [
      'a parameter',
      {
        resourceType: 'Parameters',
        parameter: [{ part: [{ resource: { resourceType: 'Practitioner', ...claim } }] }],
      },
      ['Parameters.parameter.part.resource.name min'],
    ],
    [
      'a resource of another type',
      { resourceType: 'Bundle', ...entry({ resourceType: 'Patient', ...claim }) },
      ['Bundle.entry.resource.meta.profile profile-type'],
    ],
  ])('are claimed by %s', async (_, resource, broken) => {
    const { problems } = (await profilesOn('Basic', [], named)).judge(resource)
    expect(problems.map(({ path, rule }) => `${path} ${rule}`)).toEqual(broken)
  })

  const about = (expression: string) =>
    profilesOn('Patient', [{ id: 'Patient.contained.name', ...withInvariant(expression) }])
  const patient = { contained: [{ resourceType: 'Practitioner', name: [{ text: 'x' }] }] }

  test.each([
    "%resource.type().name = 'Practitioner'",
    "%rootResource.type().name = 'Patient'",
    '%resource is Practitioner',
  ])('have variables of their own: %s', async (expression) => {
    expect(brokenRules(await about(expression), 'Patient', patient)).toEqual([])
    expect(brokenRules(await about(`(${expression}).not()`), 'Patient', patient)).toEqual([
      'Patient.contained.name hm-1',
    ])
  })
})
