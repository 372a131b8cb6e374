import { isJsonObject, type JsonObject } from '../../model/json.ts'

/** What a guide says of the profiles of all resources of a type. */
export interface GuideRules {
  /** Profiles of all resources of a type: `global` of an ImplementationGuide, `profile` of a CapabilityStatement for servers. */
  readonly everywhere: readonly string[]
  /** Profiles that a CapabilityStatement for servers names as the only supported one of their type. */
  readonly sole: readonly string[]
}

/** The rules of the files of a package. */
export function guideRules(files: Iterable<unknown>): GuideRules {
  const everywhere: string[] = []
  const sole: string[] = []
  for (const it of files) {
    if (!isJsonObject(it)) continue
    if (it.resourceType === 'ImplementationGuide')
      everywhere.push(...objectsIn(it.global).flatMap(({ profile }) => textsOf(profile)))
    if (it.resourceType !== 'CapabilityStatement') continue
    for (const rest of objectsIn(it.rest))
      for (const { profile, supportedProfile } of rest.mode === 'server' ? objectsIn(rest.resource) : []) {
        everywhere.push(...textsOf(profile))
        const supported = Array.isArray(supportedProfile) ? supportedProfile.flatMap(textsOf) : []
        if (supported.length === 1) sole.push(...supported)
      }
  }
  return { everywhere, sole }
}

function textsOf(it: unknown): readonly string[] {
  return typeof it === 'string' ? [it] : []
}

function objectsIn(it: unknown): readonly JsonObject[] {
  return Array.isArray(it) ? (it as unknown[]).filter(isJsonObject) : []
}
