import { expect, test } from 'vitest'
import { outputFile } from '../checks/fixtures/evidence.ts'
import type { LinesCheck } from '../checks/check.ts'
import { checks } from '../checks/registry.ts'
import { resourceKey } from '../model/fhir/reference-key.ts'
import type { OutputFile } from '../model/http/exchange.ts'
import { openExportJudge } from './export-judge.ts'
import { openJudgeEnvironment } from './judge-environment.ts'
import type { FileCheck } from './lines/check-groups.ts'

const fhirUrl = 'https://fhir.example'

function feeding(name: string, params: unknown, kind: FileCheck['kind'] = 'output'): FileCheck {
  const check = checks.find((it) => it.name === name)
  if (check?.reads !== 'lines') throw new Error(`${name} does not read lines`)
  return { check: check as LinesCheck<never, unknown>, params, kind }
}

async function read(
  contents: readonly (readonly [Partial<OutputFile>, string])[],
  more: { checks?: readonly FileCheck[]; queries?: readonly string[]; lineBytes?: number } = {},
) {
  const files = contents.map(([given], number) => outputFile({ number, exchange: 20 + number, ...given }))
  const reading = openExportJudge(
    {
      checks: more.checks ?? [],
      index: { queries: more.queries ?? [] },
      transactionTime: '2026-01-01T00:00:00Z',
      fhirUrl,
      lineBytes: more.lineBytes ?? 1 << 20,
    },
    openJudgeEnvironment(0),
  )
  for (const [at, file] of files.entries())
    await reading.judgeFile(file, { held: Buffer.from(contents[at]?.[1] ?? '') })
  return reading.finish()
}

const judgementOf = ({ check, params }: FileCheck, tally: unknown) =>
  check.judgement(tally, params as never, {} as never)
const ndjson = (...resources: object[]) => resources.map((it) => `${JSON.stringify(it)}\n`).join('')
const ann = {
  resourceType: 'Patient',
  id: 'ann',
  meta: { lastUpdated: '2025-01-01T00:00:00Z', tag: [{ code: 'SUBSETTED' }] },
  gender: 'female',
  _birthDate: {},
}
const goal = {
  resourceType: 'Goal',
  id: 'g',
  subject: { reference: `${fhirUrl}/Patient/ann` },
  contained: [{ owner: { reference: '#x' } }],
}

test('files are read once, each check is fed its own kind', async () => {
  const fed = [
    feeding('types-within', ['Patient']),
    feeding('json-lines', true),
    feeding('deleted-bundles', true, 'deleted'),
    feeding('valid-outcomes', true, 'error'),
  ]
  const { tallies } = await read(
    [
      [{}, ndjson(ann)],
      [{ kind: 'deleted' }, ndjson(goal)],
      [{ kind: 'error' }, 'x\n'],
    ],
    { checks: fed },
  )
  expect(fed.map((it, at) => judgementOf(it, tallies[at]).is)).toEqual([
    'satisfied',
    'satisfied',
    'violated',
    'undecided',
  ])
})

test('a row has what sets are made of, and no id', async () => {
  const { index, patientIds } = await read([[{}, ndjson(ann, goal)]])
  const [patient, second] = [...(index?.rows() ?? [])]
  expect(patient).toMatchObject({
    key: resourceKey('Patient/ann'),
    type: 'Patient',
    updated: Date.parse('2025-01-01'),
    subsetted: true,
    elements: ['id', 'meta', 'gender', 'birthDate'],
    line: 1,
  })
  expect(second).toMatchObject({
    patients: [resourceKey('Patient/ann')],
    refersTo: [resourceKey('Patient/ann')],
    subsetted: false,
    file: 0,
    line: 2,
  })
  expect(second?.updated).toBeUndefined()
  expect(index?.get(resourceKey('Goal/g'))?.line).toBe(second?.line)
  expect(index?.transactionTime).toBe(Date.parse('2026-01-01'))
  expect(index?.exchangeOf(0)).toBe(20)
  expect(patientIds).toEqual(['ann'])
  expect(JSON.stringify([...(index?.rows() ?? [])])).not.toContain('ann')
})

