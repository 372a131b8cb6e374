/** A code of a code system with its display: what a Coding holds. */
export interface Term {
  readonly system: string
  readonly code: string
  readonly display: string
}

const terms =
  (system: string) =>
  (code: string, display: string): Term => ({ system, code, display })

const hl7 = (name: string) => terms(`http://terminology.hl7.org/CodeSystem/${name}`)

/** A term of LOINC. */
export const loinc = terms('http://loinc.org')
/** A term of SNOMED CT. */
export const snomed = terms('http://snomed.info/sct')
/** A term of RxNorm. */
const rxnorm = terms('http://www.nlm.nih.gov/research/umls/rxnorm')
/** A term of CVX, the codes of vaccines. */
const cvx = terms('http://hl7.org/fhir/sid/cvx')
/** A term of the code system of HL7 Terminology (THO) with the given short name. */
export const tho = (name: string, code: string, display: string): Term => hl7(name)(code, display)

/** A CodeableConcept of one coding, its text the display. */
export function codeableConcept(term: Term): { coding: readonly Term[]; text: string } {
  return { coding: [term], text: term.display }
}

/** A Quantity in a UCUM unit. */
export function ucumQuantity(value: number, unit: string) {
  return { value, unit, system: 'http://unitsofmeasure.org', code: unit }
}

/** Problems that the synthetic patients have. */
export const diagnoses = [
  snomed('44054006', 'Diabetes mellitus type 2'),
  snomed('38341003', 'Hypertensive disorder'),
  snomed('195967001', 'Asthma'),
  snomed('444814009', 'Viral sinusitis'),
  snomed('271737000', 'Anemia'),
] as const

/** What the synthetic patients are allergic to, and the allergy's category. */
export const allergens = [
  { term: snomed('91936005', 'Allergy to penicillin'), category: 'medication' },
  { term: snomed('91935009', 'Allergy to peanut'), category: 'food' },
  { term: snomed('232350006', 'House dust mite allergy'), category: 'environment' },
] as const

/** Vaccines given. */
export const vaccines = [
  cvx('140', 'Influenza, seasonal, injectable, preservative free'),
  cvx('03', 'MMR'),
  cvx('113', 'Td (adult) preservative free'),
] as const

/** Drugs ordered. */
export const drugs = [
  rxnorm('860975', 'Metformin hydrochloride 500 MG Extended Release Oral Tablet'),
  rxnorm('314076', 'Lisinopril 10 MG Oral Tablet'),
  rxnorm('308136', 'Amlodipine 2.5 MG Oral Tablet'),
  rxnorm('197361', 'Amlodipine 5 MG Oral Tablet'),
] as const

/** Procedures done. */
export const procedures = [
  snomed('430193006', 'Medication reconciliation'),
  snomed('73761001', 'Colonoscopy'),
  snomed('225358003', 'Wound care'),
] as const

/** Given names; several need more than ASCII, or an escape in JSON. */
export const givenNames = [
  'Zoë',
  'Ada',
  'José',
  'Lin "Quoted"',
  'Øyvind',
  'Maya',
  'Иван',
  'Back\\slash',
  '美咲',
] as const

/** Family names that no real person has. */
export const familyNames = [
  'Núñez-Synthetic',
  'Testperson',
  'Müller-Example',
  "O'Sample",
  'Fictitious',
] as const

/** Strings that trip careless writers and readers of NDJSON: astral characters, tabs, line ends, escapes. */
export const phrases = [
  'Synthetic: feels well 🙂, no complaint',
  'Synthetic: first line\nsecond line\twith a tab',
  'Synthetic: {"looks":"like JSON"}, \\n is no line end',
] as const

/** As `phrases`, for elements of type markdown, which alone may hold line and paragraph separators (U+2028, U+2029). */
export const remarks = [...phrases, 'Synthetic: separators \u2028 and \u2029 within a remark'] as const
