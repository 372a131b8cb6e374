import type { GuideRules } from './guide-rules.ts'

/** An element of a snapshot, as far as profiles are read. `fixed…`, `pattern…`, `minValue…` and `maxValue…` are further properties of it. */
export interface SnapshotElement {
  readonly id: string
  readonly path: string
  readonly sliceName?: string
  readonly min?: number
  readonly max?: string
  readonly base?: { readonly path: string; readonly min: number; readonly max: string }
  readonly type?: readonly ElementType[]
  /** Another element of the snapshot, after a `#`, whose definition is this one's too. */
  readonly contentReference?: string
  readonly maxLength?: number
  readonly constraint?: readonly Constraint[]
  readonly binding?: ElementBinding
  readonly mustSupport?: boolean
  readonly isModifier?: boolean
  readonly slicing?: ElementSlicing
  readonly extension?: readonly SimpleExtension[]
}

/** A binding of an element. */
interface ElementBinding {
  readonly strength?: string
  readonly valueSet?: string
  readonly extension?: readonly SimpleExtension[]
}

/** A type that an element can have. */
interface ElementType {
  readonly code: string
  readonly profile?: readonly string[]
  readonly targetProfile?: readonly string[]
  readonly aggregation?: readonly string[]
  readonly extension?: readonly SimpleExtension[]
}

/** An extension of a definition, as far as it is read. */
export interface SimpleExtension {
  readonly url: string
  readonly valueBoolean?: boolean
  readonly valueString?: string
  readonly valueUrl?: string
  readonly valueUri?: string
  readonly valueCanonical?: string
}

/** A constraint of a profile. */
export interface Constraint {
  readonly key: string
  readonly severity: string
  readonly human: string
  readonly expression?: string
  readonly source?: string
}

/** How the slices of an element are distinguished. */
interface ElementSlicing {
  readonly discriminator?: readonly { readonly type: string; readonly path: string }[]
  readonly rules?: string
  readonly ordered?: boolean
}

/** A profile or the definition of an extension, as far as it is read. */
export interface StructureDefinition {
  readonly resourceType: 'StructureDefinition'
  readonly url: string
  readonly version?: string
  readonly title?: string
  readonly name: string
  readonly type: string
  readonly kind: string
  readonly abstract?: boolean
  readonly derivation?: string
  readonly baseDefinition?: string
  readonly fhirVersion?: string
  readonly snapshot?: { readonly element: readonly SnapshotElement[] }
  /** Where an extension may be used. */
  readonly context?: readonly { readonly type: string; readonly expression: string }[]
  /** FHIRPath that is true wherever the extension is used. */
  readonly contextInvariant?: readonly string[]
}

/** A concept with those below it. */
export interface Concept {
  readonly code: string
  readonly display?: string
  /** `value…` is a further property of each. */
  readonly property?: readonly { readonly code: string }[]
  readonly concept?: readonly Concept[]
}

/** A CodeSystem, as far as it is read. */
export interface CodeSystem {
  readonly resourceType: 'CodeSystem'
  readonly url: string
  readonly version?: string
  readonly content?: string
  readonly caseSensitive?: boolean
  readonly hierarchyMeaning?: string
  readonly property?: readonly { readonly code: string; readonly uri?: string }[]
  readonly concept?: readonly Concept[]
}

/** A condition on concepts of a code system. */
export interface ConceptFilter {
  readonly property: string
  readonly op: string
  readonly value: string
}

/** A code of an expansion, with those below it. */
export interface ExpandedConcept {
  readonly system?: string
  readonly code?: string
  readonly abstract?: boolean
  readonly contains?: readonly ExpandedConcept[]
}

/** What a ValueSet takes in or leaves out. */
export interface ConceptSet {
  readonly system?: string
  readonly version?: string
  readonly concept?: readonly { readonly code: string }[]
  readonly filter?: readonly ConceptFilter[]
  readonly valueSet?: readonly string[]
}

/** A ValueSet, as far as it is read. */
export interface ValueSet {
  readonly resourceType: 'ValueSet'
  readonly url: string
  readonly version?: string
  readonly compose?: {
    readonly include?: readonly ConceptSet[]
    readonly exclude?: readonly ConceptSet[]
    /** Whether it has codes that are not in use any more. */
    readonly inactive?: boolean
  }
  readonly expansion?: {
    readonly total?: number
    readonly offset?: number
    readonly contains?: readonly ExpandedConcept[]
  }
}

/** A definition of a package that bulkcheck cannot use. */
export interface UnusableDefinition {
  readonly url: string
  readonly version?: string
  /** Completes "bulkcheck does not use it: …". */
  readonly because: string
}

/** What a FHIR package defines. */
export interface FhirPackage {
  readonly name: string
  readonly version: string
  /** Where the canonical URLs of its definitions begin, if it says so. */
  readonly canonical?: string
  /** Profiles on resources and data types, and definitions of extensions. */
  readonly structures: readonly StructureDefinition[]
  readonly valueSets: readonly ValueSet[]
  readonly codeSystems: readonly CodeSystem[]
  /** Definitions that are left out. */
  readonly unusable: readonly UnusableDefinition[]
  readonly rules: GuideRules
}

/** A canonical URL without its version. */
export function canonicalUrl(canonical: string): string {
  const at = canonical.indexOf('|')
  return at === -1 ? canonical : canonical.slice(0, at)
}

/** `url|version` of a definition, or its URL alone if it has no version. */
export function canonicalKey({ url, version }: { readonly url: string; readonly version?: string }): string {
  return version ? `${url}|${version}` : url
}

/** The version that a canonical URL names. */
export function canonicalVersion(canonical: string): string | undefined {
  return canonical.slice(canonicalUrl(canonical).length + 1) || undefined
}