test('queries are evaluated for every row, or not named at all', async () => {
  const vague = { resourceType: 'Observation', id: 'o', valueQuantity: { value: 1, comparator: '<' } }
  const queries = ['Patient?gender=female', 'Patient?nickname=x', 'Observation?value-quantity=gt5']
  const { index } = await read([[{}, ndjson(ann, vague)]], { queries })
  expect(index?.queries).toEqual(['Patient?gender=female'])
  expect(index?.get(resourceKey('Patient/ann'))?.meets).toEqual(['Patient?gender=female'])
})

test.each([
  ['a resource without id', { resourceType: 'Goal' }],
  ['a resource with an id that FHIR does not allow', { resourceType: 'Goal', id: 'a b' }],
  ['a resource of no known type', { resourceType: 'Nothing', id: 'n' }],
])('an index is made without %s, and counts it', async (_what, resource) => {
  const { index } = await read([
    [{}, ndjson(ann, resource)],
    [{}, ndjson(resource)],
  ])
  expect(index?.size).toBe(1)
  expect(index?.unnamed).toBe(2)
})

test.each([
  ['no resource with an id', ndjson({ resourceType: 'Goal' })],
  ['a Bundle without id', ndjson(ann, { resourceType: 'Bundle', type: 'collection' })],
  ['an object that is no resource', ndjson(ann, { id: 'n' })],
  ['an array', `${ndjson(ann)}[]\n`],
  ['no JSON', `${ndjson(ann)}x\n`],
])('an index is not made of files that hold %s, and says where', async (_what, text) => {
  const { index, noIndex } = await read([[{ exchange: 7 }, text]])
  expect(index).toBeUndefined()
  expect(noIndex).toMatchObject({ exchange: 7 })
})

test('messages and blank lines are no gaps in an index', async () => {
  const { index } = await read([
    [{}, `${ndjson(ann)}\n${ndjson({ resourceType: 'OperationOutcome', issue: [] })}`],
  ])
  expect(index?.size).toBe(1)
})

test('deleted files are rows of their own', async () => {
  const bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ request: { method: 'DELETE', url: 'Goal/g' } }, { request: {} }, 7],
  }
  const { index } = await read([
    [{}, ndjson(ann)],
    [{ kind: 'deleted' }, ndjson(bundle)],
    [{ kind: 'error' }, ndjson(goal)],
  ])
  expect(index?.size).toBe(1)
  expect([...(index?.deleted() ?? [])]).toEqual([
    { key: resourceKey('Goal/g'), type: 'Goal', file: 1, line: 1 },
  ])
})

test('one resource over several lines, and what a search found, are rows too', async () => {
  const group = {
    resourceType: 'Group',
    id: 'g',
    member: [
      { entity: { reference: 'Patient/ann' } },
      { entity: { reference: 'Patient/ben' }, inactive: true },
    ],
  }
  const found = { resourceType: 'Bundle', type: 'searchset', entry: [{ resource: ann }, { resource: goal }] }
  const { index } = await read([
    [{}, JSON.stringify(group, null, 2)],
    [{}, JSON.stringify(found)],
  ])
  expect(index?.get(resourceKey('Group/g'))).toMatchObject({
    patients: [resourceKey('Patient/ann'), resourceKey('Patient/ben')],
    unsure: [resourceKey('Patient/ben')],
  })
  expect(index?.get(resourceKey('Goal/g'))).toBeDefined()
})

test('an export with a line too long to be read has no index', async () => {
  const fed = [feeding('has-id', true)]
  const { index, tallies } = await read([[{}, ndjson(ann)]], { checks: fed, lineBytes: 20 })
  expect(index).toBeUndefined()
  expect(fed.map((it, at) => judgementOf(it, tallies[at]).is)).toEqual(['undecided'])
})

test('the deepest line does no harm', async () => {
  const deep = `{"resourceType":"Goal","id":"g","extension":${'['.repeat(50_000)}${']'.repeat(50_000)}}\n`
  const { index } = await read([[{}, deep]], { checks: [feeding('reference-forms', true)] })
  expect(index?.size).toBe(1)
})
