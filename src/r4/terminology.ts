import { readBuiltJson } from './built-file.ts'

/** The ValueSets and CodeSystems that R4 itself defines, in FHIR's own form, without what does not decide which codes they have. */
export interface R4Terminology {
  readonly valueSets: readonly (Definition & {
    readonly resourceType: 'ValueSet'
    readonly compose?: object
  })[]
  readonly codeSystems: readonly (Definition & {
    readonly resourceType: 'CodeSystem'
    readonly content: string
    readonly caseSensitive?: boolean
    readonly concept?: readonly object[]
  })[]
}

interface Definition {
  readonly url: string
  readonly version?: string
}

let terminology: R4Terminology | undefined

/** R4's terminology as the build compiled it; read once. */
export function r4Terminology(): R4Terminology {
  terminology ??= readBuiltJson<R4Terminology>('terminology.json')
  return terminology
}
