import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const sources = fileURLToPath(new URL('../../../src/prover/', import.meta.url))
const options =
  '--optimizeLevel 3 --shrinkLevel 0 --converge --noAssert --enable simd --runtime stub --importMemory --use abort='

/** Compiles the core to WebAssembly into a folder, unless it has been compiled from the same sources. */
export async function compileCore(folder: string): Promise<void> {
  const stamp = `${stampOfSources()}\n`
  const stampFile = path.join(folder, 'prover.stamp')
  if (readIfThere(stampFile) === stamp) return
  // The compiler exists, and is needed, only where the project is built.
  const { default: asc } = await import('assemblyscript/asc')
  const { error, stderr } = await asc.main(
    ['assembly/main.ts', '--baseDir', sources, '--outFile', 'prover.wasm', ...options.split(' ')],
    {
      readFile: (name) => readIfThere(sourceOf(name)),
      writeFile: (name, contents) => writeFileSync(path.join(folder, name), contents),
      listFiles: () => [],
    },
  )
  if (error) throw new Error(`The prover's core does not compile.\n${stderr.toString()}`, { cause: error })
  writeFileSync(stampFile, stamp)
}

// Here the same core uses another machine.ts, with vector instructions. Names arrive with .ts twice.
function sourceOf(name: string): string {
  const file = name.replace('.ts.ts', '.ts')
  return path.join(sources, file === 'core/machine.ts' ? 'assembly/machine.ts' : file)
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // The compiler asks for a file under several names.
    return null
  }
}

function stampOfSources(): string {
  const hash = createHash('sha256').update(options)
  for (const folder of ['core', 'assembly'])
    for (const name of readdirSync(path.join(sources, folder)).sort())
      hash.update(readFileSync(path.join(sources, folder, name)))
  return hash.digest('hex')
}
