import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { outputFile } from '../../checks/fixtures/evidence.ts'
import type { ResourceRow } from '../../model/fhir/resource-index.ts'
import { openProver } from '../../prover/open.ts'
import { removeTestFolders, testStore } from './fixtures/spilled-index.ts'
import { openIndexBuilder } from './builder.ts'
import { openRowMaker } from './row-maker.ts'

afterAll(removeTestFolders)

const fhirUrl = 'https://fhir.example/r4'
const file = outputFile()

const ofOurs: readonly unknown[] = [
  {
    resourceType: 'Observation',
    id: 'o',
    meta: { lastUpdated: '2024-02-29T12:00:00.5+02:00' },
    status: 'final',
    code: { text: 'é \\u00e9 "' },
    subject: { reference: `${fhirUrl}/Patient/ann/_history/3` },
    performer: [{ reference: 'Patient/ben' }, { reference: 'Patient/ann' }, { reference: 'Practitioner/p' }],
    focus: [{ reference: 'https://elsewhere.example/Patient/ann' }, { reference: '#x' }],
    contained: [{ resourceType: 'Device', id: 'x', patient: { reference: 'Patient/cay' } }],
  },
  { resourceType: 'Patient', id: 'ann', link: [{ other: { reference: 'Patient/ben' }, type: 'seealso' }] },
  {
    resourceType: 'List',
    id: 'l',
    status: 'current',
    mode: 'working',
    entry: Array.from({ length: 60 }, (_, at) => ({ item: { reference: `Observation/o${at % 40}` } })),
  },
]

const folder = dirname(createRequire(import.meta.url).resolve('hl7.fhir.r4.examples/package.json'))
const examples = readdirSync(folder)
  .filter((it) => /^[A-Z].*\.json$/.test(it))
  .filter((_, at) => at % 3 === 0)
  .map((it): unknown => JSON.parse(readFileSync(join(folder, it), 'utf8')))

const lines = [...ofOurs, ...examples].map((it) => `${JSON.stringify(it)}\n`)

function plainly(row: ResourceRow) {
  const { key, type, updated, digest, subsetted, meets, file: number, line, unsure } = row
  const targets = row.targets?.toSorted()
  const patients = row.patients.toSorted()
  const refersTo = row.refersTo.toSorted()
  const elements = row.elements.toSorted()
  return {
    key,
    type,
    updated,
    digest,
    subsetted,
    meets,
    number,
    line,
    unsure,
    targets,
    patients,
    refersTo,
    elements,
  }
}

function rowsOf(make: (maker: ReturnType<typeof openRowMaker>) => void): readonly ResourceRow[] {
  const asked = { queries: [], fhirUrl }
  const maker = openRowMaker(asked)
  make(maker)
  const gathering = openIndexBuilder(asked, testStore(1 << 30))
  gathering.add(maker.take())
  return [...(gathering.finish([file]).index?.rows() ?? [])]
}

test('what the prover says of a line makes the row that its JSON makes', () => {
  const prover = openProver({ fhirUrl })
  const seen = new Set<string>()
  let references = 0
  for (const [at, text] of lines.entries()) {
    if (text.length > prover.input.length / 4) continue
    const length = prover.input.write(text)
    const proof = prover.prove(length, undefined)
    if (proof.proven[0] !== 1) {
      expect(at, text).toBeGreaterThanOrEqual(ofOurs.length)
      continue
    }
    const place = { file, first: at + 1 }
    const [proven] = rowsOf((maker) => {
      // The first patients are read for their ids; later ones are not.
      const isPatient = text.startsWith('{"resourceType":"Patient"')
      if (isPatient || maker.takesProven(proof, 0)) maker.addProven(proof, { from: 0, to: 1 }, place)
    })
    if (!proven) continue
    const [parsed] = rowsOf((maker) =>
      maker.addLine({ file, number: at + 1, text, utf8: true, json: JSON.parse(text) }),
    )
    expect(parsed).toBeDefined()
    if (parsed) expect(plainly(proven)).toEqual(plainly(parsed))
    seen.add(proven.type)
    references += proven.refersTo.length
  }
  expect(seen.size).toBeGreaterThan(60)
  expect(references).toBeGreaterThan(200)
})

test('lines are read as JSON where the prover does not say all that is asked', () => {
  const maker = openRowMaker({ queries: ['Goal?lifecycle-status=active'], fhirUrl })
  const prover = openProver({ fhirUrl })
  const takes = (resource: object) => {
    const proof = prover.prove(prover.input.write(`${JSON.stringify(resource)}\n`), undefined)
    expect(proof.proven[0]).toBe(1)
    return maker.takesProven(proof, 0)
  }
  const goal = {
    resourceType: 'Goal',
    id: 'g',
    lifecycleStatus: 'active',
    description: { text: 'x' },
    subject: { reference: 'Patient/ann' },
  }
  expect(takes(goal)).toBe(false)
  expect(takes({ resourceType: 'Location', id: 'l', name: 'x' })).toBe(true)
  const tagged = { tag: [{ code: 'SUBSETTED' }] }
  expect(takes({ resourceType: 'Location', id: 'l', meta: tagged })).toBe(false)
  expect(takes({ resourceType: 'Group', id: 'g', type: 'person', actual: true })).toBe(false)
  for (let at = 0; at < 250; at += 1) {
    const ann = { resourceType: 'Patient', id: `p${at}` }
    expect(takes(ann)).toBe(false)
    maker.addLine({ file, number: at, text: '', utf8: true, json: ann })
  }
  expect(takes({ resourceType: 'Patient', id: 'p' })).toBe(true)
})
