import { expect, test } from 'vitest'
import { judgeLine } from './judge-line.ts'

const given = { resourceType: 'Patient', id: 'a' }
const observation = { resourceType: 'Observation', id: 'a', status: 'final', code: { text: 'a' } }
const absent = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
}
const report = { resourceType: 'DiagnosticReport', id: 'a', status: 'final', code: { text: 'a' } }
const div = '<div xmlns="http://www.w3.org/1999/xhtml">a</div>'
const deep = (levels: number): unknown =>
  levels === 0 ? { url: 'http://a', valueCode: 'a' } : { url: 'http://a', extension: [deep(levels - 1)] }

function problems(resource: unknown): readonly string[] {
  const text = typeof resource === 'string' ? resource : JSON.stringify(resource)
  return judgeLine(text, JSON.parse(text)).map((it) => `${it.rule} ${it.path}`)
}

test.each<[string, unknown]>([
  ['as small as can be', { resourceType: 'Patient' }],
  ['a value and its extension', { ...given, birthDate: '2020', _birthDate: { extension: absent.extension } }],
  ['a value with an id', { ...given, gender: 'male', _gender: { id: 'b' } }],
  [
    'an extension in place of a value that must be there',
    {
      ...given,
      contact: [{ name: { text: 'x' } }],
      link: [{ other: { reference: 'Patient/b' }, type: 'seealso' }],
      communication: [{ language: { text: 'x' }, _preferred: absent }],
    },
  ],
  ['null in values', { ...given, name: [{ given: [null, 'a'], _given: [absent, null] }] }],
  ['extensions of an array alone', { ...given, name: [{ _given: [absent] }] }],
  ['a choice by its extension alone', { ...observation, _valueString: absent }],
  ['a choice and its extension', { ...observation, valueString: 'a', _valueString: absent }],
  ['unusual white space', { ...given, name: [{ text: 'a\u00a0b\u2028 ' }] }],
  ['a narrative', { ...given, text: { status: 'generated', div } }],
  ['an absolute reference', { ...observation, subject: { reference: 'https://example.org/fhir/Patient/1' } }],
  ['a version of it', { ...observation, subject: { reference: 'Patient/1/_history/2', type: 'Patient' } }],
  ['a urn', { ...observation, subject: { reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' } }],
  [
    'a condition',
    { ...observation, subject: { reference: 'Practitioner?identifier=http://example.org/a|1' } },
  ],
  ['a logical reference', { ...observation, subject: { identifier: { value: '1' }, display: 'a' } }],
  [
    'a URL whose end only looks like a type',
    { ...observation, subject: { reference: 'Medication/Practitioner/b' } },
  ],
  [
    'a contained resource',
    {
      ...observation,
      contained: [
        {
          resourceType: 'Patient',
          id: 'p',
          extension: [{ url: 'http://a', valueReference: { reference: '#' } }],
        },
      ],
      subject: { reference: '#p' },
    },
  ],
  [
    'contained resources that refer to one another',
    {
      ...report,
      contained: [
        { ...observation, id: 'o', performer: [{ reference: '#d' }] },
        { resourceType: 'Practitioner', id: 'd' },
      ],
      result: [{ reference: '#o' }],
    },
  ],
  [
    'contained, and named by a canonical',
    {
      resourceType: 'QuestionnaireResponse',
      contained: [{ resourceType: 'Questionnaire', id: 'q', status: 'draft' }],
      questionnaire: '#q',
      status: 'completed',
    },
  ],
  [
    'a code of a required value set beside others',
    {
      resourceType: 'Condition',
      subject: { display: 'a' },
      clinicalStatus: { coding: [{ code: 'mine' }, { code: 'active' }] },
    },
  ],
  [
    'a code that is absent for a reason',
    { resourceType: 'Condition', subject: { display: 'a' }, clinicalStatus: absent },
  ],
  [
    'resources in a Bundle',
    { resourceType: 'Bundle', type: 'collection', entry: [{ resource: observation }] },
  ],
  ['extensions 100 levels deep', { ...given, extension: [deep(100)] }],
])('valid: %s', (_, resource) => expect(problems(resource)).toEqual([]))

test.each<[string, unknown, readonly string[]]>([
  ['no object', [], ['resource-type Resource']],
  ['no type', { id: 'a' }, ['resource-type Resource']],
  ['a type of nothing', { resourceType: 'Pacient' }, ['resource-type Resource']],
  ['a data type', { resourceType: 'HumanName' }, ['resource-type Resource']],
  ['an abstract type', { resourceType: 'DomainResource' }, ['resource-type Resource']],
  ['a name that other types have', { ...given, status: 'a' }, ['unknown-element Patient.status']],
  ['a name of nobody', { ...given, maiden: 'a' }, ['unknown-element Patient']],
  ['_x of an object', { ...given, _maritalStatus: absent }, ['unknown-element Patient._maritalStatus']],
  ['_x of an id', { ...given, _id: absent }, ['unknown-element Patient._id']],
  ['resourceType in a data type', { ...given, name: [given] }, ['unknown-element Patient.name.resourceType']],
  ['a primitive missing', { ...observation, status: undefined }, ['min Observation.status']],
  ['an object missing', { ...observation, code: undefined }, ['min Observation.code']],
  [
    'a choice missing',
    {
      resourceType: 'MedicationAdministration',
      status: 'completed',
      subject: { display: 'a' },
      effectiveDateTime: '2020',
    },
    ['min MedicationAdministration.medication[x]'],
  ],
  ['an array missing', { resourceType: 'OperationOutcome' }, ['min OperationOutcome.issue']],
  ['an url missing', { ...given, extension: [{ valueCode: 'a' }] }, ['min Patient.extension.url']],
  ['no array', { ...given, name: { text: 'a' } }, ['array Patient.name']],
  ['an array of one', { ...observation, code: [{ text: 'a' }] }, ['array Observation.code']],
  ['an array of a primitive', { ...given, gender: ['male'] }, ['array Patient.gender']],
  ['no array of a primitive', { ...given, name: [{ given: 'a' }] }, ['array Patient.name.given']],
  ['a string as a boolean', { ...given, active: 'true' }, ['json-type Patient.active']],
  ['a number as a string', { ...given, birthDate: 2020 }, ['json-type Patient.birthDate']],
  ['a string as a number', { ...observation, valueInteger: '1' }, ['json-type Observation.valueInteger']],
  ['a string as an object', { ...observation, code: 'a' }, ['json-type Observation.code']],
  ['an object as a string', { ...given, gender: { value: 'male' } }, ['json-type Patient.gender']],
  ['a string in an array of objects', { ...given, name: ['a'] }, ['json-type Patient.name']],
  ['a date of no calendar', { ...given, birthDate: '2021-02-30' }, ['format Patient.birthDate']],
  ['a fraction', { ...observation, valueInteger: 1.5 }, ['format Observation.valueInteger']],
  [
    'a decimal that no double holds',
    '{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueQuantity":{"value":1e999}}',
    [],
  ],
  ['an empty string', { ...given, name: [{ text: '' }] }, ['empty Patient.name.text']],
  ['an empty array', { ...given, name: [] }, ['empty Patient.name']],
  ['an empty object', { ...given, maritalStatus: {} }, ['empty Patient.maritalStatus']],
  ['an empty extension', { ...given, birthDate: '2020', _birthDate: {} }, ['empty Patient.birthDate']],
  ['null', { ...given, gender: null }, ['null Patient.gender']],
  ['null as an object', { ...given, maritalStatus: null }, ['null Patient.maritalStatus']],
  ['null in objects', { ...given, name: [null] }, ['null Patient.name']],
  ['null without an extension', { ...given, name: [{ given: ['a', null] }] }, ['null Patient.name.given']],
  [
    'null in both arrays',
    { ...given, name: [{ given: ['a', null], _given: [null, null] }] },
    ['null Patient.name.given'],
  ],
  [
    'extensions of too few',
    { ...given, name: [{ given: ['a', 'b'], _given: [absent] }] },
    ['array-length Patient.name.given'],
  ],
  ['an id in place of a value', { ...given, _gender: { id: 'a' } }, ['ele-1 Patient.gender']],
  ['only an id', { ...given, maritalStatus: { id: 'a' } }, ['ele-1 Patient.maritalStatus']],
  [
    'two of a choice',
    { ...observation, valueString: 'a', valueCodeableConcept: { text: 'a' } },
    ['choice Observation.valueCodeableConcept'],
  ],
  [
    'two by an extension',
    { ...observation, valueString: 'a', _valueInteger: absent },
    ['choice Observation.valueInteger'],
  ],
  ['a code of no value set', { ...given, gender: 'masculine' }, ['binding Patient.gender']],
  [
    'no coding of a value set',
    { resourceType: 'Condition', subject: { display: 'a' }, clinicalStatus: { coding: [{ code: 'mine' }] } },
    ['binding Condition.clinicalStatus'],
  ],
  [
    'a coding of another system',
    {
      resourceType: 'Condition',
      subject: { display: 'a' },
      clinicalStatus: { coding: [{ system: 'http://hl7.org/fhir/condition-clinical', code: 'active' }] },
    },
    ['binding Condition.clinicalStatus'],
  ],
  [
    'a coding beside one of another system, and one without any',
    {
      resourceType: 'Condition',
      subject: { display: 'a' },
      clinicalStatus: {
        coding: [
          { system: 'http://example.org', code: 'ongoing' },
          { system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' },
        ],
      },
      verificationStatus: { coding: [{ code: 'confirmed' }] },
    },
    [],
  ],
  [
    'text in place of a code',
    { resourceType: 'Condition', subject: { display: 'a' }, clinicalStatus: { text: 'active' } },
    ['binding Condition.clinicalStatus'],
  ],
  [
    'a reference to another type',
    { ...observation, subject: { reference: 'Practitioner/1' } },
    ['reference-target Observation.subject'],
  ],
  [
    'an absolute one',
    { ...observation, subject: { reference: 'http://a.example/Practitioner/1/_history/1' } },
    ['reference-target Observation.subject'],
  ],
  [
    'by its type',
    { ...observation, subject: { type: 'Practitioner', display: 'a' } },
    ['reference-target Observation.subject'],
  ],
  [
    'to another type contained',
    { ...observation, contained: [{ resourceType: 'Practitioner', id: 'd' }], subject: { reference: '#d' } },
    ['reference-target Observation.subject'],
  ],
  ['to nothing contained', { ...observation, subject: { reference: '#d' } }, ['ref-1 Observation.subject']],
  [
    'contained in what is contained',
    {
      ...observation,
      contained: [{ resourceType: 'Patient', id: 'p', contained: [given] }],
      subject: { reference: '#p' },
    },
    ['contained Observation.contained(Patient).contained'],
  ],
  [
    'what is wrong in what is contained',
    {
      ...observation,
      contained: [{ resourceType: 'Patient', id: 'p', gender: 'm' }],
      subject: { reference: '#p' },
    },
    ['binding Observation.contained(Patient).gender'],
  ],
  [
    'contained, of no type',
    { ...given, contained: [{ id: 'p' }] },
    ['resource-type Patient.contained', 'dom-3 Patient'],
  ],
  [
    'contained for nobody',
    { ...given, contained: [{ resourceType: 'Patient', id: 'p' }] },
    ['dom-3 Patient'],
  ],
  [
    'contained with a version',
    {
      ...observation,
      contained: [{ resourceType: 'Patient', id: 'p', meta: { versionId: '1' } }],
      subject: { reference: '#p' },
    },
    ['dom-4 Observation'],
  ],
  [
    'contained with an extended version',
    {
      ...observation,
      contained: [{ resourceType: 'Patient', id: 'p', meta: { _lastUpdated: absent } }],
      subject: { reference: '#p' },
    },
    ['dom-4 Observation'],
  ],
  [
    'contained, and referring to a container of another type',
    {
      ...given,
      contained: [{ ...observation, encounter: { reference: '#' }, subject: { reference: '#' } }],
    },
    ['reference-target Patient.contained(Observation).encounter'],
  ],
  [
    'a type that is not that of the resource referred to',
    {
      ...observation,
      subject: { type: 'Group', reference: 'https://fhir.example/Patient/1/_history/2' },
      performer: [
        { reference: 'Patient/a', type: 'Patient' },
        { reference: 'urn:iso:0', type: 'Patient' },
        { type: 'Patient' },
      ],
    },
    ['reference-target Observation.subject.type'],
  ],
  [
    'contained in what contains nothing',
    { resourceType: 'Parameters', contained: [{ resourceType: 'Patient', meta: { versionId: '1' } }] },
    ['unknown-element Parameters.contained'],
  ],
  [
    'contained with a label',
    {
      ...observation,
      contained: [{ resourceType: 'Patient', id: 'p', meta: { security: [{ code: 'R' }] } }],
      subject: { reference: '#p' },
    },
    ['dom-5 Observation'],
  ],
  [
    'in a Bundle',
    { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { ...given, birthDate: 'a' } }] },
    ['format Bundle.entry.resource(Patient).birthDate'],
  ],
  ['a name twice', '{"resourceType":"Patient","id":"a","id":"b"}', ['duplicate-key Patient']],
  [
    'a name twice, escaped',
    '{"resourceType":"Patient","name":[{"text":"a","t\\u0065xt":"b"}]}',
    ['duplicate-key Patient.name'],
  ],
  [
    'an integer with a fraction, or an exponent',
    '{"resourceType":"Patient","multipleBirthInteger":1.0,"telecom":[{"system":"phone","value":"1.0 , 2","rank":1e0}]}',
    ['format Patient.multipleBirthInteger', 'format Patient.telecom.rank'],
  ],
  [
    'a decimal with a fraction of zeros',
    '{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueQuantity":{"value":1.0}}',
    [],
  ],
  ...['100', '12e2', '1e2', '1e3', '-3e2', '1200', '0'].map((number): [string, string, string[]] => [
    `an integer written ${number}`,
    `{"resourceType":"Patient","multipleBirthInteger":${number}}`,
    number.includes('e') ? ['format Patient.multipleBirthInteger'] : [],
  ]),
  [
    'a version within a URL',
    {
      ...observation,
      subject: { reference: 'http://a/Practitioner/1/_history/2/Patient/3', type: 'Patient' },
    },
    [],
  ],
  [
    'an integer with a fraction in what is contained',
    '{"resourceType":"Observation","status":"final","code":{"text":"a"},"subject":{"reference":"#p"},"contained":[{"resourceType":"Patient","id":"p","multipleBirthInteger":2.0}]}',
    ['format Observation.contained(Patient).multipleBirthInteger'],
  ],
  [
    'a name twice below a name of nobody',
    '{"resourceType":"Patient","smith":{"id":"a","id":"b"}}',
    ['duplicate-key Patient', 'unknown-element Patient'],
  ],
  ['too deep', { ...given, extension: [deep(500)] }, ['max Resource']],
])('%s', (_, resource, expected) => expect(problems(resource)).toEqual(expected))

test('problems hold no value, nor a name that no definition knows', () => {
  const secret = 'Xq7'
  const resource = {
    ...given,
    [secret]: secret,
    birthDate: secret,
    gender: secret,
    name: [{ [secret]: [secret], given: secret, family: [secret] }],
    generalPractitioner: [{ reference: `#${secret}` }, { reference: `Patient/${secret}` }],
    contained: [{ resourceType: secret, id: secret }],
  }
  const said = judgeLine(JSON.stringify(resource), resource)
  expect(said.length).toBeGreaterThan(7)
  expect(JSON.stringify(said)).not.toContain(secret)
})

test('only the first ten thousand problems are reported', () => {
  const name = Array.from({ length: 11_000 }, () => ({ text: '' }))
  expect(problems({ ...given, name })).toHaveLength(10_000)
})
