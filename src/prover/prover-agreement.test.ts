import { describe, expect, it } from 'vitest'
import { exampleLines } from './fixtures/example-lines.ts'
import { fuzzFhirUrl, compareProvers } from './fixtures/prover-comparison.ts'
import { seededRandom } from '../model/fixtures/seeded-random.ts'
import { readTables } from './tables.ts'
import { typescriptProver } from './typescript.ts'
import { wasmProver } from './wasm.ts'

const base = Buffer.from(`${fuzzFhirUrl}/`)

/** Lines that are wrong in what no one of their parts shows. */
const wrongAsAWhole = [
  '{"resourceType":"Patient","id":"a","_deceasedBoolean":{"extension":[{"url":"b","valueString":"c"}]},"deceasedDateTime":"2020"}',
  '{"resourceType":"Observation","id":"a","status":"final","code":{"text":"x"},"dataAbsentReason":{"text":"x"},"valueAttachment":{"title":"x"}}',
  '{"resourceType":"Patient","id":"a","extension":[{"url":"b","extension":[{"url":"c","valueCode":"d"}],"valueFoo":1}]}',
]

describe('the provers', () => {
  const tables = readTables()
  const provers = [wasmProver(tables, base, 1 << 20), typescriptProver(tables, base, 1 << 20)]

  it('agree, never prove what the explaining path rejects, and leave it no more than the parts that are wrong, in mutated lines', () => {
    const held = compareProvers(provers, [...wrongAsAWhole, ...exampleLines(4000)], {
      count: 12000,
      random: seededRandom(2026),
    })
    expect(held.wrong.map(({ how }) => how)).toEqual([])
    // Were nothing proven, nothing would be shown.
    expect(held.proven).toBeGreaterThan(held.lines / 10)
    expect(held.partlyProven).toBeGreaterThan(held.lines / 10)
  })
})
