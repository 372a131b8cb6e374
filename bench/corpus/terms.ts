/** A code with its display. */
export type Term = readonly [code: string, display: string]

/** Code systems by short name. */
export const systems = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  ucum: 'http://unitsofmeasure.org',
} as const

/** A code system of HL7 Terminology. */
export const thoSystem = (name: string) => `http://terminology.hl7.org/CodeSystem/${name}`

/** What is measured: code, display, unit, least and greatest value. */
export const vitalSigns: readonly (readonly [...Term, string, number, number])[] = [
  ['8302-2', 'Body Height', 'cm', 140, 200],
  ['29463-7', 'Body Weight', 'kg', 45, 120],
  ['39156-5', 'Body mass index (BMI) [Ratio]', 'kg/m2', 17, 42],
  ['8867-4', 'Heart rate', '/min', 55, 110],
  ['9279-1', 'Respiratory rate', '/min', 11, 19],
  ['2339-0', 'Glucose [Mass/volume] in Blood', 'mg/dL', 60, 210],
  ['4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', '%', 4, 11],
  ['6299-2', 'Urea nitrogen [Mass/volume] in Blood', 'mg/dL', 6, 22],
  ['38483-4', 'Creatinine [Mass/volume] in Blood', 'mg/dL', 0, 3],
  ['49765-1', 'Calcium [Mass/volume] in Blood', 'mg/dL', 8, 11],
  ['2947-0', 'Sodium [Moles/volume] in Blood', 'mmol/L', 134, 146],
  ['6690-2', 'Leukocytes [#/volume] in Blood by Automated count', '10*3/uL', 3, 12],
  ['789-8', 'Erythrocytes [#/volume] in Blood by Automated count', '10*6/uL', 3, 6],
  ['718-7', 'Hemoglobin [Mass/volume] in Blood', 'g/dL', 11, 18],
]

/** What is answered with a code. */
export const surveyQuestions: readonly Term[] = [
  ['72166-2', 'Tobacco smoking status'],
  ['93038-8', 'Stress level'],
  ['71802-3', 'Housing status'],
  ['67875-5', 'Employment status - current'],
]

/** Answers, in SNOMED CT. */
export const answers: readonly Term[] = [
  ['266919005', 'Never smoked tobacco (finding)'],
  ['8517006', 'Ex-smoker (finding)'],
  ['160903007', 'Full-time employment (finding)'],
  ['73595000', 'Stress (finding)'],
]

/** Panels and notes, in LOINC. */
export const panels: readonly Term[] = [
  ['51990-0', 'Basic metabolic panel - Blood'],
  ['58410-2', 'CBC panel - Blood by Automated count'],
  ['24323-8', 'Comprehensive metabolic 2000 panel - Serum or Plasma'],
  ['57698-3', 'Lipid panel with direct LDL - Serum or Plasma'],
  ['34117-2', 'History and physical note'],
]

/** Problems, in SNOMED CT. */
export const problems: readonly Term[] = [
  ['444814009', 'Viral sinusitis (disorder)'],
  ['195662009', 'Acute viral pharyngitis (disorder)'],
  ['10509002', 'Acute bronchitis (disorder)'],
  ['59621000', 'Essential hypertension (disorder)'],
  ['15777000', 'Prediabetes (finding)'],
  ['271737000', 'Anemia (disorder)'],
  ['160903007', 'Full-time employment (finding)'],
]

/** Kinds of encounter, in SNOMED CT. */
export const visits: readonly Term[] = [
  ['162673000', 'General examination of patient (procedure)'],
  ['185345009', 'Encounter for symptom (procedure)'],
  ['185347001', 'Encounter for problem (procedure)'],
  ['410620009', 'Well child visit (procedure)'],
  ['50849002', 'Emergency room admission (procedure)'],
]

/** Procedures, in SNOMED CT. */
export const procedures: readonly Term[] = [
  ['430193006', 'Medication reconciliation (procedure)'],
  ['710824005', 'Assessment of health and social care needs (procedure)'],
  ['171207006', 'Depression screening (procedure)'],
  ['73761001', 'Colonoscopy (procedure)'],
  ['428211000124100', 'Assessment of substance use (procedure)'],
]

/** Drugs, in RxNorm. */
export const drugs: readonly Term[] = [
  ['314076', 'lisinopril 10 MG Oral Tablet'],
  ['310798', 'Hydrochlorothiazide 25 MG Oral Tablet'],
  ['860975', '24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet'],
  ['313782', 'Acetaminophen 325 MG Oral Tablet'],
  ['308136', 'amLODIPine 2.5 MG Oral Tablet'],
  ['1049221', 'Acetaminophen 325 MG / oxyCODONE Hydrochloride 5 MG Oral Tablet'],
]

/** Vaccines, in CVX. */
export const vaccines: readonly Term[] = [
  ['140', 'Influenza, seasonal, injectable, preservative free'],
  ['113', 'Td (adult) preservative free'],
  ['133', 'Pneumococcal conjugate PCV 13'],
  ['208', 'SARS-COV-2 (COVID-19) vaccine, mRNA, spike protein, LNP, preservative free, 30 mcg/0.3mL dose'],
]

/** Given names. */
export const givenNames = ['Abel', 'Beatriz', 'Chau', 'Dorian', 'Elena', 'Farid', 'Greta', 'Hilde'] as const
/** Family names, with digits so that none is a person's. */
export const familyNames = ['Abbott774', 'Bauch723', 'Cruz300', 'Daniel959', 'Emard19', 'Feil794'] as const
/** Towns. */
export const towns = ['Boston', 'Worcester', 'Springfield', 'Lowell', 'Cambridge', 'Quincy'] as const
/** Words that notes are made of. */
export const words = (
  'patient is a presenting with history of reports denies pain fever cough chronic essential no known allergies ' +
  'social single never smoked assessment and plan prescribed daily tablet oral encounter follow up in two weeks ' +
  'continue current medication advised diet exercise normal examination unremarkable'
).split(' ')
