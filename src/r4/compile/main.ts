import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileR4 } from './model.ts'
import { r4PackageFolder, r4PackageName, r4PackageVersion } from './package.ts'

const target = fileURLToPath(new URL('../', import.meta.url))
const folder = r4PackageFolder()
const stamp = `${r4PackageName}@${r4PackageVersion(folder)} ${ownHash()}`

// The file written last has the stamp, so an interrupted build is repeated.
if (stampOf(join(target, 'model.json')) !== stamp) {
  mkdirSync(target, { recursive: true })
  const { model, facts, searchParameters, codeSystems, terminology } = compileR4(folder)
  writeFileSync(join(target, 'facts.json'), JSON.stringify(facts))
  writeFileSync(join(target, 'search-parameters.json'), JSON.stringify(searchParameters))
  writeFileSync(join(target, 'code-systems.json'), JSON.stringify(codeSystems))
  writeFileSync(join(target, 'terminology.json'), JSON.stringify(terminology))
  writeFileSync(join(target, 'model.json'), JSON.stringify({ stamp, ...model }))
}

/** A hash of this very code: other code may compile another model of the same package. */
function ownHash(): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(import.meta.dirname).sort())
    if (/\.[jt]s$/.test(name) && !name.endsWith('.d.ts'))
      hash.update(readFileSync(join(import.meta.dirname, name)))
  return hash.digest('hex').slice(0, 16)
}

function stampOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).stamp
  } catch {
    // Missing, or cut off by a build that was interrupted: compile anew.
    return undefined
  }
}
