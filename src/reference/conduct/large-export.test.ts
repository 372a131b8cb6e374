import { expect, test } from 'vitest'
import { type ExportTranscript, twelvePatients, createTestClient } from '../fixtures/test-client.ts'
import { referenceTarget } from '../population/references.ts'

const bulk = 2_000_000

const sizeOf = ({ files }: ExportTranscript) =>
  files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)

const namesOf = ({ resources }: ExportTranscript) => resources.map((it) => `${it.resourceType}/${it.id}`)

test('an export of everybody holds about as many bytes as are asked for, in resources with ids of their own', async () => {
  const exported = await (await createTestClient({ exportBytes: bulk })).export('$export')
  expect(sizeOf(exported)).toBeGreaterThan(bulk)
  expect(sizeOf(exported)).toBeLessThan(bulk * 1.2)
  const names = namesOf(exported)
  expect(new Set(names).size).toBe(names.length)
  for (const it of twelvePatients.resources) expect(names).toContain(`${it.resourceType}/${it.id}`)
  for (const it of exported.resources) expect(it.id).toMatch(/^[A-Za-z0-9\-.]{1,64}$/)
})

test('counts are those of the files', async () => {
  const { manifest, files } = await (await createTestClient({ exportBytes: bulk })).export('$export')
  const counts = (manifest.output as readonly { readonly count: number }[]).map(({ count }) => count)
  expect(
    files.filter(({ kind }) => kind === 'output').map(({ text }) => text.split('\n').length - 1),
  ).toEqual(counts)
})

test('references of copies are to what is exported', async () => {
  const exported = await (await createTestClient({ exportBytes: bulk })).export('Patient/$export')
  const known = new Set(namesOf(await (await createTestClient({ exportBytes: bulk })).export('$export')))
  const references = exported.files.flatMap(({ text }) => [...text.matchAll(/"reference":"([^"#]+)"/g)])
  expect(references.length).toBeGreaterThan(exported.resources.length)
  const strangers = references.flatMap(([, reference]) => {
    const named = referenceTarget(reference)
    return named && known.has(`${named.type}/${named.id}`) ? [] : [reference]
  })
  expect(strangers).toEqual([])
  const patients = exported.resources.filter((it) => it.resourceType === 'Patient').length
  expect(patients).toBeGreaterThan(24)
})

test('the same seed gives the same bytes, and one Group is as it was', async () => {
  const [one, other] = [
    await createTestClient({ exportBytes: bulk }),
    await createTestClient({ exportBytes: bulk }),
  ]
  const texts = async (trial: typeof one) => (await trial.export('$export')).files.map(({ text }) => text)
  expect(await texts(one)).toEqual(await texts(other))
  const group = await one.export('Group/diabetes/$export')
  expect(namesOf(group)).toEqual(namesOf(await (await createTestClient()).export('Group/diabetes/$export')))
})

test('what is asked of the whole is asked of its copies', async () => {
  const { resources } = await (await createTestClient({ exportBytes: bulk })).export(
    `$export?_type=Observation&_elements=status&_typeFilter=${encodeURIComponent('Observation?status=final')}`,
  )
  expect(resources.length).toBeGreaterThan(100)
  for (const it of resources) expect(it.status).toBe('final')
  expect(resources.some((it) => 'issued' in it)).toBe(false)
})
