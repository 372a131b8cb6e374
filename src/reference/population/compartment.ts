import type { Population, Resource } from './model.ts'
import { referenceTarget, valuesAtPath } from './references.ts'

/** Reference elements that put a resource of a type into a Patient's compartment (R4 CompartmentDefinition/patient). */
const elements: Readonly<Record<string, string>> = {
  Account: 'subject',
  AdverseEvent: 'subject',
  AllergyIntolerance: 'patient recorder asserter',
  Appointment: 'participant.actor',
  AppointmentResponse: 'actor',
  AuditEvent: 'agent.who entity.what',
  Basic: 'subject author',
  BodyStructure: 'patient',
  CarePlan: 'subject activity.detail.performer',
  CareTeam: 'subject participant.member',
  ChargeItem: 'subject',
  Claim: 'patient payee.party',
  ClaimResponse: 'patient',
  ClinicalImpression: 'subject',
  Communication: 'subject sender recipient',
  CommunicationRequest: 'subject sender recipient requester',
  Composition: 'subject author attester.party',
  Condition: 'subject asserter',
  Consent: 'patient',
  Coverage: 'policyHolder subscriber beneficiary payor',
  CoverageEligibilityRequest: 'patient',
  CoverageEligibilityResponse: 'patient',
  DetectedIssue: 'patient',
  DeviceRequest: 'subject performer',
  DeviceUseStatement: 'subject',
  DiagnosticReport: 'subject',
  DocumentManifest: 'subject author recipient',
  DocumentReference: 'subject author',
  Encounter: 'subject',
  EnrollmentRequest: 'candidate',
  EpisodeOfCare: 'patient',
  ExplanationOfBenefit: 'patient payee.party',
  FamilyMemberHistory: 'patient',
  Flag: 'subject',
  Goal: 'subject',
  Group: 'member.entity',
  ImagingStudy: 'subject',
  Immunization: 'patient',
  ImmunizationEvaluation: 'patient',
  ImmunizationRecommendation: 'patient',
  Invoice: 'subject recipient',
  List: 'subject source',
  MeasureReport: 'subject',
  Media: 'subject',
  MedicationAdministration: 'subject performer.actor',
  MedicationDispense: 'subject receiver',
  MedicationRequest: 'subject',
  MedicationStatement: 'subject',
  MolecularSequence: 'patient',
  NutritionOrder: 'patient',
  Observation: 'subject performer',
  Patient: 'link.other',
  Person: 'link.target',
  Procedure: 'subject performer.actor',
  Provenance: 'target',
  QuestionnaireResponse: 'subject author',
  RelatedPerson: 'patient',
  RequestGroup: 'subject action.participant',
  ResearchSubject: 'individual',
  RiskAssessment: 'subject',
  Schedule: 'actor',
  ServiceRequest: 'subject performer',
  Specimen: 'subject',
  SupplyDelivery: 'patient',
  SupplyRequest: 'deliverTo',
  VisionPrescription: 'patient',
}

const paths = new Map(
  Object.entries(elements).map(([type, list]) => [type, list.split(' ').map((path) => path.split('.'))]),
)

/** The types that the R4 Patient CompartmentDefinition gives criteria for, and Patient. */
export const compartmentTypes: readonly string[] = [...paths.keys()]

/** True of types that the R4 Patient CompartmentDefinition gives criteria for, and of Patient. */
export function isCompartmentType(type: string): boolean {
  return paths.has(type)
}

/** Ids of the patients in whose R4 Patient compartment a resource is; a Patient's own id first, each id once. */
export function patientsInCompartment(resource: Resource): readonly string[] {
  const ids = new Set<string>(resource.resourceType === 'Patient' ? [resource.id] : [])
  for (const path of paths.get(resource.resourceType) ?? [])
    for (const reference of valuesAtPath(resource, [...path, 'reference'])) {
      const named = referenceTarget(reference)
      if (named?.type === 'Patient') ids.add(named.id)
    }
  return [...ids]
}

/** As `patientsInCompartment`, and a Provenance is also in the compartments in which the resources are that it targets. */
export function compartmentLookup(population: Population): (resource: Resource) => readonly string[] {
  let index: Map<string, Resource> | undefined
  return (resource) => {
    if (resource.resourceType !== 'Provenance') return patientsInCompartment(resource)
    index ??= new Map(population.resources.map((each) => [`${each.resourceType}/${each.id}`, each]))
    const ids = new Set(patientsInCompartment(resource))
    for (const reference of valuesAtPath(resource, ['target', 'reference'])) {
      const named = referenceTarget(reference)
      const targeted = named && index.get(`${named.type}/${named.id}`)
      if (targeted && targeted.resourceType !== 'Provenance')
        for (const id of patientsInCompartment(targeted)) ids.add(id)
    }
    return [...ids]
  }
}

/** Ids of the Patients that are members of a Group and not marked inactive, each once. */
export function groupMembers(group: Resource): readonly string[] {
  const ids = valuesAtPath(group, ['member']).flatMap((member) => {
    const { entity, inactive } = member as { entity?: { reference?: unknown }; inactive?: unknown }
    const named = inactive === true ? undefined : referenceTarget(entity?.reference)
    return named?.type === 'Patient' ? [named.id] : []
  })
  return [...new Set(ids)]
}
