import { randomOf, randomUuid } from './random-values.ts'
import { type Term, systems, words } from './terms.ts'

/** A FHIR R4 resource as it is written. */
export type CorpusResource = { readonly resourceType: string; readonly id: string } & Readonly<
  Record<string, unknown>
>

/** Types of the corpus; each has its share of the bytes and the average length of its lines, in bytes. */
export const mix = {
  Observation: { share: 0.4, average: 822, files: 4 },
  DiagnosticReport: { share: 0.18, average: 1687, files: 1 },
  DocumentReference: { share: 0.15, average: 3194, files: 1 },
  Encounter: { share: 0.07, average: 1306, files: 1 },
  MedicationRequest: { share: 0.07, average: 944, files: 1 },
  Procedure: { share: 0.06, average: 746, files: 1 },
  Condition: { share: 0.025, average: 986, files: 1 },
  Immunization: { share: 0.02, average: 676, files: 1 },
  Patient: { share: 0.012, average: 3417, files: 1 },
  ExplanationOfBenefit: { share: 0.003, average: 6983, files: 1 },
  Claim: { share: 0.003, average: 1319, files: 1 },
  AllergyIntolerance: { share: 0.001, average: 996, files: 1 },
  Device: { share: 0.001, average: 837, files: 1 },
  Organization: { share: 0.001, average: 834, files: 1 },
  Practitioner: { share: 0.002, average: 596, files: 1 },
  PractitionerRole: { share: 0.001, average: 1005, files: 1 },
  Location: { share: 0.001, average: 712, files: 1 },
} as const

/** A type of the corpus. */
export type CorpusType = keyof typeof mix

const kinds = Object.keys(mix) as CorpusType[]

/** How many resources of each type there are. */
export type TypeCounts = Readonly<Record<CorpusType, number>>

/** Counts that make about so many bytes. */
export function countsFor(bytes: number): TypeCounts {
  const entries = Object.entries(mix).map(([type, { share, average }]) => [
    type,
    Math.max(1, Math.round((bytes * share) / average)),
  ])
  return Object.fromEntries(entries) as TypeCounts
}

/** The id of a resource by its number. */
export function idOf(type: CorpusType, index: number): string {
  return randomUuid(1 + kinds.indexOf(type), index)
}

/** A reference to a resource by a number, which wraps around. */
export function to(type: CorpusType, index: number, counts: TypeCounts) {
  return { reference: `${type}/${idOf(type, index % counts[type])}` }
}

/** The number of the encounter at which something happened, and that of its patient. */
export function visit(index: number, counts: TypeCounts) {
  const encounter = index % counts.Encounter
  return { encounter, patient: encounter % counts.Patient }
}

/** The elements by which what happened at an encounter names it and its patient. */
export function about(index: number, counts: TypeCounts) {
  const { encounter, patient } = visit(index, counts)
  return { subject: to('Patient', patient, counts), encounter: to('Encounter', encounter, counts) }
}

/** A CodeableConcept of one coding. */
export function concept(system: string, [code, display]: Term) {
  return { coding: [{ system, code, display }], text: display }
}

/** A Quantity in a UCUM unit. */
export function quantity(value: number, unit: string) {
  return { value, unit, system: systems.ucum, code: unit }
}

/** Base64 of a note of about so many characters. */
export function note(length: number, ...what: readonly number[]): string {
  let text = ''
  for (let at = 0; text.length < length; at += 1) text += `${randomOf(words, ...what, at)} `
  return Buffer.from(text).toString('base64')
}
