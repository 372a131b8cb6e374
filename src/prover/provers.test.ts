import { describe, expect, it } from 'vitest'
import { hashKey } from '../model/fhir/hash.ts'
import { r4Model } from '../r4/load.ts'
import { judgeLine } from '../structure/judge-line.ts'
import { proofFacts, expectedFacts } from './fixtures/expected-facts.ts'
import { openProver } from './open.ts'
import { lineFlags, type Proof, type Prover } from './proof.ts'
import { readTables } from './tables.ts'
import { typescriptProver } from './typescript.ts'
import { wasmProver } from './wasm.ts'

const fhirUrl = 'https://fhir.example.org/r4'
const base = Buffer.from(`${fhirUrl}/`)
const tables = readTables()
const provers: readonly (readonly [string, Prover])[] = [
  ['TypeScript', typescriptProver(tables, base, 1 << 16)],
  ['WebAssembly', wasmProver(tables, base, 1 << 16)],
]

function prove(prover: Prover, text: string, type?: string): Proof {
  return prover.prove(prover.input.write(text), type)
}

function isProven(prover: Prover, line: object | string): boolean {
  return prove(prover, typeof line === 'string' ? line : JSON.stringify(line)).proven[0] === 1
}

function keyOf(text: string): readonly number[] {
  const out = new Uint32Array(3)
  hashKey(Buffer.from(text), out)
  return [...out]
}

const patient = { resourceType: 'Patient', id: 'a' }
const observation = { resourceType: 'Observation', id: 'a', status: 'final', code: { text: 'x' } }
const organization = { resourceType: 'Organization', id: 'o', name: 'x' }

/** What ordinary servers send. All of it is to stay on the fast path. */
const ordinary: Readonly<Record<string, object | string>> = {
  'a resource of little': patient,
  'names in any order': '{"birthDate":"2020-02-29","id":"a","resourceType":"Patient"}',
  'spaces and tabs':
    ' { "resourceType" : "Patient" ,\t"id" : "a" , "name" : [ { "given" : [ "A" , "B" ] } ] } ',
  'a carriage return': '{"resourceType":"Patient","id":"a"}\r\n',
  'letters of all kinds': { ...patient, name: [{ family: 'Ünïcödé 名前 😀', text: ' \u00a0x' }] },
  escapes: '{"resourceType":"Patient","id":"a","name":[{"family":"\\u00dc\\ud83d\\ude00\\n\\"\\\\\\/"}]}',
  'escaped slashes': '{"resourceType":"Patient","id":"a","meta":{"profile":["http:\\/\\/a"]}}',
  'nulls for what has extensions alone': {
    ...patient,
    name: [{ given: ['A', null], _given: [null, { extension: [{ url: 'http://a', valueCode: 'b' }] }] }],
  },
  'extensions in place of a value': {
    ...patient,
    _gender: { extension: [{ url: 'http://a', valueCode: 'b' }] },
  },
  'an id beside a value': { ...patient, gender: 'male', _gender: { id: 'x' } },
  'a code with a space': {
    resourceType: 'SearchParameter',
    id: 'a',
    url: 'http://a',
    name: 'x',
    status: 'draft',
    description: 'x',
    code: 'a b',
    base: ['Patient'],
    type: 'string',
  },
  'base64 in lines': { ...patient, photo: [{ contentType: 'image/png', data: 'QUJD\r\nREVG R0g=' }] },
  'a narrative': {
    ...patient,
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><p class="a">x</p></div>' },
  },
  'a narrative as people write it': narrated(
    '<h1 id=\'x\'>A &amp; B &lt; &#233;</h1>\n<img src="a.png" alt="&quot;"/><br />é 😀 ] > " \\ <table><tr ><td>1</td></tr></table >',
  ),
  'a narrative with escaped slashes': JSON.stringify(narrated('<p>x</p><br/>')).replaceAll('</', '<\\/'),
  'a reference that says the type in its URL': {
    ...observation,
    subject: { type: 'Patient', reference: 'http://elsewhere/fhir/Patient/1/_history/2' },
  },
  'contained resources': {
    ...observation,
    contained: [organization, { ...patient, id: 'p', managingOrganization: { reference: '#o' } }],
    subject: { reference: '#p' },
  },
  'absolute and logical references': {
    ...observation,
    subject: { reference: 'http://elsewhere/Patient/1' },
    performer: [{ reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' }, { display: 'x' }],
  },
  'a reference that says its type': { ...observation, subject: { reference: 'Patient/1', type: 'Patient' } },
  'a value and components': {
    ...observation,
    code: { coding: [{ system: 'http://loinc.org', code: '1-8' }] },
    valueQuantity: { value: 1e2, unit: '%' },
    component: [{ code: { coding: [{ system: 'http://loinc.org', code: '2-6' }] }, valueInteger: -5 }],
  },
  'a period over a change of the clock': {
    resourceType: 'Encounter',
    id: 'a',
    status: 'finished',
    class: { code: 'AMB' },
    period: { start: '2021-11-07T01:30:00-04:00', end: '2021-11-07T01:10:00-05:00' },
  },
  'a condition that is over': {
    resourceType: 'Condition',
    id: 'a',
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'resolved' }],
    },
    subject: { reference: 'Patient/1' },
    abatementDateTime: '2020',
  },
  'a group of people': {
    resourceType: 'Group',
    id: 'a',
    type: 'person',
    actual: true,
    member: [{ entity: { reference: 'Patient/1' } }],
  },
}

