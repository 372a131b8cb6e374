import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { bodyBytes, headerOf, type JsonRecord, type Response } from './http-message.ts'
import {
  providerBaseUrl,
  twelvePatients,
  type ExportTranscript,
  bodyJson,
  type TestClient,
  createTestClient,
} from './fixtures/test-client.ts'

const idsOf = ({ resources }: ExportTranscript, type?: string) =>
  resources
    .filter((it) => type === undefined || it.resourceType === type)
    .map((it) => `${it.resourceType}/${it.id}`)

const typesOf = ({ resources }: ExportTranscript) => [...new Set(resources.map((it) => it.resourceType))]

const stored = (type: string) => twelvePatients.resources.filter((it) => it.resourceType === type)

async function expectOutcome(response: Response, status: number, naming?: string): Promise<void> {
  expect(response.status).toBe(status)
  expect(headerOf(response, 'content-type')).toBe('application/fhir+json')
  const { resourceType, issue } = await bodyJson(response)
  expect(resourceType).toBe('OperationOutcome')
  const [first] = issue as readonly JsonRecord[]
  expect(first).toMatchObject({ severity: 'error', code: expect.stringMatching(/^[a-z-]+$/) })
  if (naming !== undefined) expect(first?.diagnostics).toContain(naming)
}

