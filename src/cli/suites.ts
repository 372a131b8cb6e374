import { resolve } from 'node:path'
import { checks, picks } from '../checks/index.ts'
import { loadBundled } from '../suite/compiled.ts'
import type { Loaded } from '../suite/load.ts'
import type { Args } from './command.ts'

/** The suites at these paths, or the bundled ones if no paths are given. Throws SuiteError. */
export async function suitesFrom(paths: readonly string[] | undefined): Promise<Loaded> {
  if (!paths) return loadBundled({ checks, picks })
  const { loadSuites } = await import('../suite/load.ts')
  return loadSuites({ paths, vocabulary: { checks, picks } })
}

/** The suites that `--suites` names, or the bundled ones. Throws SuiteError. */
export function suitesNamed(args: Args, cwd: string): Promise<Loaded> {
  const named = args.texts('suites').map((it) => resolve(cwd, it))
  return suitesFrom(named.length > 0 ? named : undefined)
}
