import { accessVariations } from './legal/access.ts'
import { contentVariations } from './legal/content.ts'
import { groupVariations } from './legal/groups.ts'
import { jobVariations } from './legal/jobs.ts'
import { outputVariations } from './legal/output.ts'
import type { LegalVariation } from './legal/variation.ts'

/** Everything that servers are known, or free, to do and that must not be held against them. */
export const legalVariations: readonly LegalVariation[] = [
  ...accessVariations,
  ...jobVariations,
  ...outputVariations,
  ...contentVariations,
  ...groupVariations,
]
