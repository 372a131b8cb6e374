import type { Resource } from '../population/model.ts'
import type { ProviderState } from '../provider-state.ts'
import type { ServedFile } from './job.ts'

/** The output in blocks of the resources of a type: each with those in its compartment, and whole files unless a block is longer than a file. */
export function organizedFiles(
  state: ProviderState,
  type: string,
  resources: readonly Resource[],
): readonly ServedFile[] {
  const { conduct, catalogue, configuration } = state
  const most = configuration.linesPerFile
  const files: { lines: Resource[]; isContinued: boolean }[] = []
  for (const organizing of resources.filter((it) => it.resourceType === type)) {
    const related = resources.filter(
      (it) => it.resourceType !== type && catalogue.patientsOf(it).includes(organizing.id),
    )
    const block = conduct.blockOf(organizing, related)
    const [header, ...rest] = block
    const last = files.at(-1)
    if (last && last.lines.length + block.length <= most) last.lines.push(...block)
    else if (block.length <= most || !header) files.push({ lines: [...block], isContinued: false })
    else
      for (let at = 0; at < rest.length; at += most - 1)
        files.push({
          lines: [header, ...rest.slice(at, at + most - 1)],
          isContinued: at + most - 1 < rest.length,
        })
  }
  const nameOf = (index: number) => `${type}-blocks.${String(index).padStart(3, '0')}.ndjson`
  return files.map(({ lines, isContinued }, index) => ({
    kind: 'output' as const,
    type: '',
    name: nameOf(index),
    resources: lines,
    ...(isContinued ? { continuesIn: nameOf(index + 1) } : {}),
  }))
}
