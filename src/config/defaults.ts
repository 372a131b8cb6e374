import { type Level, type SupportedRelease, supportedReleases } from '../model/requirement.ts'

/** Release of the Bulk Data Access IG that a target is tested against by default. */
export const defaultRelease: SupportedRelease = '2.0.0'

/** What can be chosen as the release: `auto` lets a run find it. */
export const releaseChoices = [...supportedReleases, 'auto'] as const

/** The JSON Schema of the choice. */
export const releaseSchema = {
  enum: releaseChoices,
  default: defaultRelease,
  description: `Release of the Bulk Data Access IG, or \`auto\` to let a run find it; default ${defaultRelease}.`,
}

/** A release, or `auto`. */
export type ReleaseChoice = (typeof releaseChoices)[number]

/** Weakest level whose broken requirements fail a run by default. */
export const defaultFailOn: Level = 'SHALL'

/** Scope that is requested by default. */
export const defaultScope = 'system/*.read'
