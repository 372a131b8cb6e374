import { describe, expect, test } from 'vitest'
import type { ProviderConfiguration } from './configurations.ts'
import { honestConfigurations } from './honest-configurations.ts'
import { bodyBytes, headerOf, type JsonRecord, type Response } from '../http-message.ts'
import { createProvider } from '../provider.ts'
import {
  twelvePatients,
  type ExportTranscript,
  bodyJson,
  clockStart,
  createTestClient,
} from '../fixtures/test-client.ts'

const headers = { Accept: 'application/fhir+json', Prefer: 'respond-async' }

const idsOf = ({ resources }: ExportTranscript, type?: string) =>
  resources
    .filter((it) => type === undefined || it.resourceType === type)
    .map((it) => `${it.resourceType}/${it.id}`)

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

describe('configurations', () => {
  const withConfiguration = (configuration: Partial<ProviderConfiguration>) =>
    createTestClient({ configuration })

  // What a gateway asks for is not what the client of these tests sends (`../gateway.test.ts` is about that), and it hosts no JWK Set.
  const plain = honestConfigurations.filter(
    ({ configuration: { gateway, jwksUrl } }) => gateway === undefined && jwksUrl === undefined,
  )

  test.each(plain.map((it) => [it.name, it] as const))(
    '%s exports what the default does',
    async (name, { configuration, authorization, releases }) => {
      const trial = await createTestClient({
        configuration,
        ...(authorization === undefined ? {} : { authorization }),
        ...(releases?.[0] ? { release: releases[0] } : {}),
      })
      const group = await trial.export('Group/diabetes/$export')
      const whole = await (await createTestClient()).export('Group/diabetes/$export')
      const lost = name === 'partial-failure' ? idsOf(whole).length - idsOf(group).length : 0
      expect(idsOf(group)).toHaveLength(idsOf(whole).length - lost)
      if (lost === 0) expect([...idsOf(group)].sort()).toEqual([...idsOf(whole)].sort())
      else expect(idsOf(whole)).toEqual(expect.arrayContaining([...idsOf(group)]))
      const messages = group.files
        .filter(({ kind }) => kind === 'error')
        .flatMap(({ text }) => text.trimEnd().split('\n'))
      expect(messages).toHaveLength(configuration.information ? 1 : lost)
      expect(lost > 0).toBe(name === 'partial-failure')
    },
  )

  test('throttling answers the impatient 429 and lets their job go on', async () => {
    const trial = await withConfiguration({ throttleAfter: 2, retryAfterSeconds: 2, polls: 4 })
    const kickoff = await trial.send('GET', '$export', { headers })
    const url = headerOf(kickoff, 'content-location') ?? ''
    const seen: number[] = []
    for (let each = 0; each < 5; each += 1) seen.push((await trial.send('GET', url)).status)
    expect(seen).toEqual([202, 202, 202, 429, 429])
    trial.advanceClock(2)
    expect((await trial.send('GET', url)).status).toBe(202)
    expect((await trial.send('GET', url)).status).toBe(200)
  })

  test('one job at a time', async () => {
    const trial = await withConfiguration({ maxJobs: 1 })
    const first = await trial.send('GET', '$export', { headers })
    const second = await trial.send('GET', '$export', { headers })
    await expectOutcome(second, 429)
    expect(headerOf(second, 'retry-after')).toBe('0')
    await trial.send('DELETE', headerOf(first, 'content-location') ?? '')
    expect((await trial.send('GET', '$export', { headers })).status).toBe(202)
  })

  test('Prefer and Accept can be demanded', async () => {
    const trial = await withConfiguration({ preferRequired: true, acceptRequired: true })
    await expectOutcome(
      await trial.send('GET', '$export', { headers: { Accept: 'application/fhir+json' } }),
      400,
      'Prefer',
    )
    await expectOutcome(
      await trial.send('GET', '$export', { headers: { Prefer: 'respond-async' } }),
      406,
      'Accept',
    )
  })

  test('unsupported parameters are refused by name', async () => {
    const trial = await withConfiguration({ parameters: ['_since'], post: false })
    for (const name of [
      '_type=Patient',
      '_elements=id',
      '_typeFilter=Patient%3Fgender%3Dmale',
      'includeAssociatedData=LatestProvenanceResources',
    ])
      await expectOutcome(await trial.send('GET', `$export?${name}`, { headers }), 400, name.split('=')[0])
    await expectOutcome(await trial.send('POST', '$export', { headers, body: '{}' }), 405)
    expect(trial.provider.description.supports).toEqual(['_since', 'narrow-scopes', 'group-read'])
  })

  test('1.0.1 knows neither POST nor later parameters, and calls OperationOutcomes of the status JSON', async () => {
    const trial = await createTestClient({ release: '1.0.1' })
    await expectOutcome(await trial.send('POST', '$export', { headers, body: '{}' }), 405)
    await expectOutcome(await trial.send('GET', '$export?_elements=id', { headers }), 400, '_elements')
    const { manifest } = await trial.export('$export?_type=Patient&_since=2024-01-01T00:00:00Z')
    expect(Object.keys(manifest)).toEqual([
      'transactionTime',
      'request',
      'requiresAccessToken',
      'output',
      'error',
    ])
    expect(headerOf(await trial.send('GET', 'bulk/status/none'), 'content-type')).toBe('application/json')
  })
})

