import { resolve } from 'node:path'
import { checks, picks } from '../../checks/registry.ts'
import { loadBundled } from '../../suite/bundled.ts'
import type { LoadedSuites } from '../../suite/load.ts'
import type { Args } from '../command.ts'

/** The suites at these paths, or the bundled ones if no paths are given. Throws SuiteError. */
export async function loadSuitesAt(paths: readonly string[] | undefined): Promise<LoadedSuites> {
  if (!paths) return loadBundled({ checks, picks })
  const { loadSuites } = await import('../../suite/load.ts')
  return loadSuites({ paths, vocabulary: { checks, picks } })
}

/** The suites that `--suites` names, or the bundled ones. Throws SuiteError. */
export function loadNamedSuites(args: Args, cwd: string): Promise<LoadedSuites> {
  const named = args.texts('suites').map((it) => resolve(cwd, it))
  return loadSuitesAt(named.length > 0 ? named : undefined)
}
