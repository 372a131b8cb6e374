import type { Check, Picker } from '../checks/check.ts'

/** What suites can be written with: the checks under `expect`, and the picks of references. */
export interface Vocabulary {
  readonly checks: readonly Check[]
  readonly picks: readonly Picker[]
}
