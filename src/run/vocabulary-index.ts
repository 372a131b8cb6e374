import type { Check, Picker } from '../checks/check.ts'
import { checks, picks } from '../checks/registry.ts'

/** What the vocabulary offers, by name. */
export interface VocabularyIndex {
  readonly checks: ReadonlyMap<string, Check>
  readonly picks: readonly Picker[]
}

/** The vocabulary by name. */
export const vocabularyIndex: VocabularyIndex = { checks: new Map(checks.map((it) => [it.name, it])), picks }
