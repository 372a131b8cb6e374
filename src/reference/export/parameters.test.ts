import { describe, expect, test } from 'vitest'
import { headerOf, type JsonRecord, type Response } from '../http-message.ts'
import {
  providerBaseUrl,
  twelvePatients,
  type ExportTranscript,
  bodyJson,
  createTestClient,
} from '../fixtures/test-client.ts'

const headers = { Accept: 'application/fhir+json', Prefer: 'respond-async' }

const idsOf = ({ resources }: ExportTranscript, type?: string) =>
  resources
    .filter((it) => type === undefined || it.resourceType === type)
    .map((it) => `${it.resourceType}/${it.id}`)

const typesOf = ({ resources }: ExportTranscript) => [...new Set(resources.map((it) => it.resourceType))]

const stored = (type: string) => twelvePatients.resources.filter((it) => it.resourceType === type)

const parameters = (...parameter: readonly JsonRecord[]): JsonRecord => ({
  resourceType: 'Parameters',
  parameter,
})

async function expectOutcome(response: Response, status: number, naming?: string): Promise<void> {
  expect(response.status).toBe(status)
  expect(headerOf(response, 'content-type')).toBe('application/fhir+json')
  const { resourceType, issue } = await bodyJson(response)
  expect(resourceType).toBe('OperationOutcome')
  const [first] = issue as readonly JsonRecord[]
  expect(first).toMatchObject({ severity: 'error', code: expect.stringMatching(/^[a-z-]+$/) })
  if (naming !== undefined) expect(first?.diagnostics).toContain(naming)
}

