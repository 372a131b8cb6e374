import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compartmentLookup, groupMembers } from './compartment.ts'
import type { Resource } from './model.ts'
import { parseResourceQuery } from '../search/query.ts'
import { synthesizePopulation } from './synthesis.ts'
import { loadPopulation } from './folder-loader.ts'
import { referenceTarget, valuesAtPath } from './references.ts'
import { r4Types } from './resource-types.ts'

const until = new Date('2026-06-01T00:00:00Z')
const baseUrl = 'https://example.org/fhir'
const make = (patients: number, seed = 1) => synthesizePopulation({ patients, seed, until, baseUrl })
const changed = (resource: Resource) => Date.parse(resource.meta?.lastUpdated ?? '')

test('the same options give the same bytes, another seed others', () => {
  expect(JSON.stringify(make(12))).toBe(JSON.stringify(make(12)))
  expect(JSON.stringify(make(12))).not.toBe(JSON.stringify(make(12, 2)))
})

test('fewer than 6 patients are refused', () => {
  expect(() => make(5)).toThrow(RangeError)
})

test('without a base URL every reference is relative and every attachment inline', () => {
  const text = JSON.stringify(synthesizePopulation({ patients: 12, seed: 1, until }))
  expect(text).not.toContain('/Binary/')
  expect(text).not.toMatch(/"reference":"[a-z]/)
})

/** Every object of a JSON value, itself included. */
function objects(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return []
  const below = Object.values(value).flatMap(objects)
  return Array.isArray(value) ? below : [value as Record<string, unknown>, ...below]
}

/** Searches that some resources match and some do not. */
const splitting = [
  'Patient?gender=female',
  'Patient?birthdate=ge2000',
  'Patient?birthdate=ge1970',
  'Patient?active=true',
  'Patient?_tag=sampled',
  'Observation?status=final',
  'Observation?status=amended',
  'Observation?status=preliminary',
  'Observation?category=laboratory',
  'Observation?category=vital-signs',
  'Observation?category=social-history',
  'Observation?code=4548-4',
  'Observation?code=http://loinc.org|2339-0&value-quantity=gt150',
  'Observation?date=ge2023',
  'Observation?date=ge2021',
  'Condition?clinical-status=active',
  'Condition?onset-date=ge2022',
  'Condition?category=problem-list-item',
  'Encounter?status=in-progress',
  'Encounter?class=AMB',
  'Encounter?date=ge2022',
  'MedicationRequest?status=active',
  'MedicationRequest?status=completed',
  'MedicationRequest?status=stopped',
  'MedicationRequest?authoredon=ge2022',
  'Immunization?status=completed',
  'Immunization?status=not-done',
  'Immunization?date=ge2022',
  'Procedure?status=completed',
  'Procedure?date=ge2022',
  'AllergyIntolerance?clinical-status=active',
  'AllergyIntolerance?criticality=low',
  'DiagnosticReport?status=final',
  'DiagnosticReport?date=ge2022',
  'DocumentReference?status=current',
  'Coverage?status=active',
] as const

describe.each([6, 12, 13, 120])('%i patients', (patients) => {
  const { resources, deletions } = make(patients)
  const ids = new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`))
  const types = [...new Set(resources.map(({ resourceType }) => resourceType))]
  const ofType = (type: string) => resources.filter(({ resourceType }) => resourceType === type)
  const group = (id: string) =>
    groupMembers(ofType('Group').find((each) => each.id === id) ?? { resourceType: '', id })
  const compartments = compartmentLookup({ resources, deletions })

  test('no type and id twice, ids and versions well formed', () => {
    expect(ids.size).toBe(resources.length)
    for (const { resourceType, id, meta } of resources) {
      expect(r4Types().has(resourceType)).toBe(true)
      expect(id).toMatch(/^[A-Za-z0-9\-.]{1,64}$/)
      expect(meta?.versionId).toMatch(/^[1-9]$/)
    }
  })

  test('lastUpdated are instants of the two years before, in several notations', () => {
    const notations = new Set<string>()
    for (const resource of resources) {
      const text = resource.meta?.lastUpdated ?? ''
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|[+-]\d\d:\d\d)$/)
      notations.add(text.slice(19).replace(/\.\d+/, '.'))
      expect(changed(resource)).toBeLessThanOrEqual(until.getTime())
      expect(changed(resource)).toBeGreaterThan(until.getTime() - 731 * 86_400_000)
    }
    expect([...notations].sort()).toEqual(['+02:00', '.-05:00', '.Z', 'Z'])
  })

  test('every reference resolves, absolute ones and attachment URLs below the base', () => {
    for (const resource of resources)
      for (const { reference, url } of objects(resource)) {
        if (typeof reference === 'string' && !reference.startsWith('#')) {
          const named = referenceTarget(reference)
          expect(ids, reference).toContain(`${named?.type}/${named?.id}`)
          if (reference.includes('://')) expect(reference.startsWith(`${baseUrl}/`)).toBe(true)
        }
        if (typeof url === 'string' && url.includes('/Binary/'))
          expect(ids).toContain(url.slice(`${baseUrl}/`.length))
      }
    expect(JSON.stringify(resources)).toContain(`"reference":"${baseUrl}/Patient/`)
  })

  test('attachments have contents, size and hash that agree, inline or as Binary', () => {
    const forms = new Set<string>()
    for (const attachment of valuesAtPath(ofType('DocumentReference'), []).flatMap((list) =>
      (list as Resource[]).flatMap((each) => valuesAtPath(each, ['content', 'attachment'])),
    )) {
      const { data, url, size, hash } = attachment as Record<string, string | number>
      const binary = ofType('Binary').find(({ id }) => String(url).endsWith(`/Binary/${id}`))
      const bytes = Buffer.from(String(data ?? binary?.data), 'base64')
      expect(bytes.length).toBe(size)
      expect(createHash('sha1').update(bytes).digest('base64')).toBe(hash)
      forms.add(data === undefined ? 'url' : 'data')
    }
    expect(forms.size).toBe(2)
  })

  test('no element is empty, null or undefined', () => {
    for (const each of objects(resources)) {
      expect(Object.keys(each).length).toBeGreaterThan(0)
      for (const value of Object.values(each))
        expect(
          value === undefined ||
            value === null ||
            value === '' ||
            (Array.isArray(value) && value.length === 0),
        ).toBe(false)
    }
  })

  test('what R4 requires of the trickier types', () => {
    for (const { status, code, component, ...more } of ofType('Observation')) {
      expect(status !== undefined && code !== undefined).toBe(true)
      expect(
        Object.keys(more).filter((name) => name.startsWith('value') || name === 'dataAbsentReason').length,
      ).toBe(component === undefined ? 1 : 0)
    }
    for (const condition of ofType('Condition'))
      if (condition.abatementDateTime !== undefined)
        expect(JSON.stringify(condition.clinicalStatus)).toContain('"resolved"')
    for (const { contained, medicationReference } of ofType('MedicationRequest'))
      expect(contained === undefined).toBe(
        (medicationReference as { reference?: string })?.reference !== '#drug',
      )
    for (const period of resources.flatMap((each) => objects(each)).filter(({ start, end }) => start && end))
      expect(Date.parse(String(period.start))).toBeLessThanOrEqual(Date.parse(String(period.end)))
  })

  test('separators stand in markdown only, and exercise the framing', () => {
    for (const each of objects(resources))
      for (const [name, value] of Object.entries(each))
        if (typeof value === 'string' && /[\u2028\u2029]/.test(value))
          expect([name, Object.keys(each)]).toEqual(['text', ['text']])
    const text = JSON.stringify(resources)
    for (const part of ['\u2028', 'ë', '🙂', '\\n', '\\"', '\\\\']) expect(text).toContain(part)
  })

  test.each(types)('the median lastUpdated splits %s', (type) => {
    const times = ofType(type)
      .map(changed)
      .sort((a, b) => a - b)
    expect(new Set(times).size).toBe(times.length)
    expect(times.length).toBeGreaterThan(1)
  })

  test.each(['diabetes', 'pediatrics', 'all', 'single'])(
    'Group %s has members whose data differ in age',
    (id) => {
      const members = group(id)
      expect(members.length).toBe(
        { diabetes: Math.floor(patients / 2), pediatrics: Math.ceil(patients / 3), all: patients, single: 1 }[
          id
        ],
      )
      const times = resources
        .filter((each) => compartments(each).some((at) => members.includes(at)))
        .map(changed)
      expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(180 * 86_400_000)
    },
  )

  test('one Group has a member that is inactive', () => {
    const inactive = ofType('Group').flatMap((each) =>
      valuesAtPath(each, ['member']).filter((member) => (member as { inactive?: boolean }).inactive === true),
    )
    expect(inactive).toHaveLength(1)
    expect(group('diabetes')).not.toContain(
      referenceTarget(valuesAtPath(inactive[0], ['entity', 'reference'])[0])?.id,
    )
  })

  test.each(['diabetes', 'pediatrics'])(
    'every clinical type has resources inside and outside of Group %s',
    (id) => {
      const members = group(id)
      for (const type of types.filter(
        (each) => each !== 'Group' && ofType(each).some((one) => compartments(one).length > 0),
      )) {
        const inside = ofType(type).filter((each) => compartments(each).some((at) => members.includes(at)))
        expect(inside.length, type).toBeGreaterThan(0)
        expect(inside.length, type).toBeLessThan(ofType(type).length)
      }
    },
  )

  test.each(splitting)('%s splits', (text) => {
    const query = parseResourceQuery(text)
    if ('unsupported' in query) throw new Error(query.unsupported)
    const all = ofType(query.type)
    const matched = all.filter(query.test)
    expect(all.length).toBeGreaterThanOrEqual(4)
    expect(matched.length).toBeGreaterThan(0)
    expect(matched.length).toBeLessThan(all.length)
  })

  test('Provenance: of the same target at two ages, and outside every compartment', () => {
    const all = ofType('Provenance')
    expect(all.some((each) => compartments(each).length === 0)).toBe(true)
    const ages = all
      .filter((each) => JSON.stringify(each.target) === '[{"reference":"Observation/obs-001"}]')
      .map((each) => Date.parse(String(each.recorded)))
    expect(new Set(ages).size).toBe(2)
  })

  test('deletions are of ids that are gone, spread over time, and of patients who exist', () => {
    expect(deletions.length).toBe(Math.max(3, Math.round(patients / 6)))
    expect(new Set(deletions.map(({ type, id }) => `${type}/${id}`)).size).toBe(deletions.length)
    for (const { type, id, patients: owners } of deletions) {
      expect(ids).not.toContain(`${type}/${id}`)
      for (const owner of owners) expect(ids).toContain(`Patient/${owner}`)
    }
    const last = deletions.at(-1)
    expect(Date.parse(last?.at ?? '')).toBeLessThan(until.getTime())
    expect(Date.parse(last?.at ?? '') - Date.parse(deletions[0]?.at ?? '')).toBeGreaterThan(365 * 86_400_000)
    for (const id of ['diabetes', 'pediatrics']) expect(group(id)).toContain(last?.patients[0])
    expect(deletions.some(({ patients: owners }) => owners.length === 0)).toBe(true)
  })
})

test('loadPopulation takes resources from every folder below and counts lines that are not resources', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'population-'))
  try {
    const { resources } = make(6)
    const half = Math.floor(resources.length / 2)
    const lines = resources.map((each) => JSON.stringify(each))
    await mkdir(join(folder, 'deeper'))
    await writeFile(
      join(folder, 'a.ndjson'),
      `${lines.slice(0, half).join('\n')}\nno JSON\n{"resourceType":"Patient"}\n[1]\n7\n`,
    )
    await writeFile(join(folder, 'deeper', 'b.ndjson'), `\r\n${lines.slice(half - 1).join('\r\n')}`)
    await writeFile(join(folder, 'c.json'), lines.join('\n'))
    const loaded = await loadPopulation(folder)
    expect(loaded.resources).toEqual(resources)
    expect(loaded.leftOut).toBe(5)
    expect(loaded.deletions).toEqual([])
    await writeFile(join(folder, 'a.ndjson'), `null\n${lines.join('\n')}`)
    await expect(loadPopulation(folder)).rejects.toThrow('a.ndjson: a line is null')
  } finally {
    await rm(folder, { recursive: true })
  }
})
