import { describe, expect, test } from 'vitest'
import {
  withInvariant,
  profilesOn,
  withRequiredBinding,
  brokenRules,
  sliceElement,
  withSlicing,
  snapshotOf,
  withExtension,
  withTypes,
} from '../fixtures/element-profiles.ts'
import { exampleUrl } from '../fixtures/example-package.ts'
import type { Profiles } from '../open.ts'

function notChecked(profiles: Profiles, ...resources: readonly object[]): readonly string[] {
  const tally = profiles.tally()
  for (const it of resources) profiles.add(tally, profiles.judge(it))
  const rows = profiles.seen(structuredClone(tally)).rows.filter(({ url }) => url === `${exampleUrl}mine`)
  return rows.flatMap((row) => row.notChecked.map(({ path, what, because }) => `${path} ${what}: ${because}`))
}

const patientOf = (has: object) => ({
  resourceType: 'Patient',
  meta: { profile: [`${exampleUrl}mine`] },
  ...has,
})

describe('what is not checked', () => {
  test('is a constraint that evaluates to nothing where a type cast may be the reason', async () => {
    const cast = withInvariant('(deceased as boolean) = false')
    const profiles = await profilesOn('Patient', [{ id: 'Patient', ...cast }])
    const dead = patientOf({ deceasedDateTime: '2020' })
    expect(profiles.judge(dead).problems).toEqual([])
    expect(notChecked(profiles, patientOf({ deceasedBoolean: false }))).toEqual([])
    expect(notChecked(profiles, dead, dead)).toEqual([
      'Patient hm-1: it evaluates to nothing, perhaps because of its type cast, for 2 resources',
    ])
    expect(brokenRules(profiles, 'Patient', { deceasedBoolean: true })).toEqual(['Patient hm-1'])
  })

  test('is a constraint that evaluates to nothing where an extension stands for a value', async () => {
    const profiles = await profilesOn('Patient', [
      { id: 'Patient.identifier', ...withInvariant("value.matches('^1')") },
    ])
    const masked = patientOf({ identifier: [{ _value: withExtension('http://x') }] })
    expect(profiles.judge(masked).problems).toEqual([])
    expect(notChecked(profiles, masked)).toEqual([
      'Patient.identifier hm-1: it evaluates to nothing where an extension replaces a value, for 1 resource',
    ])
    expect(brokenRules(profiles, 'Patient', { identifier: [{}] })).toEqual(['Patient.identifier hm-1'])
  })

  test('is a constraint that cannot be evaluated, whoever tries', async () => {
    const profiles = await profilesOn('Patient', [
      { id: 'Patient.name', ...withInvariant("given.matches('x')") },
    ])
    const two = patientOf({ name: [{ given: ['a', 'b'] }, { given: ['a', 'b'] }] })
    const tallies = [two, two, patientOf({ name: [{ given: ['x'] }] })].map((it) => {
      const tally = profiles.tally()
      profiles.add(tally, profiles.judge(it))
      return JSON.parse(JSON.stringify(tally)) as ReturnType<Profiles['tally']>
    })
    const [row] = profiles.seen(tallies.reduce(profiles.merge)).rows
    expect(row?.notChecked).toEqual([
      {
        profile: `${exampleUrl}mine|1.2.0`,
        path: 'Patient.name',
        what: 'hm-1',
        because: 'it cannot be evaluated for 2 resources',
      },
    ])
  })

  test('is listed with the profile that uses the extension', async () => {
    const extension = snapshotOf('ext', 'Extension', [
      {
        id: 'Extension.value[x]',
        ...withRequiredBinding('http://elsewhere.example/set'),
        ...withInvariant('resolve().exists()'),
      },
      { id: 'Extension.extension', ...withSlicing('value', 'url') },
      sliceElement('Extension.extension:in', {
        type: [{ code: 'Extension', profile: [`${exampleUrl}inner`] }],
      }),
    ])
    const inner = snapshotOf('inner', 'Extension', [{ id: 'Extension', ...withInvariant('1.foo()', 'in-1') }])
    const profiles = await profilesOn(
      'Patient',
      [
        { id: 'Patient.extension', ...withSlicing('value', 'url') },
        sliceElement('Patient.extension:ext', {
          type: [{ code: 'Extension', profile: [`${exampleUrl}ext`] }],
        }),
      ],
      extension,
      inner,
    )
    const used = patientOf({
      extension: [{ url: `${exampleUrl}ext`, extension: [{ url: `${exampleUrl}inner` }] }],
    })
    expect(notChecked(profiles, used)).toEqual([
      'Patient.extension:ext.value[x] http://elsewhere.example/set: no package contains its codes',
      'Patient.extension:ext.value[x] hm-1: its expression needs other resources, profiles or a terminology server',
      'Patient.extension:ext.extension:in in-1: it cannot be evaluated for 1 resource',
    ])
  })

  test('is what an element shares with another, and where references are to', async () => {
    const to = { code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Group'] }
    const profiles = await profilesOn('Questionnaire', [
      { id: 'Questionnaire.item' },
      { id: 'Questionnaire.item.prefix', max: '0' },
      { id: 'Questionnaire.item.item', contentReference: '#Questionnaire.item' },
      { id: 'Questionnaire.subject', type: [to] },
      { id: 'Questionnaire.other', contentReference: '#Questionnaire.subject' },
      { id: 'Questionnaire.amount', ...withTypes('Quantity'), minValueQuantity: { value: 1 } },
      {
        id: 'Questionnaire.dose',
        type: [
          { code: 'Quantity', profile: ['http://hl7.org/fhir/StructureDefinition/SimpleQuantity'] },
          { code: 'Range' },
        ],
      },
      { id: 'Questionnaire.value[x]', ...withSlicing('type', '$this', 'closed') },
    ])
    expect(notChecked(profiles)).toEqual([
      'Questionnaire.amount minValue, maxValue: bulkcheck does not compare quantities in other units',
      'Questionnaire.dose sqty-1: it applies to only some of the types of the element',
      'Questionnaire.value[x] slicing: the slicing is closed and has no slices',
      'Questionnaire.item.item contentReference: bulkcheck does not apply the rules of Questionnaire.item there',
    ])
  })
})

describe('what must be supported', () => {
  const must = (id: string) => ({ id, mustSupport: true })
  const absent = {
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
  }

  test('is seen where it says anything', async () => {
    const profiles = await profilesOn(
      'Patient',
      ['name', 'birthDate', 'active', 'photo', 'contact', 'maritalStatus', 'link'].map((it) =>
        must(`Patient.${it}`),
      ),
    )
    const tally = profiles.tally()
    const has = {
      ...{ name: [{ _family: absent }], _birthDate: absent, active: false, photo: [{}], contact: [null] },
      ...{ maritalStatus: absent, link: [{ other: { display: 'x' } }] },
    }
    profiles.add(tally, profiles.judge(patientOf(has)))
    expect(profiles.seen(tally).rows[0]?.seen).toEqual(['Patient.active', 'Patient.link'])
    profiles.add(tally, profiles.judge(patientOf({ _birthDate: withExtension('http://x') })))
    expect(profiles.seen(tally).rows[0]?.seen).toContain('Patient.birthDate')
  })
})
