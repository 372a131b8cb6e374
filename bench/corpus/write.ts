import { closeSync, openSync, writeSync } from 'node:fs'
import {
  allergy,
  device,
  location,
  organization,
  patient,
  practitioner,
  practitionerRole,
} from './administrative.ts'
import { benefit, claim } from './billing.ts'
import {
  condition,
  diagnosticReport,
  documentReference,
  encounter,
  immunization,
  medicationRequest,
  observation,
  procedure,
} from './clinical.ts'
import { type TypeCounts, type CorpusResource, type CorpusType, countsFor, mix } from './resource.ts'

const makers: Readonly<Record<CorpusType, (index: number, counts: TypeCounts) => CorpusResource>> = {
  Observation: observation,
  DiagnosticReport: diagnosticReport,
  DocumentReference: documentReference,
  Encounter: encounter,
  MedicationRequest: medicationRequest,
  Procedure: procedure,
  Condition: condition,
  Immunization: immunization,
  Patient: patient,
  ExplanationOfBenefit: benefit,
  Claim: claim,
  AllergyIntolerance: allergy,
  Device: device,
  Organization: organization,
  Practitioner: practitioner,
  PractitionerRole: practitionerRole,
  Location: location,
}

const piece = 1 << 20

/** Writes lines to a file, a megabyte at a time. */
export function writeLines(path: string, lines: Iterable<string>): void {
  const file = openSync(path, 'w')
  try {
    let waiting = ''
    for (const line of lines) {
      waiting += `${line}\n`
      if (waiting.length < piece) continue
      writeSync(file, waiting)
      waiting = ''
    }
    writeSync(file, waiting)
  } finally {
    closeSync(file)
  }
}

/** One file of the corpus: its name and its lines. */
export interface CorpusPart {
  readonly name: string
  lines(): Iterable<string>
}

/** The files of a corpus of about so many bytes: valid FHIR R4, every reference to a resource of the corpus. */
export function corpusParts(bytes: number): readonly CorpusPart[] {
  const counts = countsFor(bytes)
  return (Object.keys(mix) as CorpusType[]).flatMap((type) => {
    const { files } = mix[type]
    const each = Math.ceil(counts[type] / files)
    return Array.from({ length: files }, (_, at) => ({
      name: `${type}.${String(at).padStart(3, '0')}.ndjson`,
      *lines() {
        const end = Math.min(counts[type], (at + 1) * each)
        for (let index = at * each; index < end; index += 1) yield JSON.stringify(makers[type](index, counts))
      },
    }))
  })
}
