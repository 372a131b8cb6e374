import type { Clock } from '../../model/clock.ts'
import type { RunResult } from '../../model/result.ts'
import type { Target } from '../../model/target.ts'
import type { Transport } from '../../probe/transport/message.ts'
import { PartError } from './part-file.ts'
import { readSharedExports } from './shared-exports-file.ts'

/** Deletes the jobs that machines shared, and counts them in the result. Throws PartError if the file belongs to another run. */
export async function deleteSharedJobs(
  result: RunResult,
  it: {
    readonly manifest: string
    readonly run: string
    readonly target: Target
    readonly transport: Transport
    readonly clock: Clock
  },
): Promise<RunResult> {
  const shared = readSharedExports(it.manifest)
  if (!shared) throw new PartError(`${it.manifest} (--manifest) does not exist`)
  if (shared.run !== it.run)
    throw new PartError(
      `${it.manifest} (--manifest) is from another run: pass the file that the first machine of this run wrote`,
    )
  // Loaded here because merging does not need it.
  const { openSession } = await import('../../probe/session.ts')
  const session = openSession(it)
  const gone = new Set<string>()
  try {
    for (const { statusUrl, shown, as } of shared.exports)
      if ((await session.deleteJobAt(statusUrl, as)) !== 'left') gone.add(shown)
  } finally {
    await session.close()
  }
  const { started, perhapsLeft } = result.jobs
  const left = perhapsLeft.filter((url) => !gone.has(url))
  return { ...result, jobs: { ...result.jobs, started, deleted: started - left.length, perhapsLeft: left } }
}