describe('resources', () => {
  test('are found in pages', async () => {
    const trial = await createTestClient()
    const ids: unknown[] = []
    let url: string | undefined = 'Patient?_count=5'
    while (url) {
      const bundle: JsonRecord = await bodyJson(await trial.send('GET', url))
      expect(bundle.total).toBe(12)
      ids.push(
        ...(bundle.entry as readonly { resource: { id: string } }[]).map(({ resource }) => resource.id),
      )
      url = (bundle.link as readonly { relation: string; url: string }[]).find(
        ({ relation }) => relation === 'next',
      )?.url
    }
    expect(new Set(ids).size).toBe(12)
  })

  test('Binary is served as itself, or as a resource to whoever asks for FHIR', async () => {
    const trial = await createTestClient()
    const [binary] = stored('Binary')
    const raw = await trial.send('GET', `Binary/${binary?.id}`)
    expect(headerOf(raw, 'content-type')).toBe(binary?.contentType)
    expect(Buffer.from(await bodyBytes(raw)).toString('base64')).toBe(binary?.data)
    expect(await bodyJson(await trial.send('GET', `Binary/${binary?.id}`, { headers }))).toEqual(binary)
  })

  test('metadata and discovery need no token, and say where things are', async () => {
    const trial = await createTestClient()
    const { rest } = (await bodyJson(await trial.send('GET', 'metadata', { accessToken: null }))) as {
      rest: readonly [{ operation: unknown; resource: readonly { type: string; operation?: unknown }[] }]
    }
    expect(rest[0].operation).toMatchObject([
      { name: 'export', definition: 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export' },
    ])
    const declared = rest[0].resource
      .filter(({ operation }) => operation !== undefined)
      .map(({ type }) => type)
    expect(declared).toEqual(['Group', 'Patient'])
    const discovered = await bodyJson(
      await trial.send('GET', '.well-known/smart-configuration', {
        accessToken: null,
        headers: { Accept: 'text/html' },
      }),
    )
    expect(discovered.token_endpoint).toBe('http://provider.example/auth/token')
  })
})

test('a provider is made in no time where keys and population are given', async () => {
  const { clients } = await createProvider({ population: twelvePatients })
  const made = await createProvider({
    population: twelvePatients,
    keys: { own: clients.own.jwks, other: clients.other.jwks, secret: 's' },
    now: () => clockStart,
  })
  expect(made.clients.own.jwks.keys.map(({ kid }) => kid)).toEqual(
    clients.own.jwks.keys.map(({ kid }) => kid),
  )
  expect(made.openJobs()).toBe(0)
})