describe('an export', () => {
  test('is accepted, runs, completes and can be deleted', async () => {
    const trial = await createTestClient()
    const { kickoff, polls, statusUrl, manifest } = await trial.export('$export?_type=Patient,Group')
    expect(kickoff.status).toBe(202)
    expect(headerOf(kickoff, 'content-location')).toBe(statusUrl)
    expect(polls.map(({ status }) => status)).toEqual([202, 202, 200])
    expect(polls.map((it) => headerOf(it, 'retry-after'))).toEqual(['0', '0', undefined])
    for (const poll of polls.slice(0, 2)) expect(headerOf(poll, 'x-progress')?.length).toBeLessThan(100)
    const last = polls.at(-1) as Response
    expect(headerOf(last, 'content-type')).toBe('application/json')
    expect(headerOf(last, 'expires')).toBe('Sun, 01 Mar 2026 13:00:00 GMT')
    expect(manifest).toEqual({
      transactionTime: '2026-03-01T12:00:00.000Z',
      request: `${providerBaseUrl}/$export?_type=Patient,Group`,
      requiresAccessToken: true,
      output: ['Group', 'Patient'].map((type) => ({
        type,
        url: expect.stringMatching(/^http:\/\/provider\.example\/fhir\//),
        count: stored(type).length,
      })),
      deleted: [],
      error: [],
    })
    expect(await bodyJson(await trial.send('GET', statusUrl))).toEqual(manifest)
    expect(trial.provider.openJobs()).toBe(1)
    expect((await trial.send('DELETE', statusUrl)).status).toBe(202)
    expect(trial.provider.openJobs()).toBe(0)
    await expectOutcome(await trial.send('GET', statusUrl), 404)
    await expectOutcome(await trial.send('DELETE', statusUrl), 404)
    const [file] = manifest.output as readonly { readonly url: string }[]
    await expectOutcome(await trial.send('GET', file?.url ?? ''), 404)
  })

  test('holds at system level all that there is', async () => {
    const all = await (await createTestClient()).export('$export')
    expect(idsOf(all).sort()).toEqual(
      twelvePatients.resources.map((it) => `${it.resourceType}/${it.id}`).sort(),
    )
    for (const { type, text, response } of all.files) {
      expect(headerOf(response, 'content-type')).toBe('application/fhir+ndjson')
      expect(text.endsWith('\n')).toBe(true)
      for (const line of text.slice(0, -1).split('\n'))
        expect(JSON.parse(line)).toMatchObject({ resourceType: type })
    }
  })

  test('keeps to the compartment at the other levels', async () => {
    const trial = await createTestClient()
    const all = await trial.export('Patient/$export')
    expect(idsOf(all, 'Patient')).toHaveLength(12)
    for (const type of ['Binary', 'Organization', 'Practitioner', 'ValueSet'])
      expect(typesOf(all)).not.toContain(type)
    const group = await trial.export('Group/diabetes/$export')
    const members = (
      stored('Group').flatMap(({ id, member }) => (id === 'diabetes' ? member : [])) as readonly {
        inactive?: boolean
        entity: { reference: string }
      }[]
    )
      .filter(({ inactive }) => inactive !== true)
      .map(({ entity }) => entity.reference)
    expect(idsOf(group, 'Patient').sort()).toEqual([...members].sort())
    expect(members.length).toBeLessThan(12)
    for (const { resourceType, subject } of group.resources as readonly {
      resourceType: string
      subject?: { reference: string }
    }[])
      if (subject)
        expect(members, resourceType).toContain(subject.reference.replace(`${providerBaseUrl}/`, ''))
    expect(idsOf(all)).toEqual(expect.arrayContaining(idsOf(group)))
  })

  test('has all Provenance of patients, and at system level all there is', async () => {
    const trial = await createTestClient()
    expect(idsOf(await trial.export('$export'), 'Provenance')).toHaveLength(stored('Provenance').length)
    const ofPatients = idsOf(await trial.export('Patient/$export'), 'Provenance').length
    expect(ofPatients).toBeGreaterThan(0)
    expect(ofPatients).toBeLessThan(stored('Provenance').length)
  })

  test('of one job lets the others be', async () => {
    const trial = await createTestClient()
    const one = await trial.export('$export?_type=Patient')
    const other = await trial.export('$export?_type=Patient')
    expect(one.statusUrl).not.toBe(other.statusUrl)
    await trial.send('DELETE', one.statusUrl)
    expect((await trial.send('GET', other.statusUrl)).status).toBe(200)
  })

  test('is removed when it expires, and not before', async () => {
    const trial = await createTestClient()
    const { statusUrl, manifest } = await trial.export('$export?_type=Patient')
    const [file] = manifest.output as readonly { readonly url: string }[]
    trial.advanceClock(3599)
    expect((await trial.send('GET', file?.url ?? '')).status).toBe(200)
    trial.advanceClock(2)
    await expectOutcome(await trial.send('GET', statusUrl), 404)
    await expectOutcome(await trial.send('GET', file?.url ?? ''), 404)
  })

  test('takes nothing in that is newer than its transaction time', async () => {
    const [patient, ...rest] = twelvePatients.resources.filter(
      ({ resourceType }) => resourceType === 'Patient',
    )
    const late = { ...patient, meta: { lastUpdated: '2026-03-01T14:00:01+02:00' } } as (typeof rest)[number]
    const atOnce = { ...late, id: 'at-once', meta: { lastUpdated: '2026-03-01T14:00:00+02:00' } }
    const trial = await createTestClient({
      population: { resources: [late, atOnce, ...rest], deletions: [] },
    })
    const ids = idsOf(await trial.export('$export'), 'Patient')
    expect(ids).toHaveLength(12)
    expect(ids).toContain('Patient/at-once')
  })
})

describe('protection', () => {
  const protectedOnes = async (trial: TestClient) => {
    const { statusUrl, manifest } = await trial.export('$export?_type=Observation')
    const [file] = manifest.output as readonly { readonly url: string }[]
    return [
      ['GET', `${providerBaseUrl}/$export`],
      ['GET', statusUrl],
      ['GET', file?.url ?? ''],
      ['GET', `${providerBaseUrl}/Observation`],
      ['DELETE', statusUrl],
    ] as const
  }

  test.each([
    ['no token', async () => null, 401],
    ['a token that was never issued', async () => 'never-issued', 401],
    [
      'an expired token',
      async (trial: TestClient) => {
        const old = await trial.token('system/Observation.rs')
        trial.advanceClock(301)
        return old
      },
      401,
    ],
    ['a token for another type', async (trial: TestClient) => trial.token('system/Patient.rs'), 403],
    ['a token that cannot search', async (trial: TestClient) => trial.token('system/Observation.r'), 403],
  ] as const)('%s opens nothing', async (_name, tokenOf, status) => {
    const trial = await createTestClient()
    const requests = await protectedOnes(trial)
    const token = await tokenOf(trial)
    for (const [method, url] of requests) {
      const response = await trial.send(method, url.endsWith('$export') ? `${url}?_type=Observation` : url, {
        headers: { Prefer: 'respond-async' },
        accessToken: token,
      })
      await expectOutcome(response, status)
      expect(headerOf(response, 'www-authenticate')).toMatch(/^Bearer/)
    }
  })

  test('what another client started is not there', async () => {
    const trial = await createTestClient({ configuration: { otherScope: 'system/*.rs' } })
    const requests = await protectedOnes(trial)
    const token = await trial.token('system/*.rs', trial.provider.clients.other)
    for (const [method, url] of requests.filter(([, each]) => each.includes('/bulk/')))
      await expectOutcome(await trial.send(method, url, { accessToken: token }), 404)
  })

  test('a narrow token exports what it covers', async () => {
    const trial = await createTestClient()
    const token = await trial.token('system/Patient.rs system/Condition.read')
    expect(typesOf(await trial.export('$export', { token }))).toEqual(['Condition', 'Patient'])
  })

  test('capability URLs need no token', async () => {
    const trial = await createTestClient({ configuration: { requiresAccessToken: false, fileQuery: true } })
    const { manifest } = await trial.export('$export?_type=Patient')
    expect(manifest.requiresAccessToken).toBe(false)
    const [file] = manifest.output as readonly { readonly url: string }[]
    expect((await trial.send('GET', file?.url ?? '', { accessToken: null })).status).toBe(200)
    await expectOutcome(await trial.send('GET', file?.url.split('?')[0] ?? '', { accessToken: null }), 404)
  })
})

describe('files', () => {
  const patients = async (accept: Readonly<Record<string, string>>) => {
    const trial = await createTestClient()
    const { manifest } = await trial.export('$export?_type=Patient')
    const [file] = manifest.output as readonly { readonly url: string }[]
    return trial.send('GET', file?.url ?? '', { headers: accept })
  }

  test('are compressed for whoever asks', async () => {
    const plain = await bodyBytes(await patients({}))
    const response = await patients({ 'Accept-Encoding': 'br, gzip;q=0.5' })
    expect(headerOf(response, 'content-encoding')).toBe('gzip')
    expect(gunzipSync(await bodyBytes(response)).equals(plain)).toBe(true)
    expect(headerOf(await patients({ 'Accept-Encoding': 'gzip;q=0' }), 'content-encoding')).toBeUndefined()
  })

  test.each([
    ['*/*', 200],
    ['application/fhir+ndjson', 200],
    ['application/*;q=0.1', 200],
    ['text/html', 406],
  ])('Accept: %s', async (Accept, status) => {
    expect((await patients({ Accept })).status).toBe(status)
  })
})
