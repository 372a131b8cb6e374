import { capabilityChecks } from './capability.ts'
import type { Check, Picker } from './check.ts'
import { elementChecks } from './elements.ts'
import { headerChecks } from './header.ts'
import { jsonChecks } from './json.ts'
import { levelChecks } from './levels.ts'
import { linesChecks } from './lines.ts'
import { manifestChecks } from './manifest.ts'
import { originChecks } from './manifest-origin.ts'
import { narrowingChecks } from './narrowing.ts'
import { outcomeChecks } from './outcome.ts'
import { patientChecks } from './patients.ts'
import { filePicks } from './picks-files.ts'
import { exportPicks } from './picks.ts'
import { scopeChecks } from './scope.ts'
import { setChecks } from './sets.ts'
import { statusChecks } from './status.ts'

export { candidateQueries } from './candidates.ts'

/** Every check there is: what can stand under `expect`. */
export const checks: readonly Check[] = [
  ...statusChecks,
  ...headerChecks,
  ...jsonChecks,
  ...outcomeChecks,
  ...scopeChecks,
  ...capabilityChecks,
  ...manifestChecks,
  ...originChecks,
  ...linesChecks,
  ...setChecks,
  ...levelChecks,
  ...patientChecks,
  ...narrowingChecks,
  ...elementChecks,
]

/** Every pick there is: what a reference can take from another probe. */
export const picks: readonly Picker[] = [...exportPicks, ...filePicks]