describe('kick-off parameters', () => {
  test.each([
    ['_type=Patient', ['Patient']],
    ['_type=Patient,Condition', ['Condition', 'Patient']],
    ['_type=Patient%2CCondition', ['Condition', 'Patient']],
    ['_type=Patient&_type=Condition', ['Condition', 'Patient']],
  ])('%s', async (query, types) => {
    expect(typesOf(await (await createTestClient()).export(`Patient/$export?${query}`))).toEqual(types)
  })

  test.each([
    '_outputFormat=application%2Ffhir%2Bndjson',
    '_outputFormat=application/fhir+ndjson',
    '_outputFormat=application%2Fndjson',
    '_outputFormat=ndjson',
  ])('%s', async (query) => {
    const { files } = await (await createTestClient()).export(`$export?_type=Patient&${query}`)
    expect(files.map(({ response }) => headerOf(response, 'content-type'))).toEqual([
      'application/fhir+ndjson',
    ])
  })

  const middle = Date.parse('2025-03-01T00:00:00Z')
  test.each([
    '2025-03-01T00:00:00Z',
    '2025-03-01T00:00:00.000Z',
    '2025-03-01T02:00:00%2B02:00',
    '2025-03-01T02:00:00+02:00',
    '2025-02-28T19:00:00-05:00',
  ])('_since=%s', async (since) => {
    const { resources } = await (await createTestClient()).export(`$export?_since=${since}`)
    const expected = twelvePatients.resources.filter(
      ({ meta }) => Date.parse(meta?.lastUpdated ?? '') > middle,
    )
    expect(expected.length).toBeLessThan(twelvePatients.resources.length)
    expect(resources.map(({ id }) => id).sort()).toEqual(expected.map(({ id }) => id).sort())
  })

  test('_since lists what was deleted afterwards, of the types and patients asked for', async () => {
    const trial = await createTestClient()
    const deletedIn = (it: ExportTranscript) =>
      it.files
        .filter(({ kind }) => kind === 'deleted')
        .flatMap(({ type, text }) => {
          expect(type).toBe('Bundle')
          return text
            .trimEnd()
            .split('\n')
            .map(
              (line) =>
                JSON.parse(line) as {
                  type: string
                  entry: readonly { request: { method: string; url: string } }[]
                },
            )
        })
    const all = deletedIn(await trial.export('$export?_since=2024-01-01T00:00:00Z'))
    expect(
      all
        .map(({ type, entry }) => [type, entry.map(({ request }) => `${request.method} ${request.url}`)])
        .sort(),
    ).toEqual(
      twelvePatients.deletions.map(({ type, id }) => ['transaction', [`DELETE ${type}/${id}`]]).sort(),
    )
    const type = twelvePatients.deletions[0]?.type ?? ''
    const ofType = deletedIn(await trial.export(`$export?_since=2024-01-01T00:00:00Z&_type=${type}`))
    expect(ofType).toHaveLength(twelvePatients.deletions.filter((it) => it.type === type).length)
    expect(deletedIn(await trial.export('$export?_since=2026-02-28T23:59:59Z'))).toEqual([])
    expect(deletedIn(await trial.export('$export'))).toEqual([])
  })

  const finals = stored('Observation').filter(({ status }) => status === 'final')
  test.each([
    ['_typeFilter=Observation%3Fstatus%3Dfinal', finals.length],
    [
      '_typeFilter=Observation?status=final,Observation?status=amended',
      finals.length + stored('Observation').filter(({ status }) => status === 'amended').length,
    ],
    [
      '_typeFilter=Observation?status=final&_typeFilter=Observation?status=amended',
      finals.length + stored('Observation').filter(({ status }) => status === 'amended').length,
    ],
    [
      '_typeFilter=Observation%3Fstatus%3Dfinal%2Camended',
      finals.length + stored('Observation').filter(({ status }) => status === 'amended').length,
    ],
    [
      '_typeFilter=Observation%3Fstatus%3Dfinal%26category%3Dlaboratory',
      finals.filter(({ category }) => JSON.stringify(category).includes('"laboratory"')).length,
    ],
  ])('%s', async (query, count) => {
    const it = await (await createTestClient()).export(`$export?_type=Observation,Patient&${query}`)
    expect(idsOf(it, 'Observation')).toHaveLength(count)
    expect(count).toBeLessThan(stored('Observation').length)
    expect(idsOf(it, 'Patient')).toHaveLength(12)
  })

  test.each([
    ['id', ['resourceType', 'id', 'meta'], ['resourceType', 'id', 'meta', 'status', 'code']],
    ['Patient.birthDate', ['resourceType', 'id', 'meta', 'birthDate'], undefined],
    [
      'Patient.gender,Observation.value',
      ['resourceType', 'id', 'meta', 'gender'],
      ['resourceType', 'id', 'meta', 'status', 'code', 'valueQuantity'],
    ],
  ])('_elements=%s', async (elements, ofPatient, ofObservation) => {
    const { resources } = await (await createTestClient()).export(
      `$export?_type=Patient,Observation&_elements=${elements}`,
    )
    const patient = resources.find(({ resourceType }) => resourceType === 'Patient')
    expect(Object.keys(patient ?? {}).sort()).toEqual([...ofPatient].sort())
    expect(patient?.meta?.tag).toContainEqual({
      system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
      code: 'SUBSETTED',
    })
    const observation = resources.find(
      ({ resourceType, id }) =>
        resourceType === 'Observation' &&
        'valueQuantity' in (stored('Observation').find((it) => it.id === id) ?? {}),
    )
    if (ofObservation) expect(Object.keys(observation ?? {}).sort()).toEqual([...ofObservation].sort())
    else expect(observation).toEqual(stored('Observation').find(({ id }) => id === observation?.id))
  })

  test('patient keeps to the patients named', async () => {
    const trial = await createTestClient()
    const patient = (id: string) => ({ name: 'patient', valueReference: { reference: `Patient/${id}` } })
    const two = await trial.export('Patient/$export', {
      body: parameters(patient('patient-001'), patient('patient-002')),
    })
    expect(idsOf(two, 'Patient')).toEqual(['Patient/patient-001', 'Patient/patient-002'])
    expect(['Group/single']).toEqual(expect.arrayContaining(idsOf(two, 'Group')))
    expect(idsOf(two, 'Observation').length).toBeGreaterThan(0)
    expect(two.manifest.request).toBe(`${providerBaseUrl}/Patient/$export`)
  })

  test('includeAssociatedData adds Provenance of what is exported', async () => {
    const trial = await createTestClient()
    const query = '$export?_type=Patient,Observation,Condition,Encounter&includeAssociatedData='
    const relevant = idsOf(await trial.export(`${query}RelevantProvenanceResources`), 'Provenance')
    const latest = idsOf(await trial.export(`${query}LatestProvenanceResources`), 'Provenance')
    const both = idsOf(
      await trial.export(`${query}LatestProvenanceResources,RelevantProvenanceResources`),
      'Provenance',
    )
    expect(latest.length).toBeGreaterThan(0)
    expect(latest.length).toBeLessThan(relevant.length)
    expect(both).toEqual(relevant)
  })

  test('POST means what GET means', async () => {
    const trial = await createTestClient()
    const get = await trial.export(
      '$export?_type=Patient,Condition&_typeFilter=Patient%3Fgender%3Dfemale&_since=2024-06-01T00:00:00Z',
    )
    for (const types of [['Patient,Condition'], ['Patient', 'Condition']]) {
      const post = await trial.export('$export', {
        body: parameters(
          ...types.map((valueString) => ({ name: '_type', valueString })),
          { name: '_typeFilter', valueString: 'Patient?gender=female' },
          { name: '_since', valueInstant: '2024-06-01T00:00:00Z' },
          { name: '_outputFormat', valueString: 'ndjson' },
        ),
      })
      expect(idsOf(post)).toEqual(idsOf(get))
      expect(post.manifest.request).toBe(`${providerBaseUrl}/$export`)
    }
  })
})

