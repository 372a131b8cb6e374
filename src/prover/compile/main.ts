import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { r4Model } from '../../r4/load.ts'
import { judgedInvariants } from '../../structure/invariants/index.ts'
import { serializeTables } from '../tables.ts'
import { compileTables } from './tables.ts'
import { compileCore } from './wasm.ts'

const folder = fileURLToPath(new URL('../../../dist/prover/', import.meta.url))
mkdirSync(folder, { recursive: true })
writeFileSync(path.join(folder, 'tables.bin'), serializeTables(compileTables(r4Model(), judgedInvariants)))
await compileCore(folder)
