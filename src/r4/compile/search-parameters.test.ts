import { describe, expect, test } from 'vitest'
import { r4Model } from '../load.ts'
import { searchParameter } from '../search-parameters.ts'
import type { R4SearchParameter } from './package.ts'
import { compileSearchParameters } from './search-parameters.ts'

const types = Object.values(r4Model().types)

function compiled(expression: string, type: string, more: Partial<R4SearchParameter> = {}) {
  const url = 'http://hl7.org/fhir/SearchParameter/x'
  const definition = { resourceType: 'SearchParameter', url, code: 'x', type, expression } as const
  return compileSearchParameters([{ ...definition, base: ['Observation'], ...more }], types).Observation?.x
}

describe('an expression of a search parameter', () => {
  test.each<[string, string, ReturnType<typeof compiled>]>([
    ['Observation.status', 'token', { kind: 'code', paths: ['status'] }],
    ['Observation.code', 'token', { kind: 'token', paths: ['code'] }],
    [
      'Observation.code | Observation.status | Patient.gender',
      'token',
      { kind: 'token', paths: ['code', 'status'] },
    ],
    ['(Observation.value as CodeableConcept)', 'token', { kind: 'token', paths: ['valueCodeableConcept'] }],
    ['Observation.value as string', 'string', { kind: 'string', paths: ['valueString'] }],
    ['Observation.value.ofType(Quantity)', 'quantity', { kind: 'quantity', paths: ['valueQuantity'] }],
    ['Observation.component.value.as(Period)', 'date', { kind: 'date', paths: ['component.valuePeriod'] }],
    [
      '(Observation.value as CodeableConcept).text',
      'string',
      { kind: 'string', paths: ['valueCodeableConcept.text'] },
    ],
    [
      'Observation.effective',
      'date',
      {
        kind: 'date',
        paths: ['effectiveDateTime', 'effectivePeriod', 'effectiveInstant'],
        unclear: ['effectiveTiming'],
      },
    ],
    [
      'Observation.subject.where(resolve() is Patient)',
      'reference',
      { kind: 'reference', paths: ['subject'], target: 'Patient' },
    ],
    ['Observation.subject', 'reference', { kind: 'reference', paths: ['subject'] }],
    ['Observation.encounter', 'reference', { kind: 'reference', paths: ['encounter'], target: 'Encounter' }],
    ["Observation.identifier.where(system='x')", 'token', undefined],
    ["Observation.extension('http://x')", 'string', undefined],
    ['Observation.value.exists() and Observation.value != false', 'token', undefined],
    ['Observation.nothing', 'token', undefined],
    ['Observation.status | Observation.category[0]', 'token', undefined],
    ['Observation.subject.where(resolve() is Patient) | Observation.subject', 'reference', undefined],
    ['Observation.status | Observation.subject', 'composite', undefined],
    ['Patient.gender', 'token', undefined],
    ['', 'string', undefined],
  ])('%s as %s', (expression, type, expected) => {
    expect(compiled(expression, type)).toEqual(expected)
  })

  test('counts only where it is the only one of its name, and part of R4', () => {
    const of = (url: string): R4SearchParameter => ({
      resourceType: 'SearchParameter',
      url: `http://hl7.org/fhir/SearchParameter/${url}`,
      code: 'x',
      type: 'token',
      base: ['Observation'],
      expression: 'Observation.status',
    })
    const names = (...urls: readonly string[]) =>
      Object.keys(compileSearchParameters(urls.map(of), types).Observation ?? {})
    expect(names('a')).toEqual(['x'])
    expect(names('a', 'b')).toEqual([])
    expect(names('a', 'example', 'example-reference')).toEqual(['x'])
    expect(compiled('Observation.status', 'token', { url: 'http://a.example/x' })).toBeUndefined()
  })
})

describe('a search parameter of R4', () => {
  test.each([
    ['Patient', '_id', { kind: 'code', paths: ['id'] }],
    ['Patient', '_lastUpdated', { kind: 'date', paths: ['meta.lastUpdated'] }],
    [
      'Patient',
      'name',
      { kind: 'string', paths: ['name.family', 'name.given', 'name.prefix', 'name.suffix', 'name.text'] },
    ],
    ['AllergyIntolerance', 'patient', { kind: 'reference', paths: ['patient'], target: 'Patient' }],
    ['Condition', 'subject', { kind: 'reference', paths: ['subject'] }],
    ['RelatedPerson', 'family', undefined],
    ['Starship', '_id', undefined],
    ['Resource', '_id', undefined],
  ])('%s?%s', (type, name, expected) => {
    expect(searchParameter(type, name)).toEqual(expected)
  })
})
