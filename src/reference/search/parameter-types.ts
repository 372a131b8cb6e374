/** How a search parameter compares (R4 search, parameter types). */
export type ParameterType = 'token' | 'date' | 'string' | 'reference' | 'quantity' | 'number' | 'uri'

/** A search parameter: its type and the elements that it reads. */
export interface ParameterDefinition {
  readonly kind: ParameterType
  /** Dotted element names below the resource. */
  readonly paths: readonly string[]
  /** The code system that elements of type code have implicitly. */
  readonly system?: string
  /** The one type that references may name. */
  readonly target?: string
}

const definitionOf =
  (kind: ParameterType) =>
  (...paths: readonly string[]): ParameterDefinition => ({ kind, paths })
/** A token parameter on elements at these paths. */
export const tokenAt = definitionOf('token')
/** A date parameter on elements at these paths. */
export const dateAt = definitionOf('date')
/** A string parameter on elements at these paths. */
export const stringAt = definitionOf('string')
/** A reference parameter on elements at these paths. */
export const referenceAt = definitionOf('reference')
/** A quantity parameter on elements at these paths. */
export const quantityAt = definitionOf('quantity')
/** A number parameter on elements at these paths. */
export const numberAt = definitionOf('number')
/** A uri parameter on elements at these paths. */
export const uriAt = definitionOf('uri')

/** A token parameter on an element of type code, with the rest of its code system's address after `http://hl7.org/fhir/`. */
export const codeAt = (path: string, system: string): ParameterDefinition => ({
  kind: 'token',
  paths: [path],
  system: `http://hl7.org/fhir/${system}`,
})
/** A reference parameter for references to Patients only. */
export const patientAt = (path: string): ParameterDefinition => ({
  kind: 'reference',
  paths: [path],
  target: 'Patient',
})

/** The parameter of types with business identifiers. */
export const identifierParameter = { identifier: tokenAt('identifier') }
/** The parameters of types with a subject. */
export const subjectParameters = { subject: referenceAt('subject'), patient: patientAt('subject') }
/** The parameter of types that belong to an encounter. */
export const encounterParameter = { encounter: referenceAt('encounter') }

/** Search parameters that every type has. */
export const commonParameters: Readonly<Record<string, ParameterDefinition>> = {
  _id: tokenAt('id'),
  _lastUpdated: dateAt('meta.lastUpdated'),
  _tag: tokenAt('meta.tag'),
  _profile: uriAt('meta.profile'),
}
