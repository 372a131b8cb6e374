import { compartmentTypes } from './compartment.ts'

const outside =
  'ActivityDefinition Binary BiologicallyDerivedProduct Bundle CapabilityStatement CatalogEntry ChargeItemDefinition ' +
  'CodeSystem CompartmentDefinition ConceptMap Contract Device DeviceDefinition DeviceMetric EffectEvidenceSynthesis ' +
  'Endpoint EnrollmentResponse EventDefinition Evidence EvidenceVariable ExampleScenario GraphDefinition ' +
  'GuidanceResponse HealthcareService ImplementationGuide InsurancePlan Library Linkage Location Measure Medication ' +
  'MedicationKnowledge MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication ' +
  'MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured ' +
  'MedicinalProductPackaged MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition ' +
  'MessageHeader NamingSystem ObservationDefinition OperationDefinition OperationOutcome Organization ' +
  'OrganizationAffiliation Parameters PaymentNotice PaymentReconciliation PlanDefinition Practitioner ' +
  'PractitionerRole Questionnaire ResearchDefinition ResearchElementDefinition ResearchStudy RiskEvidenceSynthesis ' +
  'SearchParameter Slot SpecimenDefinition StructureDefinition StructureMap Subscription Substance ' +
  'SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial ' +
  'SubstanceSpecification Task TerminologyCapabilities TestReport TestScript ValueSet VerificationResult'

const types: ReadonlySet<string> = new Set([...compartmentTypes, ...outside.split(' ')])

/** The 146 resource types of FHIR R4 that have instances, hence neither `Resource` nor `DomainResource`. */
export function r4Types(): ReadonlySet<string> {
  return types
}
