import { expect, test } from 'vitest'
import type { Baseline } from '../../model/target.ts'
import { configProblems } from '../schema-problems.ts'
import { resolveSettings } from '../settings.ts'
import { ConfigError } from '../error.ts'
import type { PartialSettings } from '../partial-settings.ts'

const url = 'https://fhir.example'
const wishes: PartialSettings = { url, levels: ['system', 'patient'], client: { auth: 'none' } }

test('patients become references, and the parameters count as offered', () => {
  const baseline = {
    _type: ['Patient'],
    _since: '2026-01-01T00:00:00+01:00',
    patient: ['1', 'Patient/b.2-C'],
  }
  expect(resolveSettings({ ...wishes, supports: ['_elements', '_type'], baseline }).target).toMatchObject({
    baseline: { ...baseline, patient: ['Patient/1', 'Patient/b.2-C'] },
    supports: ['_elements', '_type', '_since', 'patient', 'POST'],
  })
  const found = resolveSettings({ ...wishes, baseline: { _type: ['Patient'] } }).target
  expect(found).toMatchObject({ supports: ['_type'], findsFeatures: true })
})

test.each([undefined, {}])('%j narrows nothing', (baseline) => {
  const { target } = resolveSettings({ ...wishes, ...(baseline ? { baseline } : {}) })
  expect(target).not.toHaveProperty('baseline')
  expect(target.supports).toEqual([])
})

test.each<[string, Baseline, PartialSettings, string]>([
  [
    'an unknown type',
    { _type: ['Patient', 'Observaton'] },
    {},
    '`target.baseline._type.1` is not a resource type of FHIR R4',
  ],
  [
    'a date',
    { _since: '2026-01-01' },
    {},
    '`target.baseline._since` is not a FHIR instant, such as `2026-01-01T00:00:00Z`',
  ],
  [
    'an instant without a zone',
    { _since: '2026-01-01T00:00:00' },
    {},
    '`target.baseline._since` is not a FHIR instant, such as `2026-01-01T00:00:00Z`',
  ],
  [
    'patients in 1.0.1',
    { patient: ['1'] },
    { ig: '1.0.1' },
    '`target.baseline.patient`: release 1.0.1 does not have the parameter `patient`',
  ],
  [
    'patients of a system',
    { patient: ['1'] },
    { levels: ['system'] },
    '`target.baseline.patient`: exports at system level do not have the parameter `patient`; add another level',
  ],
  [
    'a practitioner',
    { patient: ['1', 'Practitioner/1'] },
    {},
    '`target.baseline.patient.1` is neither the id of a Patient nor a reference such as `Patient/1`',
  ],
])('%s is a problem', (_, baseline, more, problem) => {
  const resolve = () => resolveSettings({ ...wishes, baseline, ...more })
  expect(resolve).toThrow(ConfigError)
  try {
    resolve()
  } catch (error) {
    expect((error as ConfigError).problems).toEqual([problem])
  }
})

test('a file with another form is named with its keys, and no value', () => {
  const target = { baseline: { _types: ['Patient'], _type: [], _since: 7, patient: ['hush', 'hush'] } }
  expect(configProblems({ target })).toEqual([
    'unknown key `target.baseline._types`; did you mean `_type`?',
    '`target.baseline._type` is empty',
    '`target.baseline._since` must be a string, not 7',
    '`target.baseline.patient` has the same item twice',
  ])
})
