import type { Options } from 'yargs'
import { ConfigError } from '../config/error.ts'

/** The option that names FHIR packages. */
export const packageOption: Options = {
  type: 'string',
  array: true,
  requiresArg: true,
  describe: 'FHIR package (.tgz or folder) whose profiles resources are held against (repeatable)',
}

/** Opens FHIR packages once before anything else is done, and returns their paths. Throws ConfigError for one that is none. */
export async function openPackages(paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return paths
  // Loaded here because most invocations do without.
  const [{ profilesOf }, { PackageError }] = await Promise.all([
    import('../output/thread.ts'),
    import('../profiles/package.ts'),
  ])
  await profilesOf(paths).catch((error: unknown) => {
    throw error instanceof PackageError ? new ConfigError(error.message) : error
  })
  return paths
}
