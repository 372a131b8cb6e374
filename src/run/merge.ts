import type { ProbeKey } from '../model/plan.ts'
import type { ProbeReading } from './files.ts'
import { type Part, PartError } from './part.ts'

/** Takes in what parts found out about the files of a probe. Throws PartError if they looked for something else. */
export function joinReads(reading: ProbeReading, probe: ProbeKey, parts: readonly Part<unknown>[]): void {
  for (const { reads } of parts)
    for (const it of reads) {
      if (it.probe !== probe) continue
      if (it.keys.join('\n') !== reading.keys.join('\n'))
        throw new PartError('the parts asked for other checks')
      reading.join(it.found, it.index)
    }
}
