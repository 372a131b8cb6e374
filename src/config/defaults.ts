import type { Level, SupportedRelease } from '../model/requirement.ts'

/** Release of the Bulk Data Access IG that a target is tested against by default. */
export const defaultRelease: SupportedRelease = '2.0.0'

/** Weakest level whose broken requirements fail a run by default. */
export const defaultFailOn: Level = 'SHALL'

/** Scope that is requested by default. */
export const defaultScope = 'system/*.read'
