import { expect, test } from 'vitest'
import { type Target, defaultLimits } from '../../model/target.ts'
import { type ResolvedExport, kickoffOf } from './kickoff.ts'

const target: Target = {
  name: 'test',
  fhirUrl: 'https://h/fhir',
  ig: '2.0.0',
  authorization: { kind: 'none' },
  levels: ['system'],
  supports: [],
  tokenOrigins: [],
  limits: defaultLimits,
}

const urlOf = (spec: Partial<ResolvedExport>, more: Partial<Target> = {}) => {
  const kickoff = kickoffOf({ level: 'system', ...spec }, { ...target, ...more })
  return 'reason' in kickoff ? kickoff.reason.kind : kickoff.url
}

test.each<[string, ResolvedExport['parameters'], string]>([
  ['nothing', {}, ''],
  ['a text', { _since: '2026-01-01T00:00:00+01:00' }, '?_since=2026-01-01T00%3A00%3A00%2B01%3A00'],
  ['a list', { _type: ['Patient', 'Device'] }, '?_type=Patient,Device'],
  ['queries', { _typeFilter: ['A?b=c,d', 'E?f=g'] }, '?_typeFilter=A%3Fb%3Dc%2Cd&_typeFilter=E%3Ff%3Dg'],
  ['queries in one', { _typeFilter: { joined: ['A?b=c', 'E?f=g'] } }, '?_typeFilter=A%3Fb%3Dc,E%3Ff%3Dg'],
  ['a list in several', { _type: { repeated: ['Patient', 'Device'] } }, '?_type=Patient&_type=Device'],
  ['a number and a boolean', { n: 1, b: false }, '?n=1&b=false'],
  ['what is taken out', { _type: null }, ''],
])('a GET with %s', (_name, parameters = {}, query) => {
  expect(urlOf({ parameters })).toBe(`https://h/fhir/$export${query}`)
})

test('each level has an endpoint of its own', () => {
  expect(urlOf({ level: 'patient' })).toBe('https://h/fhir/Patient/$export')
  expect(urlOf({ level: 'group', group: 'a b' }, { groupId: 'g' })).toBe('https://h/fhir/Group/a%20b/$export')
  expect(urlOf({ level: 'group' })).toBe('no-group')
})

test.each([
  ['a/b', 'a%2Fb'],
  ['All_Patients', 'All_Patients'],
  ['urn:oid:1.2', 'urn%3Aoid%3A1.2'],
  ['50%?#', '50%25%3F%23'],
  ['...', '...'],
  ['Ä', '%C3%84'],
])('the Group id %s is one segment of the path', (groupId, segment) => {
  expect(urlOf({ level: 'group' }, { groupId })).toBe(`https://h/fhir/Group/${segment}/$export`)
})

test('a Group can be named by a reference, and not by dots', () => {
  expect(urlOf({ level: 'group', group: 'Group/1' })).toBe('https://h/fhir/Group/1/$export')
  expect(urlOf({ level: 'group', group: 'https://h/fhir/Group/a/b' })).toBe(
    'https://h/fhir/Group/a%2Fb/$export',
  )
  expect(urlOf({ level: 'group', group: '..' })).toBe('stated')
  expect(urlOf({ level: 'group', group: '.' })).toBe('stated')
})

test('header fields are patched in place, whatever their spelling', () => {
  const kickoff = kickoffOf({ level: 'system', headers: { PREFER: 'x', accept: null, 'X-New': 'y' } }, target)
  expect('headers' in kickoff && kickoff.headers).toEqual([
    ['PREFER', 'x'],
    ['Cache-Control', 'no-cache'],
    ['X-New', 'y'],
  ])
})

const baseline = {
  _type: ['Patient', 'Device'],
  _since: '2026-01-01T00:00:00Z',
  patient: ['Patient/1', 'Patient/2'],
}
const narrowed = (spec: Partial<ResolvedExport>) => {
  const kickoff = kickoffOf({ level: 'patient', ...spec }, { ...target, baseline })
  if ('reason' in kickoff) throw new Error(kickoff.reason.kind)
  return [kickoff.method, kickoff.parameters.map((it) => it.join('='))] as const
}
const narrowing = [
  '_type=Patient,Device',
  '_since=2026-01-01T00:00:00Z',
  'patient=Patient/1',
  'patient=Patient/2',
]

test.each<[string, Partial<ResolvedExport>, 'GET' | 'POST', readonly string[]]>([
  ['at patient level by POST', {}, 'POST', narrowing],
  ['at system level without patients', { level: 'system' }, 'GET', narrowing.slice(0, 2)],
  ['but not if it is to be whole', { whole: true }, 'GET', []],
  ['beside its own parameter', { parameters: { a: 'b' } }, 'POST', [...narrowing, 'a=b']],
  [
    'except by its own types',
    { level: 'system', parameters: { _type: ['Group'] } },
    'GET',
    [narrowing[1] ?? '', '_type=Group'],
  ],
  [
    'except by its own patients',
    { method: 'POST', parameters: { patient: ['Patient/3'] } },
    'POST',
    [...narrowing.slice(0, 2), 'patient=Patient/3'],
  ],
  [
    'except by what it takes out',
    { level: 'system', parameters: { _since: null } },
    'GET',
    narrowing.slice(0, 1),
  ],
])('a baseline narrows an export %s', (_, spec, method, parameters) => {
  expect(narrowed(spec)).toEqual([method, parameters])
})

test('a narrowed export by POST has references to patients', () => {
  const kickoff = kickoffOf({ level: 'patient' }, { ...target, baseline: { patient: ['Patient/1'] } })
  const parameter = [{ name: 'patient', valueReference: { reference: 'Patient/1' } }]
  expect('body' in kickoff && JSON.parse(kickoff.body ?? '')).toEqual({
    resourceType: 'Parameters',
    parameter,
  })
})

test('in 4.0.0 a kick-off is a POST, with an entry for each value', () => {
  const kickoff = kickoffOf(
    {
      level: 'system',
      parameters: {
        _type: ['Patient', 'Device'],
        _typeFilter: { joined: ['Patient?gender=female', 'Device?type=x'] },
        includeAssociatedData: ['LatestProvenanceResources'],
        _maximumFileSize: 1000,
        allowPartialManifests: true,
      },
    },
    { ...target, ig: '4.0.0-ballot' },
  )
  expect(kickoff).toMatchObject({ method: 'POST', url: 'https://h/fhir/$export' })
  expect('body' in kickoff ? JSON.parse(kickoff.body ?? '') : undefined).toEqual({
    resourceType: 'Parameters',
    parameter: [
      { name: '_type', valueString: 'Patient' },
      { name: '_type', valueString: 'Device' },
      { name: '_typeFilter', valueString: 'Patient?gender=female' },
      { name: '_typeFilter', valueString: 'Device?type=x' },
      {
        name: 'includeAssociatedData',
        valueCoding: {
          system: 'http://hl7.org/fhir/uv/bulkdata/CodeSystem/include-associated-data',
          code: 'LatestProvenanceResources',
        },
      },
      { name: '_maximumFileSize', valuePositiveInt: 1000 },
      { name: 'allowPartialManifests', valueBoolean: true },
    ],
  })
})
