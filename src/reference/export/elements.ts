import type { ElementFilter } from './job.ts'
import type { Resource } from '../population/model.ts'

/** Root elements of R4 types that are mandatory (minimum 1), choices without their type. */
const mandatory: Readonly<Record<string, string>> = {
  Account: 'status',
  ActivityDefinition: 'status',
  AdverseEvent: 'actuality subject',
  AllergyIntolerance: 'patient',
  Appointment: 'status participant',
  AppointmentResponse: 'appointment participantStatus',
  AuditEvent: 'type recorded agent source',
  Basic: 'code',
  Binary: 'contentType',
  BodyStructure: 'patient',
  Bundle: 'type',
  CapabilityStatement: 'status date kind fhirVersion format',
  CarePlan: 'status intent subject',
  CatalogEntry: 'orderable referencedItem',
  ChargeItem: 'status code subject',
  ChargeItemDefinition: 'url status',
  Claim: 'status type use patient created provider priority insurance',
  ClaimResponse: 'status type use patient created insurer outcome',
  ClinicalImpression: 'status subject',
  CodeSystem: 'status content',
  Communication: 'status',
  CommunicationRequest: 'status',
  CompartmentDefinition: 'url name status code search',
  Composition: 'status type date author title',
  ConceptMap: 'status',
  Condition: 'subject',
  Consent: 'status scope category',
  Coverage: 'status beneficiary payor',
  CoverageEligibilityRequest: 'status purpose patient created insurer',
  CoverageEligibilityResponse: 'status purpose patient created request outcome insurer',
  DetectedIssue: 'status',
  DeviceMetric: 'type category',
  DeviceRequest: 'intent code subject',
  DeviceUseStatement: 'status subject device',
  DiagnosticReport: 'status code',
  DocumentManifest: 'status content',
  DocumentReference: 'status content',
  Encounter: 'status class',
  Endpoint: 'status connectionType payloadType address',
  EpisodeOfCare: 'status patient',
  EventDefinition: 'status trigger',
  Evidence: 'status exposureBackground',
  EvidenceVariable: 'status characteristic',
  ExampleScenario: 'status',
  ExplanationOfBenefit: 'status type use patient created insurer provider outcome insurance',
  FamilyMemberHistory: 'status patient relationship',
  Flag: 'status code subject',
  Goal: 'lifecycleStatus description subject',
  GraphDefinition: 'name status start',
  Group: 'type actual',
  GuidanceResponse: 'module status',
  ImagingStudy: 'status subject',
  Immunization: 'status vaccineCode patient occurrence',
  ImmunizationEvaluation: 'status patient targetDisease immunizationEvent doseStatus',
  ImmunizationRecommendation: 'patient date recommendation',
  ImplementationGuide: 'url name status packageId fhirVersion',
  Invoice: 'status',
  Library: 'status type',
  Linkage: 'item',
  List: 'status mode',
  Measure: 'status',
  MeasureReport: 'status type measure period',
  Media: 'status content',
  MedicationAdministration: 'status medication subject effective',
  MedicationDispense: 'status medication',
  MedicationRequest: 'status intent medication subject',
  MedicationStatement: 'status medication subject',
  MessageDefinition: 'status date event',
  MessageHeader: 'event source',
  NamingSystem: 'name status kind date uniqueId',
  NutritionOrder: 'status intent patient dateTime',
  Observation: 'status code',
  ObservationDefinition: 'code',
  OperationDefinition: 'name status kind code system type instance',
  OperationOutcome: 'issue',
  PaymentNotice: 'status created payment recipient amount',
  PaymentReconciliation: 'status created paymentDate paymentAmount',
  PlanDefinition: 'status',
  Procedure: 'status subject',
  Provenance: 'target recorded agent',
  Questionnaire: 'status',
  QuestionnaireResponse: 'status',
  RelatedPerson: 'patient',
  RequestGroup: 'status intent',
  ResearchDefinition: 'status population',
  ResearchElementDefinition: 'status type characteristic',
  ResearchStudy: 'status',
  ResearchSubject: 'status study individual',
  RiskAssessment: 'status subject',
  Schedule: 'actor',
  SearchParameter: 'url name status description code base type',
  ServiceRequest: 'status intent subject',
  Slot: 'schedule status start end',
  StructureDefinition: 'url name status kind abstract type',
  StructureMap: 'url name status group',
  Subscription: 'status reason criteria channel',
  Substance: 'code',
  SupplyRequest: 'item quantity',
  Task: 'status intent',
  TerminologyCapabilities: 'status date kind',
  TestReport: 'status testScript result',
  TestScript: 'url name status',
  ValueSet: 'status',
  VerificationResult: 'status',
  VisionPrescription: 'status created patient dateWritten prescriber lensSpecification',
}

/** Elements with a choice of types; their JSON names end in the type. */
const choices = new Set(
  `abatement age born code deceased effective event item medication module multipleBirth occurrence onset performed
  product rate scheduled serviced subject timing value`.split(/\s+/),
)

const subsetted = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }

/** The name of the root element with this JSON property: `value` for `valueQuantity`, `birthDate` for `_birthDate`. */
function namesElement(property: string, element: string): boolean {
  const bare = property.startsWith('_') ? property.slice(1) : property
  if (bare === element) return true
  return choices.has(element) && bare.startsWith(element) && /^[A-Z]/.test(bare.slice(element.length))
}

/** The entries of `_elements` that apply to a type; undefined if none does; resources of the type then stay unchanged. */
function elementNamesFor(type: string, filters: readonly ElementFilter[]): readonly string[] | undefined {
  const own = filters.filter((it) => it.type === undefined || it.type === type)
  return own.length === 0 ? undefined : own.map(({ element }) => element)
}

/** The elements that a type must have. */
function mandatoryElementsOf(type: string): readonly string[] {
  return Object.hasOwn(mandatory, type) ? (mandatory[type]?.split(' ') ?? []) : []
}

/** A resource with only these root elements and its type, id and meta, which has the tag SUBSETTED. */
export function onlyElements(resource: Resource, elements: readonly string[]): Resource {
  const kept = Object.entries(resource).filter(
    ([property]) =>
      ['resourceType', 'id', 'implicitRules', 'modifierExtension'].includes(property) ||
      elements.some((element) => namesElement(property, element)),
  )
  const tags = resource.meta?.tag
  const meta = { ...resource.meta, tag: [...(Array.isArray(tags) ? tags : []), subsetted] }
  return { ...(Object.fromEntries(kept) as Resource), meta }
}

/** A resource reduced to the requested and the mandatory elements; unchanged if no entry applies to its type. */
export function reduceToElements(resource: Resource, filters: readonly ElementFilter[]): Resource {
  const elements = elementNamesFor(resource.resourceType, filters)
  return elements
    ? onlyElements(resource, [...elements, ...mandatoryElementsOf(resource.resourceType)])
    : resource
}
