import { resolve } from 'node:path'
import type { Options } from 'yargs'
import { ConfigError } from '../../config/error.ts'
import { displayPath } from '../output-folder.ts'

/** The option that names FHIR packages. */
export const packageOption: Options = {
  type: 'string',
  array: true,
  requiresArg: true,
  describe: 'FHIR package (.tgz or folder); resources are validated against its profiles (repeatable)',
}

/** Opens FHIR packages before anything else is done, and returns their absolute paths. Throws ConfigError for a path without a package. */
export async function openPackages(named: readonly string[], cwd: string): Promise<readonly string[]> {
  if (named.length === 0) return []
  const paths = named.map((it) => resolve(cwd, it))
  // Loaded here because most invocations need no packages.
  const [{ profilesOfPackages }, { PackageError }] = await Promise.all([
    import('../../output/package-profiles.ts'),
    import('../../profiles/package/load.ts'),
  ])
  await profilesOfPackages(paths).catch((error: unknown) => {
    if (!(error instanceof PackageError)) throw error
    throw new ConfigError(
      paths.reduce((text, it) => text.replace(it, () => displayPath(it, cwd)), error.message),
    )
  })
  return paths
}
