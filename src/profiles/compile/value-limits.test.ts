import { expect, test } from 'vitest'
import { type FixtureElement, profilesOn, brokenRules } from '../fixtures/element-profiles.ts'

/** A resource and its problems. */
type Case = readonly [has: object, ...broken: readonly string[]]

const rows: readonly (readonly [
  of: string,
  type: string,
  elements: readonly FixtureElement[],
  readonly Case[],
])[] = [
  [
    'texts have a greatest length',
    'Patient',
    [{ id: 'Patient.name.family', maxLength: 3 }],
    [[{ name: [{ family: 'a😀b' }] }], [{ name: [{ family: 'abcd' }] }, 'Patient.name.family maxLength']],
  ],
  [
    'numbers have bounds',
    'Patient',
    [{ id: 'Patient.multipleBirth[x]', minValueInteger: 1, maxValueInteger: 3 }],
    [
      [{ multipleBirthInteger: 3 }],
      [{ multipleBirthBoolean: true }],
      [{ multipleBirthInteger: 0 }, 'Patient.multipleBirthInteger minValue'],
      [{ multipleBirthInteger: 4 }, 'Patient.multipleBirthInteger maxValue'],
    ],
  ],
  [
    'dates have bounds, beyond which only what is certainly so is',
    'Patient',
    [{ id: 'Patient.birthDate', minValueDate: '2000-02-01', maxValueDate: '2001' }],
    [
      ...(['2000', '2000-02', '2000-02-01', '2001-12-31', 'x'].map((birthDate) => [{ birthDate }]) as Case[]),
      [{ birthDate: '2000-01-31' }, 'Patient.birthDate minValue'],
      [{ birthDate: '2002' }, 'Patient.birthDate maxValue'],
    ],
  ],
  [
    'instants have bounds wherever they are',
    'Observation',
    [{ id: 'Observation.issued', minValueInstant: '2020-01-01T00:00:00Z' }],
    [
      [{ issued: '2020-01-01T01:00:00+01:00' }],
      [{ issued: '2020-01-01T00:30:00+01:00' }, 'Observation.issued minValue'],
    ],
  ],
  [
    'a date and an instant differ only if they are a day apart',
    'Observation',
    [{ id: 'Observation.effective[x]', minValueDateTime: '2020-01-02T00:00:00Z' }],
    [
      [{ effectiveDateTime: '2020-01-01' }],
      [{ effectiveDateTime: '2019-12-31' }, 'Observation.effectiveDateTime minValue'],
    ],
  ],
  [
    'quantities have bounds in the same unit',
    'Observation',
    [{ id: 'Observation.value[x]', minValueQuantity: { value: 1, system: 'u', code: 'g' } }],
    [
      [{ valueQuantity: { value: 0, system: 'u', code: 'kg' } }],
      [{ valueQuantity: { value: 0, comparator: '>', system: 'u', code: 'g' } }],
      [{ valueQuantity: { value: 0, system: 'u', code: 'g' } }, 'Observation.valueQuantity minValue'],
    ],
  ],
]

test.each(rows)('%s', async (_, type, elements, cases) => {
  const profiles = await profilesOn(type, elements)
  for (const [has, ...broken] of cases)
    expect(brokenRules(profiles, type, has), JSON.stringify(has)).toEqual(broken)
})
