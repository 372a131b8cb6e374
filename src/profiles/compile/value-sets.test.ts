import { expect, test } from 'vitest'
import { brokenRules, profilesOn, withRequiredBinding } from '../fixtures/element-profiles.ts'
import { exampleUrl } from '../fixtures/example-package.ts'

const system = 'http://animals.example'
const animals = {
  resourceType: 'CodeSystem',
  url: system,
  version: '1',
  content: 'complete',
  property: [{ code: 'legs' }, { code: 'kind-of', uri: 'http://hl7.org/fhir/concept-properties#parent' }],
  concept: [
    {
      code: 'animal',
      concept: [
        { code: 'dog', display: 'Dog', property: [{ code: 'legs', valueInteger: 4 }] },
        { code: 'bird', property: [{ code: 'legs', valueInteger: 2 }], concept: [{ code: 'owl' }] },
      ],
    },
    { code: 'puppy', property: [{ code: 'kind-of', valueCode: 'dog' }] },
    { code: 'dodo', property: [{ code: 'inactive', valueBoolean: true }] },
  ],
}
const part = { ...animals, url: 'http://part.example', content: 'fragment' }
const all = ['animal', 'dog', 'bird', 'owl', 'puppy', 'dodo']
const set = (id: string, compose: object) => ({ resourceType: 'ValueSet', url: exampleUrl + id, compose })
const filtered = (property: string, op: string, value: string) => ({
  include: [{ system, filter: [{ property, op, value }] }],
})
const some = (...codes: string[]) => ({ system, concept: codes.map((code) => ({ code })) })
const more = [
  animals,
  part,
  set('pets', { include: [some('dog', 'puppy')] }),
  set('winged', { include: [some('bird', 'owl')] }),
  set('far', { include: [{ valueSet: ['http://elsewhere.example/x'] }] }),
]
const other = (id: string) => ({ valueSet: [exampleUrl + id] })

/** The codes that a value set certainly lacks. */
async function lacking(
  compose: object,
  of = system,
  codes: readonly string[] = all,
): Promise<readonly string[]> {
  const bound = { id: 'Patient.maritalStatus', ...withRequiredBinding(`${exampleUrl}tried`) }
  const profiles = await profilesOn('Patient', [bound], ...more, set('tried', compose))
  return codes.filter(
    (code) =>
      brokenRules(profiles, 'Patient', { maritalStatus: { coding: [{ system: of, code }] } }).length > 0,
  )
}

test.each<readonly [string, object, readonly string[]]>([
  ['a whole system', { include: [{ system }] }, []],
  ['codes in use', { include: [{ system }], inactive: false }, ['dodo']],
  ['is-a', filtered('concept', 'is-a', 'bird'), ['animal', 'dog', 'puppy', 'dodo']],
  ['is-a by properties', filtered('concept', 'is-a', 'dog'), ['animal', 'bird', 'owl', 'dodo']],
  ['descendent-of', filtered('concept', 'descendent-of', 'bird'), ['animal', 'dog', 'bird', 'puppy', 'dodo']],
  ['is-not-a', filtered('concept', 'is-not-a', 'animal'), ['animal', 'dog', 'bird', 'owl', 'puppy']],
  ['generalizes', filtered('concept', 'generalizes', 'owl'), ['dog', 'puppy', 'dodo']],
  ['=', filtered('legs', '=', '4'), ['animal', 'bird', 'owl', 'puppy', 'dodo']],
  ['in', filtered('legs', 'in', '2, 4'), ['animal', 'owl', 'puppy', 'dodo']],
  ['not-in', filtered('code', 'not-in', 'dog,owl'), ['dog', 'owl']],
  ['exists', filtered('legs', 'exists', 'false'), ['dog', 'bird']],
  ['regex', filtered('code', 'regex', '.o.'), ['animal', 'bird', 'owl', 'puppy', 'dodo']],
  ['display', filtered('display', '=', 'Dog'), ['animal', 'bird', 'owl', 'puppy', 'dodo']],
  ['an unknown property', filtered('colour', '=', 'red'), []],
  ['an unknown operator', filtered('code', 'like', 'dog'), []],
  ['exclude', { include: [{ system }], exclude: [some('dog', 'owl')] }, ['dog', 'owl']],
  ['exclude by a value set', { include: [{ system }], exclude: [other('pets')] }, ['dog', 'puppy']],
  [
    'exclude what is unknown',
    { include: [some('dog')], exclude: [other('far')] },
    all.slice(2).concat('animal'),
  ],
  ['an import', { include: [other('pets')] }, ['animal', 'bird', 'owl', 'dodo']],
  ['imports of two', { include: [other('pets'), other('winged')] }, ['animal', 'dodo']],
  [
    'what two imports have in common',
    { include: [{ valueSet: [`${exampleUrl}pets`, `${exampleUrl}winged`] }] },
    all,
  ],
  [
    'what a system and an import have in common',
    { include: [{ ...filtered('concept', 'is-a', 'animal').include[0], ...other('pets') }] },
    ['animal', 'bird', 'owl', 'dodo'],
  ],
  ['a version that no package has', { include: [{ system, version: '2' }] }, []],
  ['a version that a package has', { include: [{ system, version: '1' }] }, []],
])('%s', async (_, compose, expected) => {
  expect([...(await lacking(compose))].sort()).toEqual([...expected].sort())
})

