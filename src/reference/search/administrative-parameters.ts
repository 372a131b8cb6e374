import {
  type ParameterDefinition,
  codeAt,
  dateAt,
  identifierParameter,
  referenceAt,
  stringAt,
  tokenAt,
  uriAt,
} from './parameter-types.ts'

const place = {
  address: stringAt('address'),
  'address-city': stringAt('address.city'),
  'address-state': stringAt('address.state'),
  'address-postalcode': stringAt('address.postalCode'),
  'address-country': stringAt('address.country'),
}
const canonical = {
  url: uriAt('url'),
  version: tokenAt('version'),
  name: stringAt('name'),
  title: stringAt('title'),
  status: codeAt('status', 'publication-status'),
  date: dateAt('date'),
}
const gender = { gender: codeAt('gender', 'administrative-gender') }
const person = {
  ...identifierParameter,
  ...place,
  ...gender,
  active: tokenAt('active'),
  name: stringAt('name'),
  telecom: tokenAt('telecom'),
}

/** As `parameters`, for people, places, things and terminology. */
export const administrativeParameters: Readonly<
  Record<string, Readonly<Record<string, ParameterDefinition>>>
> = {
  CodeSystem: { ...identifierParameter, ...canonical, code: tokenAt('concept.code') },
  Coverage: {
    ...identifierParameter,
    status: codeAt('status', 'fm-status'),
    type: tokenAt('type'),
    beneficiary: referenceAt('beneficiary'),
    patient: referenceAt('beneficiary'),
    subscriber: referenceAt('subscriber'),
    'policy-holder': referenceAt('policyHolder'),
    payor: referenceAt('payor'),
  },
  Device: {
    ...identifierParameter,
    status: codeAt('status', 'device-status'),
    type: tokenAt('type'),
    'device-name': stringAt('deviceName.name', 'type.coding.display', 'type.text'),
    manufacturer: stringAt('manufacturer'),
    'udi-di': stringAt('udiCarrier.deviceIdentifier'),
    'udi-carrier': stringAt('udiCarrier.carrierHRF'),
    url: uriAt('url'),
    patient: referenceAt('patient'),
    location: referenceAt('location'),
  },
  Group: {
    ...identifierParameter,
    name: stringAt('name'),
    type: codeAt('type', 'group-type'),
    actual: tokenAt('actual'),
    code: tokenAt('code'),
    member: referenceAt('member.entity'),
    'managing-entity': referenceAt('managingEntity'),
  },
  Location: {
    ...identifierParameter,
    ...place,
    name: stringAt('name', 'alias'),
    status: codeAt('status', 'location-status'),
    type: tokenAt('type'),
    organization: referenceAt('managingOrganization'),
    partof: referenceAt('partOf'),
  },
  Organization: {
    ...identifierParameter,
    ...place,
    active: tokenAt('active'),
    name: stringAt('name', 'alias'),
    type: tokenAt('type'),
    partof: referenceAt('partOf'),
  },
  Patient: {
    ...person,
    family: stringAt('name.family'),
    given: stringAt('name.given'),
    birthdate: dateAt('birthDate'),
    'death-date': dateAt('deceasedDateTime'),
    language: tokenAt('communication.language'),
    link: referenceAt('link.other'),
    organization: referenceAt('managingOrganization'),
    'general-practitioner': referenceAt('generalPractitioner'),
  },
  Practitioner: { ...person, family: stringAt('name.family'), given: stringAt('name.given') },
  PractitionerRole: {
    ...identifierParameter,
    active: tokenAt('active'),
    date: dateAt('period'),
    role: tokenAt('code'),
    specialty: tokenAt('specialty'),
    location: referenceAt('location'),
    organization: referenceAt('organization'),
    practitioner: referenceAt('practitioner'),
  },
  RelatedPerson: {
    ...person,
    birthdate: dateAt('birthDate'),
    relationship: tokenAt('relationship'),
    patient: referenceAt('patient'),
  },
  ValueSet: { ...identifierParameter, ...canonical, reference: uriAt('compose.include.system') },
}
