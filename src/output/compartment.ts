import { isObject } from '../checks/fhir.ts'

/** Paths of the references by which FHIR R4 puts resources of a type into the compartment of a Patient. */
const paths: Readonly<Record<string, readonly string[]>> = {
  Account: ['subject'],
  AdverseEvent: ['subject'],
  AllergyIntolerance: ['patient', 'recorder', 'asserter'],
  Appointment: ['participant.actor'],
  AppointmentResponse: ['actor'],
  AuditEvent: ['agent.who', 'entity.what'],
  Basic: ['subject', 'author'],
  BodyStructure: ['patient'],
  CarePlan: ['subject', 'activity.detail.performer'],
  CareTeam: ['subject', 'participant.member'],
  ChargeItem: ['subject'],
  Claim: ['patient', 'payee.party'],
  ClaimResponse: ['patient'],
  ClinicalImpression: ['subject'],
  Communication: ['subject', 'sender', 'recipient'],
  CommunicationRequest: ['subject', 'sender', 'recipient', 'requester'],
  Composition: ['subject', 'author', 'attester.party'],
  Condition: ['subject', 'asserter'],
  Consent: ['patient'],
  Coverage: ['policyHolder', 'subscriber', 'beneficiary', 'payor'],
  CoverageEligibilityRequest: ['patient'],
  CoverageEligibilityResponse: ['patient'],
  DetectedIssue: ['patient'],
  DeviceRequest: ['subject', 'performer'],
  DeviceUseStatement: ['subject'],
  DiagnosticReport: ['subject'],
  DocumentManifest: ['subject', 'author', 'recipient'],
  DocumentReference: ['subject', 'author'],
  Encounter: ['subject'],
  EnrollmentRequest: ['candidate'],
  EpisodeOfCare: ['patient'],
  ExplanationOfBenefit: ['patient', 'payee.party'],
  FamilyMemberHistory: ['patient'],
  Flag: ['subject'],
  Goal: ['subject'],
  Group: ['member.entity'],
  ImagingStudy: ['subject'],
  Immunization: ['patient'],
  ImmunizationEvaluation: ['patient'],
  ImmunizationRecommendation: ['patient'],
  Invoice: ['subject', 'recipient'],
  List: ['subject', 'source'],
  MeasureReport: ['subject'],
  Media: ['subject'],
  MedicationAdministration: ['subject', 'performer.actor'],
  MedicationDispense: ['subject', 'receiver'],
  MedicationRequest: ['subject'],
  MedicationStatement: ['subject'],
  MolecularSequence: ['patient'],
  NutritionOrder: ['patient'],
  Observation: ['subject', 'performer'],
  Person: ['link.target'],
  Procedure: ['subject', 'performer.actor'],
  Provenance: ['target'],
  QuestionnaireResponse: ['subject', 'author'],
  RelatedPerson: ['patient'],
  RequestGroup: ['subject', 'action.participant'],
  ResearchSubject: ['individual'],
  RiskAssessment: ['subject'],
  Schedule: ['actor'],
  ServiceRequest: ['subject', 'performer'],
  Specimen: ['subject'],
  SupplyDelivery: ['patient'],
  SupplyRequest: ['deliverTo'],
  VisionPrescription: ['patient'],
}

/** All values at a path of member names joined by dots, lists opened on the way. */
export function valuesAt(value: unknown, path: string): readonly unknown[] {
  let values: readonly unknown[] = [value]
  for (const name of path.split('.'))
    values = values.flatMap((it) =>
      isObject(it) && it[name] !== undefined && it[name] !== null ? [it[name]].flat() : [],
    )
  return values
}

/** A literal reference as `Type/id`, without base and version; `undefined` where it leads elsewhere. */
export function localReference(reference: unknown, fhirUrl: string): string | undefined {
  if (typeof reference !== 'string') return undefined
  const relative = reference.startsWith(`${fhirUrl}/`) ? reference.slice(fhirUrl.length + 1) : reference
  return /^([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(relative)?.[1]
}

/** The patients, as `Patient/<id>`, in whose compartment a resource is; a Patient is in its own. */
export function patientsOf(resource: Readonly<Record<string, unknown>>, fhirUrl: string): readonly string[] {
  const type = String(resource.resourceType)
  if (type === 'Patient') return typeof resource.id === 'string' ? [`Patient/${resource.id}`] : []
  const found = (paths[type] ?? [])
    .flatMap((path) => valuesAt(resource, `${path}.reference`))
    .map((it) => localReference(it, fhirUrl))
    .filter((it): it is string => it?.startsWith('Patient/') === true)
  return [...new Set(found)]
}

/** Members of a Group that may not count: inactive, excluded, over, or groups themselves; as `Type/id`. */
export function doubtfulMembers(
  group: Readonly<Record<string, unknown>>,
  fhirUrl: string,
): readonly string[] {
  if (group.resourceType !== 'Group') return []
  return valuesAt(group, 'member').flatMap((member) => {
    const [reference] = valuesAt(member, 'entity.reference').map((it) => localReference(it, fhirUrl))
    if (!reference || !isObject(member)) return []
    const limited =
      member.inactive === true ||
      valuesAt(member, 'period.end').length > 0 ||
      valuesAt(member, 'period.start').length > 0
    return limited || reference.startsWith('Group/') ? [reference] : []
  })
}
