import type { Level, SupportedRelease } from '../model/requirement.ts'

/** Release of the Bulk Data Access IG that a target is tested against unless another is chosen. */
export const defaultRelease: SupportedRelease = '2.0.0'

/** Least level whose broken requirements fail a run unless another is chosen. */
export const defaultFailOn: Level = 'SHALL'

/** Scope that is requested unless another is configured. */
export const defaultScope = 'system/*.read'
