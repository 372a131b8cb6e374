/** How a search parameter compares (R4 search, parameter types). */
export type Kind = 'token' | 'date' | 'string' | 'reference' | 'quantity' | 'number' | 'uri'

/** A search parameter: its type and the elements it looks at. */
export interface Parameter {
  readonly kind: Kind
  /** Dotted element names below the resource. */
  readonly paths: readonly string[]
  /** The code system that elements of type code have implicitly. */
  readonly system?: string
  /** The one type that references may name. */
  readonly target?: string
}

const of =
  (kind: Kind) =>
  (...paths: readonly string[]): Parameter => ({ kind, paths })
/** A token parameter on elements at these paths. */
export const token = of('token')
/** A date parameter on elements at these paths. */
export const date = of('date')
/** A string parameter on elements at these paths. */
export const string = of('string')
/** A reference parameter on elements at these paths. */
export const reference = of('reference')
/** A quantity parameter on elements at these paths. */
export const quantity = of('quantity')
/** A number parameter on elements at these paths. */
export const number = of('number')
/** A uri parameter on elements at these paths. */
export const uri = of('uri')

/** A token parameter on an element of type code, with the rest of its code system's address after `http://hl7.org/fhir/`. */
export const code = (path: string, system: string): Parameter => ({
  kind: 'token',
  paths: [path],
  system: `http://hl7.org/fhir/${system}`,
})
/** A reference parameter that only sees references to Patients. */
export const patientAt = (path: string): Parameter => ({
  kind: 'reference',
  paths: [path],
  target: 'Patient',
})

/** The parameter of types with business identifiers. */
export const identifier = { identifier: token('identifier') }
/** The parameters of types with a subject. */
export const subject = { subject: reference('subject'), patient: patientAt('subject') }
/** The parameter of types that belong to an encounter. */
export const encounter = { encounter: reference('encounter') }

/** Search parameters that every type has. */
export const common: Readonly<Record<string, Parameter>> = {
  _id: token('id'),
  _lastUpdated: date('meta.lastUpdated'),
  _tag: token('meta.tag'),
  _profile: uri('meta.profile'),
}
