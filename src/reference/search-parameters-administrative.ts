import { type Parameter, code, date, identifier, reference, string, token, uri } from './search-parameter.ts'

const place = {
  address: string('address'),
  'address-city': string('address.city'),
  'address-state': string('address.state'),
  'address-postalcode': string('address.postalCode'),
  'address-country': string('address.country'),
}
const canonical = {
  url: uri('url'),
  version: token('version'),
  name: string('name'),
  title: string('title'),
  status: code('status', 'publication-status'),
  date: date('date'),
}
const gender = { gender: code('gender', 'administrative-gender') }
const person = {
  ...identifier,
  ...place,
  ...gender,
  active: token('active'),
  name: string('name'),
  telecom: token('telecom'),
}

/** As `parameters`, for people, places, things and terminology. */
export const administrative: Readonly<Record<string, Readonly<Record<string, Parameter>>>> = {
  CodeSystem: { ...identifier, ...canonical, code: token('concept.code') },
  Coverage: {
    ...identifier,
    status: code('status', 'fm-status'),
    type: token('type'),
    beneficiary: reference('beneficiary'),
    patient: reference('beneficiary'),
    subscriber: reference('subscriber'),
    'policy-holder': reference('policyHolder'),
    payor: reference('payor'),
  },
  Device: {
    ...identifier,
    status: code('status', 'device-status'),
    type: token('type'),
    'device-name': string('deviceName.name', 'type.coding.display', 'type.text'),
    manufacturer: string('manufacturer'),
    'udi-di': string('udiCarrier.deviceIdentifier'),
    'udi-carrier': string('udiCarrier.carrierHRF'),
    url: uri('url'),
    patient: reference('patient'),
    location: reference('location'),
  },
  Group: {
    ...identifier,
    type: code('type', 'group-type'),
    actual: token('actual'),
    code: token('code'),
    member: reference('member.entity'),
    'managing-entity': reference('managingEntity'),
  },
  Location: {
    ...identifier,
    ...place,
    name: string('name', 'alias'),
    status: code('status', 'location-status'),
    type: token('type'),
    organization: reference('managingOrganization'),
    partof: reference('partOf'),
  },
  Organization: {
    ...identifier,
    ...place,
    active: token('active'),
    name: string('name', 'alias'),
    type: token('type'),
    partof: reference('partOf'),
  },
  Patient: {
    ...person,
    family: string('name.family'),
    given: string('name.given'),
    birthdate: date('birthDate'),
    'death-date': date('deceasedDateTime'),
    language: token('communication.language'),
    link: reference('link.other'),
    organization: reference('managingOrganization'),
    'general-practitioner': reference('generalPractitioner'),
  },
  Practitioner: { ...person, family: string('name.family'), given: string('name.given') },
  PractitionerRole: {
    ...identifier,
    active: token('active'),
    date: date('period'),
    role: token('code'),
    specialty: token('specialty'),
    location: reference('location'),
    organization: reference('organization'),
    practitioner: reference('practitioner'),
  },
  RelatedPerson: {
    ...person,
    birthdate: date('birthDate'),
    relationship: token('relationship'),
    patient: reference('patient'),
  },
  ValueSet: { ...identifier, ...canonical, reference: uri('compose.include.system') },
}
