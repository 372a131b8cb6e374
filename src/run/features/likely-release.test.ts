import { expect, test } from 'vitest'
import { likelyRelease } from './likely-release.ts'

const guide = 'http://hl7.org/fhir/uv/bulkdata'
const operation = (definition: string, documentation = '') => ({
  rest: [{ operation: [{ name: 'export', definition: `${guide}/${definition}`, documentation }] }],
})

test.each<[string, Record<string, unknown> | undefined, string]>([
  ['nothing', undefined, '2.0.0'],
  ['no version', { instantiates: [`${guide}/CapabilityStatement/bulk-data`] }, '2.0.0'],
  ['instantiates 1.0.0', { instantiates: [`${guide}/CapabilityStatement/bulk-data|1.0.0`] }, '1.0.1'],
  ['the version of the second ballot', { instantiates: [`${guide}|1.1.0`] }, '2.0.0'],
  ['instantiates 2.0.0', { instantiates: [`${guide}/CapabilityStatement/bulk-data|2.0.0`] }, '2.0.0'],
  ['an operation of 3.0.0', operation('OperationDefinition/export|3.0.0'), '3.0.0'],
  [
    'a parameter of 3.0.0 beside 2.0.0, which is the version of its artifacts',
    operation('OperationDefinition/export|2.0.0', 'Parameters: _type, _until.'),
    '3.0.0',
  ],
  [
    'another guide',
    { instantiates: ['http://hl7.org/fhir/us/core/CapabilityStatement/server|3.1.1'] },
    '2.0.0',
  ],
  ['3.0.0 beside 4.0.0', { implementationGuide: [`${guide}|4.0.0`, `${guide}|3.0.0`] }, '3.0.0'],
])('a CapabilityStatement with %s', (_, statement, release) => {
  expect(likelyRelease(statement, '2.0.0').release).toBe(release)
})

test('the ballot is named, and never chosen', () => {
  expect(likelyRelease({ implementationGuide: [`${guide}|4.0.0-ballot`] }, '2.0.0')).toEqual({
    release: '3.0.0',
    because: `the CapabilityStatement names ${guide}|4.0.0-ballot, a ballot, which is tested only with --ig 4.0.0-ballot`,
  })
})
