/** How a search parameter of FHIR R4 finds its values. `code` is a token without a system of its own. */
export interface FilterParameter {
  readonly kind: 'token' | 'code' | 'date' | 'string' | 'number' | 'quantity' | 'reference' | 'uri'
  /** Paths in the resource, choices of type written out. */
  readonly paths: readonly string[]
  /** Of a reference: the only type that it can lead to. */
  readonly target?: string
}

const patient = 'patient:reference=subject>Patient'
const subject = `subject:reference=subject ${patient}`
const own = 'patient:reference=patient>Patient'
const name =
  'name:string=name.family,name.given,name.text,name.prefix,name.suffix family:string=name.family given:string=name.given'
const address =
  'address-city:string=address.city address-state:string=address.state address-country:string=address.country address-postalcode:string=address.postalCode'
const medication =
  'code:token=medicationCodeableConcept medication:reference=medicationReference identifier:token=identifier'

// `name:kind=path,path>target` for each parameter; names of parameters and paths are those of FHIR R4.
const table: Readonly<Record<string, string>> = {
  '*': '_id:code=id _lastUpdated:date=meta.lastUpdated _tag:token=meta.tag _security:token=meta.security _profile:uri=meta.profile',
  AllergyIntolerance: `${own} clinical-status:token=clinicalStatus verification-status:token=verificationStatus category:code=category type:code=type criticality:code=criticality code:token=code,reaction.substance date:date=recordedDate onset:date=reaction.onset last-date:date=lastOccurrence identifier:token=identifier manifestation:token=reaction.manifestation severity:code=reaction.severity`,
  CarePlan: `${subject} status:code=status intent:code=intent category:token=category date:date=period encounter:reference=encounter identifier:token=identifier`,
  CareTeam: `${subject} status:code=status category:token=category date:date=period encounter:reference=encounter participant:reference=participant.member identifier:token=identifier`,
  Claim: `${own} status:code=status use:code=use created:date=created priority:token=priority identifier:token=identifier`,
  Condition: `${subject} clinical-status:token=clinicalStatus verification-status:token=verificationStatus category:token=category code:token=code severity:token=severity body-site:token=bodySite onset-date:date=onsetDateTime,onsetPeriod abatement-date:date=abatementDateTime,abatementPeriod recorded-date:date=recordedDate encounter:reference=encounter asserter:reference=asserter identifier:token=identifier`,
  Coverage:
    'status:code=status beneficiary:reference=beneficiary patient:reference=beneficiary>Patient payor:reference=payor type:token=type identifier:token=identifier',
  Device: `${own} status:code=status type:token=type manufacturer:string=manufacturer model:string=modelNumber organization:reference=owner location:reference=location identifier:token=identifier`,
  DiagnosticReport: `${subject} status:code=status code:token=code category:token=category date:date=effectiveDateTime,effectivePeriod issued:date=issued encounter:reference=encounter performer:reference=performer result:reference=result conclusion:token=conclusionCode identifier:token=identifier`,
  DocumentReference: `${subject} status:code=status type:token=type category:token=category date:date=date period:date=context.period author:reference=author encounter:reference=context.encounter description:string=description contenttype:code=content.attachment.contentType identifier:token=masterIdentifier,identifier`,
  Encounter: `${subject} status:code=status class:token=class type:token=type date:date=period service-provider:reference=serviceProvider participant:reference=participant.individual location:reference=location.location reason-code:token=reasonCode length:quantity=length part-of:reference=partOf episode-of-care:reference=episodeOfCare identifier:token=identifier`,
  ExplanationOfBenefit: `${own} status:code=status created:date=created coverage:reference=insurance.coverage provider:reference=provider identifier:token=identifier`,
  FamilyMemberHistory: `${own} status:code=status relationship:token=relationship code:token=condition.code date:date=date sex:token=sex identifier:token=identifier`,
  Goal: `${subject} lifecycle-status:code=lifecycleStatus achievement-status:token=achievementStatus category:token=category start-date:date=startDate target-date:date=target.dueDate identifier:token=identifier`,
  Group:
    'type:code=type actual:code=actual code:token=code member:reference=member.entity managing-entity:reference=managingEntity identifier:token=identifier',
  Immunization: `${own} status:code=status vaccine-code:token=vaccineCode date:date=occurrenceDateTime location:reference=location lot-number:string=lotNumber performer:reference=performer.actor status-reason:token=statusReason target-disease:token=protocolApplied.targetDisease identifier:token=identifier`,
  Location: `status:code=status name:string=name,alias type:token=type ${address} organization:reference=managingOrganization identifier:token=identifier`,
  Medication:
    'status:code=status code:token=code form:token=form manufacturer:reference=manufacturer lot-number:token=batch.lotNumber identifier:token=identifier',
  MedicationAdministration: `${subject} ${medication} status:code=status effective-time:date=effectiveDateTime,effectivePeriod performer:reference=performer.actor`,
  MedicationDispense: `${subject} ${medication} status:code=status whenhandedover:date=whenHandedOver whenprepared:date=whenPrepared type:token=type`,
  MedicationRequest: `${subject} ${medication} status:code=status intent:code=intent priority:code=priority category:token=category authoredon:date=authoredOn encounter:reference=encounter requester:reference=requester`,
  MedicationStatement: `${subject} ${medication} status:code=status category:token=category effective:date=effectiveDateTime,effectivePeriod`,
  Observation: `${subject} status:code=status category:token=category code:token=code date:date=effectiveDateTime,effectivePeriod,effectiveInstant,effectiveTiming value-quantity:quantity=valueQuantity value-concept:token=valueCodeableConcept value-string:string=valueString,valueCodeableConcept.text value-date:date=valueDateTime,valuePeriod encounter:reference=encounter performer:reference=performer specimen:reference=specimen device:reference=device method:token=method based-on:reference=basedOn part-of:reference=partOf has-member:reference=hasMember derived-from:reference=derivedFrom data-absent-reason:token=dataAbsentReason component-code:token=component.code component-value-quantity:quantity=component.valueQuantity identifier:token=identifier`,
  Organization: `name:string=name,alias active:code=active type:token=type ${address} partof:reference=partOf identifier:token=identifier`,
  Patient: `${name} ${address} gender:code=gender birthdate:date=birthDate active:code=active death-date:date=deceasedDateTime language:token=communication.language general-practitioner:reference=generalPractitioner organization:reference=managingOrganization link:reference=link.other identifier:token=identifier`,
  Practitioner: `${name} ${address} active:code=active gender:code=gender communication:token=communication identifier:token=identifier`,
  Procedure: `${subject} status:code=status code:token=code category:token=category date:date=performedDateTime,performedPeriod encounter:reference=encounter performer:reference=performer.actor location:reference=location reason-code:token=reasonCode identifier:token=identifier`,
  QuestionnaireResponse: `${subject} status:code=status authored:date=authored author:reference=author encounter:reference=encounter source:reference=source questionnaire:uri=questionnaire`,
  RelatedPerson: `${own} ${name} active:code=active gender:code=gender birthdate:date=birthDate relationship:token=relationship identifier:token=identifier`,
  RiskAssessment: `${subject} probability:number=prediction.probabilityDecimal risk:token=prediction.qualitativeRisk date:date=occurrenceDateTime,occurrencePeriod method:token=method condition:reference=condition identifier:token=identifier`,
  ServiceRequest: `${subject} status:code=status intent:code=intent priority:code=priority code:token=code category:token=category authored:date=authoredOn occurrence:date=occurrenceDateTime,occurrencePeriod,occurrenceTiming encounter:reference=encounter requester:reference=requester performer:reference=performer identifier:token=identifier`,
  Specimen: `${subject} status:code=status type:token=type collected:date=collection.collectedDateTime,collection.collectedPeriod collector:reference=collection.collector identifier:token=identifier`,
}

function parsed(text: string): readonly (readonly [string, FilterParameter])[] {
  return text.split(/\s+/).flatMap((it) => {
    const [, called = '', kind = '', paths = '', target] =
      /^([\w-]+):(\w+)=([^>]+)(?:>(\w+))?$/.exec(it) ?? []
    const parameter = {
      kind: kind as FilterParameter['kind'],
      paths: paths.split(','),
      ...(target ? { target } : {}),
    }
    return called ? [[called, parameter] as const] : []
  })
}

const parameters = new Map(Object.entries(table).map(([type, text]) => [type, new Map(parsed(text))]))

/** A search parameter that the harness can evaluate; `undefined` for any other. */
export function filterParameter(type: string, name: string): FilterParameter | undefined {
  const mine = parameters.get(type)
  return mine && (mine.get(name) ?? parameters.get('*')?.get(name))
}