/** What the explaining path has nothing against, but judges itself; and what it rejects. None of it is proven. */
const left: Readonly<Record<string, object | string>> = {
  'no JSON': '{"resourceType":"Patient","id":"a"',
  'more than an object': '{"resourceType":"Patient","id":"a"}{}',
  'no id': { resourceType: 'Patient' },
  'an invalid id': { ...patient, id: 'a_b' },
  'the id of a contained resource': {
    ...observation,
    id: undefined,
    contained: [patient],
    subject: { reference: '#a' },
  },
  'no type': { id: 'a' },
  'an invalid type': { ...patient, resourceType: 'Patients' },
  'a name twice': '{"resourceType":"Patient","id":"a","active":true,"active":true}',
  'a name twice, once escaped': '{"resourceType":"Patient","id":"a","active":true,"\\u0061ctive":true}',
  'an unknown name': { ...patient, nickname: 'x' },
  'half a character': '{"resourceType":"Patient","id":"a","name":[{"family":"\\ud83d"}]}',
  'a control character': '{"resourceType":"Patient","id":"a","name":[{"family":"\u0001"}]}',
  'a number out of range': '{"resourceType":"Patient","id":"a","multipleBirthInteger":2147483648}',
  'a number of no double': `${JSON.stringify(observation).slice(0, -1)},"valueQuantity":{"value":1e400}}`,
  'base64 that is cut off': { ...patient, photo: [{ contentType: 'image/png', data: 'QUJD\nREV' }] },
  'an invalid day': { ...patient, birthDate: '2021-02-29' },
  'an invalid year': { ...patient, birthDate: '19:5' },
  'nulls in both arrays': { ...patient, name: [{ given: [null], _given: [null] }] },
  'nulls alone': { ...patient, name: [{ given: ['A', null] }] },
  'arrays of different lengths': { ...patient, name: [{ given: ['A'], _given: [null, { id: 'x' }] }] },
  'an id beside a null': {
    ...patient,
    name: [
      { given: [null, 'B'], _given: [{ id: 'x' }, { extension: [{ url: 'http://a', valueCode: 'b' }] }] },
    ],
  },
  'an id beside no value': { ...patient, _gender: { id: 'x' } },
  'two of a choice': { ...patient, deceasedBoolean: true, deceasedDateTime: '2020' },
  'two of a choice, one in extensions': {
    ...patient,
    deceasedBoolean: true,
    _deceasedDateTime: { extension: [{ url: 'http://a', valueCode: 'b' }] },
  },
  'a reference to another type': { ...observation, subject: { reference: 'Practitioner/1' } },
  'an absolute reference to another type': {
    ...observation,
    subject: { reference: 'http://a/Practitioner/1' },
  },
  'a contained resource that is not there': { ...observation, subject: { reference: '#p' } },
  'a contained resource of another type': {
    ...observation,
    contained: [organization],
    subject: { reference: '#o' },
  },
  'a contained resource that nothing refers to': { ...observation, contained: [organization] },
  'a contained resource with a version': {
    ...observation,
    contained: [{ ...patient, meta: { versionId: '1' } }],
    subject: { reference: '#a' },
  },
  'a value and the component of its code': {
    ...observation,
    code: { coding: [{ code: 'a' }] },
    valueBoolean: true,
    component: [{ code: { coding: [{ code: 'b' }, { code: 'a' }] } }],
  },
  'an extension with a value and extensions': {
    ...patient,
    extension: [{ url: 'http://a', valueCode: 'b', extension: [{ url: 'http://a', valueCode: 'b' }] }],
  },
  'a period that ends first': { ...patient, name: [{ period: { start: '2020-02', end: '2020-01-31' } }] },
  'a type that is not that of the resource referred to': {
    ...observation,
    subject: { reference: 'Patient/1', type: 'Group' },
  },
  'the type before the reference that it is not of': {
    ...observation,
    subject: { type: 'Group', reference: 'http://a/Patient/1' },
  },
  'a code of another system': {
    resourceType: 'Condition',
    id: 'a',
    clinicalStatus: { coding: [{ system: 'http://example.org', code: 'active' }] },
    subject: { reference: 'Patient/1' },
  },
  'a narrative that says a space': {
    ...patient,
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">&#32;</div>' },
  },
  'a narrative that says nothing': {
    ...patient,
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"> <p></p></div>' },
  },
}

