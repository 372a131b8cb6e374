import { readBuiltJson } from './built-file.ts'

/** What R4's definitions say that is needed without its whole model. */
export interface R4Facts {
  /** Names of the resource types that can be instantiated. */
  readonly resourceTypes: readonly string[]
  /** Root elements with a minimum of 1, by resource type; types without any are left out. */
  readonly mandatory: Readonly<Record<string, readonly MandatoryElement[]>>
  /** Codes of the value set issue-severity, the gravest first. */
  readonly issueSeverities: readonly string[]
  /** Codes of the value set issue-type. */
  readonly issueCodes: readonly string[]
}

/** A root element that every resource of its type has. */
export interface MandatoryElement {
  /** As R4 names it: `status`, `medication[x]`. */
  readonly name: string
  /** The names that it can have in JSON: `status`, or `medicationCodeableConcept` and `medicationReference`. */
  readonly jsonNames: readonly string[]
}

let facts: (R4Facts & Record<'types' | 'lowerCaseTypes' | 'codes', ReadonlySet<string>>) | undefined

function read() {
  if (facts) return facts
  const stored = readBuiltJson<R4Facts>('facts.json')
  facts = {
    ...stored,
    types: new Set(stored.resourceTypes),
    lowerCaseTypes: new Set(stored.resourceTypes.map((it) => it.toLowerCase())),
    codes: new Set(stored.issueCodes),
  }
  return facts
}

/** Whether a value is the name of an R4 resource type that can be instantiated. */
export function isResourceType(value: unknown): value is string {
  return read().types.has(value as string)
}

/** The same in any case: what a server may write by mistake. */
export function isResourceTypeInAnyCase(value: string): boolean {
  const { lowerCaseTypes } = read()
  return lowerCaseTypes.has(value.toLowerCase())
}

/** The root elements with a minimum of 1 that R4 defines for a resource type. */
export function mandatoryElements(type: string): readonly MandatoryElement[] {
  const { mandatory } = read()
  return Object.hasOwn(mandatory, type) ? (mandatory[type] ?? []) : []
}

/** Codes of the R4 value set issue-severity. */
export function issueSeverities(): readonly string[] {
  return read().issueSeverities
}

/** Whether a value is a code of the R4 value set issue-type. */
export function isIssueCode(value: unknown): boolean {
  return read().codes.has(value as string)
}