describe('what is refused', () => {
  test.each([
    ['$export?_type=NotAType', 400, '_type'],
    ['$export?_type=patient', 400, '_type'],
    ['$export?_type=Basic', 400, '_type'],
    ['$export?_type=', 400, '_type'],
    ['Patient/$export?_type=ValueSet', 400, '_type'],
    ['$export?_since=2025-01', 400, '_since'],
    ['$export?_since=2025-02-30T00:00:00Z', 400, '_since'],
    ['$export?_since=2025-01-01T00:00:00', 400, '_since'],
    ['$export?_since=2025-01-01T00:00:00Z&_since=2025-01-01T00:00:00Z', 400, '_since'],
    ['$export?_outputFormat=text/csv', 400, '_outputFormat'],
    ['$export?_elements=Patient.name.family', 400, '_elements'],
    ['$export?_typeFilter=Patient', 400, '_typeFilter'],
    ['$export?_typeFilter=Patient%3F_sort%3Dname', 400, '_typeFilter'],
    ['$export?_type=Condition&_typeFilter=Patient%3Fgender%3Dmale', 400, '_typeFilter'],
    ['$export?includeAssociatedData=NotAValue', 400, 'includeAssociatedData'],
    ['Patient/$export?patient=Patient/patient-001', 400, 'patient'],
    ['$export?notAParameter=1', 400, 'notAParameter'],
    ['$export?_type=%FF', 400, undefined],
    ['Group/no-such-group/$export', 404, 'Group'],
    ['Encounter/$export', 404, undefined],
  ])('GET %s', async (path, status, naming) => {
    const trial = await createTestClient()
    await expectOutcome(await trial.send('GET', path, { headers }), status, naming)
    expect(trial.provider.openJobs()).toBe(0)
  })

  test.each([
    ['$export', parameters({ name: 'patient', valueReference: { reference: 'Patient/patient-001' } })],
    ['Patient/$export', parameters({ name: 'patient', valueReference: { reference: 'Patient/nobody' } })],
    [
      'Patient/$export',
      parameters({
        name: 'patient',
        valueReference: { reference: 'https://elsewhere.example/Patient/patient-001' },
      }),
    ],
    [
      'Group/single/$export',
      parameters(
        ...['patient-001', 'patient-002'].map((id) => ({
          name: 'patient',
          valueReference: { reference: `Patient/${id}` },
        })),
      ),
    ],
    ['$export', parameters({ name: '_since', valueString: '2025-01-01T00:00:00Z' })],
    ['$export', { resourceType: 'Patient' }],
    ['$export?_type=Patient', parameters()],
  ])('POST %s %j', async (path, body) => {
    const response = await (await createTestClient()).send('POST', path, {
      headers: { ...headers, 'Content-Type': 'application/fhir+json' },
      body: JSON.stringify(body),
    })
    await expectOutcome(response, 400)
  })

  test.each(['respond-async, handling=lenient', 'HANDLING="lenient" ; x=1,Respond-Async'])(
    'unless Prefer says %s',
    async (prefer) => {
      const trial = await createTestClient()
      const { kickoff, files, resources } = await trial.export(
        '$export?_type=Patient,NotAType&notAParameter=1&_typeFilter=Patient%3Fnone%3D1',
        { prefer },
      )
      expect(kickoff.status).toBe(202)
      expect(resources).toHaveLength(12)
      const messages = files
        .filter(({ kind }) => kind === 'error')
        .flatMap(({ text }) => text.trimEnd().split('\n'))
      expect(messages).toHaveLength(3)
      for (const name of ['_type:', 'notAParameter', '_typeFilter:'])
        expect(
          messages.some((it) => it.includes(name)),
          name,
        ).toBe(true)
    },
  )

  test.each([
    ['PUT', '$export', 405],
    ['POST', 'Patient', 405],
    ['GET', 'NoSuchType', 404],
    ['GET', 'Patient/nobody', 404],
    ['GET', `${twelvePatients.deletions[0]?.type}/${twelvePatients.deletions[0]?.id}`, 410],
    ['GET', 'bulk/status/none', 404],
    ['DELETE', 'bulk/status/none', 404],
    ['POST', 'bulk/status/none', 405],
    ['GET', 'bulk/files/none/Patient.000.ndjson', 404],
    ['GET', 'http://provider.example/elsewhere', 404],
  ])('%s %s', async (method, url, status) => {
    await expectOutcome(await (await createTestClient()).send(method, url, { headers }), status)
  })
})