const badly: readonly string[] = [
  'a</p>',
  '<p>a',
  '<p>a</b>',
  '<p>a</pp>',
  'a & b',
  '&nbsp;',
  '&#0;',
  '<br>',
  '<p a=b>x</p>',
  '<p a>x</p>',
  '<p a="1"b="2">x</p>',
  '<p a="1" a="2">x</p>',
  '<p a="<">x</p>',
  '<p onclick="x()">y</p>',
  '<p xmlns="">y</p>',
  '<script>x</script>',
  '<P>x</P>',
  'x]]>',
  'x</div><div>y',
  'x</div>y',
  '\u0001x',
  '\uffffx',
  '<!-- x -->',
  '<img src="a"',
]

function narrated(inner: string): object {
  return {
    ...patient,
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>` },
  }
}

describe.each(provers)('the prover in %s', (_, prover) => {
  it.each(badly)('does not prove a narrative with %j', (inner) => {
    expect(isProven(prover, narrated(inner))).toBe(false)
  })

  it.each(Object.entries(ordinary))('proves %s', (_name, line) => {
    expect(isProven(prover, line)).toBe(true)
    const text = typeof line === 'string' ? line : JSON.stringify(line)
    expect(judgeLine(text, JSON.parse(text))).toEqual([])
    expect(proofFacts(prove(prover, text), 0, r4Model())).toBe(expectedFacts(text, r4Model(), fhirUrl))
  })

  it.each(Object.entries(left))('does not prove %s', (_name, line) => {
    expect(isProven(prover, line)).toBe(false)
  })

  it('says where lines are, empty ones too, and whether or not the last one ends', () => {
    const line = JSON.stringify(patient)
    const proof = prove(prover, `${line}\n\nx\n${line}`)
    expect(proof.lines).toBe(4)
    expect([...proof.proven]).toEqual([1, 0, 0, 1])
    const length = line.length
    expect([...proof.offsets]).toEqual([0, length + 1, length + 2, length + 4, length * 2 + 4])
    expect(prove(prover, `${line}\n`).lines).toBe(1)
    expect(prove(prover, '').lines).toBe(0)
  })

  it('proves nothing of another type than the one it is given', () => {
    const lines = [patient, observation].map((it) => JSON.stringify(it)).join('\n')
    expect([...prove(prover, lines, 'Observation').proven]).toEqual([0, 1])
    expect([...prove(prover, lines, 'Nonsense').proven]).toEqual([0, 0])
    const names = [...prove(prover, lines).types].map((it) => r4Model().resources[it])
    expect(names).toEqual(['Patient', 'Observation'])
  })

  it('does not read what an earlier input left behind', () => {
    prove(prover, `${JSON.stringify(patient)}\n${JSON.stringify(observation)}`)
    expect([...prove(prover, JSON.stringify(patient).slice(0, -1)).proven]).toEqual([0])
  })

  it('knows the references of proven lines, to the server itself too, and those that put it into a compartment', () => {
    const line = {
      ...observation,
      subject: { reference: `${fhirUrl}/Patient/1/_history/2` },
      performer: [
        { reference: 'Patient/2' },
        { reference: 'Practitioner/3' },
        { reference: 'http://a/Patient/4' },
      ],
      focus: [{ reference: 'Patient/5' }],
    }
    const broken = { ...line, status: 'x' }
    const proof = prove(prover, [broken, line, patient].map((it) => JSON.stringify(it)).join('\n'))
    expect([...proof.referencesEnd]).toEqual([0, 4, 4])
    const expected = ['Patient/1', 'Patient/2', 'Practitioner/3', 'Patient/5']
    expect([...proof.references]).toEqual(expected.flatMap(keyOf))
    expect([...proof.compartment]).toEqual([1, 1, 2, 0])
    expect([...proof.keys.subarray(3, 6)]).toEqual(keyOf('Observation/a'))
  })

  it('notes what else is to be known', () => {
    const flagsOf = (it: object) => prove(prover, JSON.stringify(it)).flags[0]
    expect(flagsOf(patient)).toBe(0)
    expect(flagsOf({ ...observation, subject: { reference: 'Patient?identifier=1' } })).toBe(
      lineFlags.hasReference | lineFlags.conditionalReference,
    )
    expect(flagsOf({ ...patient, meta: { tag: [{ code: 'x' }] } })).toBe(lineFlags.tagged)
    expect(
      flagsOf({ ...patient, extension: [{ url: 'http://a', valueMeta: { tag: [{ code: 'x' }] } }] }),
    ).toBe(0)
  })

  it('reads meta.lastUpdated as JavaScript does', () => {
    for (const lastUpdated of [
      '2024-02-29T23:59:59Z',
      '1969-12-31T23:59:59.9999+14:00',
      '2000-03-01T00:00:00.5-05:30',
      '0001-01-01T00:00:00.123456Z',
      '9999-12-31T00:00:00-14:00',
    ])
      expect(prove(prover, JSON.stringify({ ...patient, meta: { lastUpdated } })).updated[0]).toBe(
        Date.parse(lastUpdated),
      )
    expect(prove(prover, JSON.stringify(patient)).updated[0]).toBeNaN()
  })
})

describe('openProver', () => {
  it('takes a URL with or without a slash at its end, and as many bytes as it is given', () => {
    const line = JSON.stringify({ ...observation, subject: { reference: `${fhirUrl}/Patient/1` } })
    for (const url of [fhirUrl, `${fhirUrl}/`]) {
      const prover = openProver({ fhirUrl: url, capacity: 1000 })
      expect(prover.input.length).toBe(1000)
      expect([...prove(prover, line).references]).toEqual(keyOf('Patient/1'))
    }
  })
})

describe.each(provers)('%s counts lines', (_, prover) => {
  it.each([0, 1, 15, 16, 63, 64, 65, 127, 5000, 40_000])('in %i bytes', (length) => {
    prover.input.fill(10)
    expect(prover.countLineFeeds(length)).toBe(length)
    for (let at = 0; at < length; at += 1) if (at % 3 > 0) prover.input[at] = 120
    expect(prover.countLineFeeds(length)).toBe(Math.ceil(length / 3))
  })
})
