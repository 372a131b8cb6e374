import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileModel } from './model.ts'
import { r4PackageFolder, r4PackageName, r4PackageVersion } from './package.ts'

const target = fileURLToPath(new URL('../model.json', import.meta.url))
const folder = r4PackageFolder()
const stamp = `${r4PackageName}@${r4PackageVersion(folder)} ${ownHash()}`

if (stampOf(target) !== stamp) {
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, JSON.stringify({ stamp, ...compileModel(folder) }))
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
