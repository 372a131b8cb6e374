import { mkdirSync, writeFileSync } from 'node:fs'
import { r4Model } from '../../r4/load.ts'
import { judgedInvariants } from '../../structure/invariants/index.ts'
import { stored } from '../tables.ts'
import { tablesOf } from './tables.ts'

const folder = new URL('../../../dist/prover/', import.meta.url)
mkdirSync(folder, { recursive: true })
writeFileSync(new URL('tables.bin', folder), stored(tablesOf(r4Model(), judgedInvariants)))
