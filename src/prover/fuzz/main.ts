import { readTables } from '../tables.ts'
import { typescriptProver } from '../typescript.ts'
import { wasmProver } from '../wasm.ts'
import { examples, linesOf } from './bases.ts'
import { fhirUrl, hold } from './hold.ts'
import { seeded } from './mutate.ts'

// `npm run fuzz -- COUNT [FOLDER...]`: holds the provers against the explaining path on lines made of HL7's examples and of those in the folders.
const [count = '1000000', ...folders] = process.argv.slice(2)
const seed = Number(process.env.SEED ?? 1)
const tables = readTables()
const base = Buffer.from(`${fhirUrl}/`)
const provers = [wasmProver(tables, base, 2 << 20), typescriptProver(tables, base, 2 << 20)]
const bases = [...examples(), ...folders.flatMap(linesOf)]
const held = hold(provers, bases, { count: Number(count), random: seeded(seed) })
const share = (some: number) => ((some / held.lines) * 100).toFixed(1)
console.log(
  `${held.lines} lines of ${bases.length}, ${share(held.proven)} % proven, ${share(held.doubted)} % but for a part, ${held.wrong.length} wrong; seed ${seed}`,
)
for (const { how, text } of held.wrong.slice(0, 20)) console.log(`\n${how}\n${text.slice(0, 2000)}`)
if (held.wrong.length > 0) process.exitCode = 1
