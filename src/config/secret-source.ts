import { readFileSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileErrorReason } from '../storage/file-error.ts'
import { packageRoot } from './harness-package.ts'
import type { SecretSource } from './partial-settings.ts'
import { runSecretCommand } from './secret-command.ts'

/** Problems and warnings that are collected. */
export interface Diagnostics {
  readonly problems: string[]
  readonly warnings: string[]
}

/** The text of a secret, wherever it is; a file that other users can read causes a warning. */
export function readSecretSource(source: SecretSource, notes: Diagnostics): string | undefined {
  if ('text' in source) return source.text
  if ('command' in source) {
    const ran = runSecretCommand(source)
    if ('text' in ran) return ran.text
    notes.problems.push(ran.problem)
    return undefined
  }
  try {
    const { mode } = statSync(source.file)
    // Test keys are published; that others can read them is what they are for.
    const committed = realpathSync(source.file).startsWith(join(realpathSync(packageRoot), 'fixtures') + sep)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0 && !committed)
      notes.warnings.push(`${source.from} can be read by other users; run \`chmod 600\` on it`)
    return readFileSync(source.file, 'utf8')
  } catch (error) {
    notes.problems.push(`${source.from} cannot be read: ${fileErrorReason(error)}`)
    return undefined
  }
}
