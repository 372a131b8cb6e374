import type { Plan } from '../model/plan.ts'
import { needsProbes } from '../model/plan.ts'
import { type ExportLevel, exportLevels } from '../model/target.ts'
import type { Fault } from '../reference/faults/definition.ts'

/**
 * The export level at which a fault is tried first: one at which the requirement that it breaks is tested, always the same one for the same fault. Its
 * id decides, so that faults are spread over the levels and a new fault moves no other.
 */
export function levelToTry({ id, breaks }: Fault, { tests }: Plan): ExportLevel {
  const concerned = tests.filter((it) => it.requirement.id === breaks && needsProbes(it))
  const isTestedAt = (level: ExportLevel) =>
    concerned.some((it) => it.level === undefined || it.level === level)
  const tested = exportLevels.filter(isTestedAt)
  const levels = tested.length > 0 ? tested : exportLevels
  const sum = [...id].reduce((total, it) => total + (it.codePointAt(0) ?? 0), 0)
  return levels[sum % levels.length] as ExportLevel
}
