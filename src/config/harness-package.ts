import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Absolute folder of this package: the clone, or where it is installed. */
export const packageRoot = rootAbove(import.meta.dirname)

/** Version of this package. */
export const harnessVersion = versionOf(join(packageRoot, 'package.json'))

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  return parent === folder ? folder : rootAbove(parent)
}

function versionOf(file: string): string {
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return version
}