test('of a system that is known in part, only codes that are left out are certainly not there', async () => {
  const whole = { include: [{ system: part.url }], exclude: [{ ...some('dog'), system: part.url }] }
  expect(await lacking(whole, part.url, [...all, 'cat'])).toEqual(['dog'])
})

test('a value set without a definition has the codes of its expansion if that is whole', async () => {
  const bound = { id: 'Patient.maritalStatus', ...withRequiredBinding(`${exampleUrl}tried`) }
  const broken = async (total: number) => {
    const expansion = { total, contains: [{ system, code: 'dog', contains: [{ system, code: 'puppy' }] }] }
    const tried = { resourceType: 'ValueSet', url: `${exampleUrl}tried`, expansion }
    const profiles = await profilesOn('Patient', [bound], tried)
    return all.filter(
      (code) =>
        brokenRules(profiles, 'Patient', { maritalStatus: { coding: [{ system, code }] } }).length > 0,
    )
  }
  expect(await broken(2)).toEqual(['animal', 'bird', 'owl', 'dodo'])
  expect(await broken(3)).toEqual([])
})

test('the maximum of a binding that is not required is one too', async () => {
  const extension = [
    {
      url: 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet',
      valueCanonical: `${exampleUrl}pets`,
    },
  ]
  const binding = { strength: 'preferred', valueSet: 'http://x', extension }
  const profiles = await profilesOn('Patient', [{ id: 'Patient.maritalStatus', binding }], ...more)
  const married = (code: string) => ({ maritalStatus: { coding: [{ system, code }] } })
  expect(brokenRules(profiles, 'Patient', married('dog'))).toEqual([])
  expect(brokenRules(profiles, 'Patient', married('owl'))).toEqual(['Patient.maritalStatus binding'])
})

test.each([
  ['http://hl7.org/fhir/ValueSet/ucum-bodytemp', 'Cel', 'K'],
  ['http://hl7.org/fhir/ValueSet/ucum-bodytemp|4.0.1', '[degF]', 'K'],
])('the value set %s of R4 needs no package', async (valueSet, right, wrong) => {
  const element = {
    id: 'Observation.value[x]',
    type: [{ code: 'Quantity' }],
    ...withRequiredBinding(valueSet),
  }
  const profiles = await profilesOn('Observation', [element])
  const broken = (code: string) =>
    brokenRules(profiles, 'Observation', { valueQuantity: { system: 'http://unitsofmeasure.org', code } })
  expect(broken(right)).toEqual([])
  expect(broken(wrong)).toEqual(['Observation.valueQuantity binding'])
})

test.each([
  'http://hl7.org/fhir/ValueSet/ucum-bodytemp|5.0.0',
  'http://terminology.hl7.org/ValueSet/v3-ActCode',
])('%s is not of R4 itself, and rejects no code', async (valueSet) => {
  const element = {
    id: 'Observation.value[x]',
    type: [{ code: 'Quantity' }],
    ...withRequiredBinding(valueSet),
  }
  const profiles = await profilesOn('Observation', [element])
  const has = { valueQuantity: { system: 'http://unitsofmeasure.org', code: 'K' } }
  expect(brokenRules(profiles, 'Observation', has)).toEqual([])
})
