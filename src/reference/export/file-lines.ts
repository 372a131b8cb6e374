import type { ProviderState } from '../provider-state.ts'
import type { ProviderJob, ServedFile } from './job.ts'

/** The lines of a file, without their ends. */
export function* linesOfFile(state: ProviderState, job: ProviderJob, file: ServedFile): Iterable<string> {
  const { elements } = job.kickoff
  for (const resource of state.conduct.sentResources(file, job))
    yield state.conduct.lineOf(
      elements && file.kind === 'output' ? state.conduct.reducesElements(resource, elements) : resource,
      file,
    )
}
