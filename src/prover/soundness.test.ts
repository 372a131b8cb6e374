import { describe, expect, it } from 'vitest'
import { examples } from './fuzz/bases.ts'
import { fhirUrl, hold } from './fuzz/hold.ts'
import { seeded } from './fuzz/mutate.ts'
import { readTables } from './tables.ts'
import { typescriptProver } from './typescript.ts'
import { wasmProver } from './wasm.ts'

const base = Buffer.from(`${fhirUrl}/`)

describe('the provers', () => {
  const tables = readTables()
  const provers = [wasmProver(tables, base, 1 << 20), typescriptProver(tables, base, 1 << 20)]

  it('agree, never prove what the explaining path rejects, and leave it no more than the parts that are wrong, in mutated lines', () => {
    const held = hold(provers, examples(4000), { count: 12000, random: seeded(2026) })
    expect(held.wrong.map(({ how }) => how)).toEqual([])
    // Were nothing proven, nothing would be shown.
    expect(held.proven).toBeGreaterThan(held.lines / 10)
    expect(held.doubted).toBeGreaterThan(held.lines / 10)
  })
})
