import { claimableFeatures } from '../../model/target.ts'
import { isIssueCode, isResourceType, isResourceTypeInAnyCase, issueSeverities } from '../../r4/facts.ts'

// This file lists what may be shown of a response besides its status. Whatever is not listed is masked.

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))
const anyOf = (text: string): string => text.trim().split(/\s+/).join('|')

/** Times in whatever form servers send them: HTTP-dates, instants, seconds. */
const timeForm = new RegExp(
  `^(?=.{1,40}$)(?:${anyOf('Mon Tue Wed Thu Fri Sat Sun Monday Tuesday Wednesday Thursday Friday Saturday Sunday Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec GMT UTC Z T')}|[\\d:., +-])+$`,
  'i',
)
const numberForm = /^[\d.,;= ]{1,40}$/
const namesForm = /^(?:\*|[A-Za-z-]{1,40})(?:\s*,\s*(?:\*|[A-Za-z-]{1,40}))*$/
const directivesForm = new RegExp(
  `^(?:(?:${anyOf('no-cache no-store no-transform private public must-revalidate proxy-revalidate must-understand immutable max-age s-maxage stale-while-revalidate stale-if-error timeout max includeSubDomains preload')})(?:="?\\d*"?)?[,;\\s]*)+$`,
  'i',
)
const codingsForm = /^(?:(?:gzip|x-gzip|deflate|br|zstd|compress|identity|chunked)[,\s]*)+$/i
const idForm = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,36}|\d{1,20})$/i
const softwareForm =
  /^[A-Za-z][\w.-]{0,40}(?:\/[\w.+-]{1,30})?(?: (?:\([\w .;:+-]{0,40}\)|[A-Za-z][\w.-]{0,40}(?:\/[\w.+-]{1,30})?)){0,6}$/
const subtypes =
  'json fhir+json json+fhir problem+json ndjson x-ndjson fhir+ndjson ndjson+fhir jsonl x-jsonlines json-seq xml fhir+xml html xhtml+xml plain csv octet-stream gzip x-gzip zip x-www-form-urlencoded form-data mixed javascript pdf jwt'
const mediaTypeForm = new RegExp(
  `^(?:application|text|multipart|binary)/(?:${anyOf(subtypes).replaceAll('+', '\\+')})(?:\\s*;\\s*(?:charset="?(?:utf-?8|utf-16|us-ascii|iso-8859-\\d{1,2}|windows-125\\d)"?|fhirVersion="?[\\d.]{1,9}"?|q=[\\d.]+)?)*$`,
  'i',
)

/** How the value of a header field is shown: in this form or not at all, or by rules of its own. */
type HeaderRule = RegExp | 'url' | 'progress' | 'challenge'

/** Header fields whose names are shown, and how their values are. */
const headerRules: Readonly<Record<string, HeaderRule>> = {
  'accept-ranges': /^(?:bytes|none)$/i,
  age: timeForm,
  allow: namesForm,
  'cache-control': directivesForm,
  connection: /^(?:(?:close|keep-alive|upgrade)[,\s]*)+$/i,
  'content-encoding': codingsForm,
  'content-language': /^[a-z]{2}(?:-[A-Z]{2})?$/,
  'content-length': timeForm,
  'content-location': 'url',
  'content-type': mediaTypeForm,
  date: timeForm,
  etag: /^(?:W\/)?"?\d{1,9}"?$/,
  expires: timeForm,
  'keep-alive': directivesForm,
  'last-modified': timeForm,
  location: 'url',
  pragma: directivesForm,
  'referrer-policy': namesForm,
  'retry-after': timeForm,
  server: softwareForm,
  'strict-transport-security': directivesForm,
  'transfer-encoding': codingsForm,
  vary: namesForm,
  via: /^(?:1\.[01]|2) [a-z]{1,20}(?: \([\w ./+-]{1,40}\))?$/,
  'www-authenticate': 'challenge',
  'x-content-type-options': /^nosniff$/i,
  'x-frame-options': /^(?:deny|sameorigin)$/i,
  'x-powered-by': softwareForm,
  'x-progress': 'progress',
  'preference-applied': namesForm,
  'x-export-status': /^[1-5]\d\d(?: [A-Za-z ]{1,40})?$/,
  'access-control-allow-credentials': /^(?:true|false)$/,
  'access-control-allow-headers': namesForm,
  'access-control-allow-methods': namesForm,
  'access-control-allow-origin': /^(?:\*|null)$/,
  'access-control-expose-headers': namesForm,
  'access-control-max-age': timeForm,
  ...Object.fromEntries(
    ['correlation-id', 'request-id', 'x-correlation-id', 'x-request-id', 'x-trace-id'].map((it) => [
      it,
      idForm,
    ]),
  ),
  ...Object.fromEntries(
    ['limit', 'remaining', 'reset', 'policy'].flatMap((it) => [
      [`ratelimit-${it}`, numberForm],
      [`x-ratelimit-${it}`, numberForm],
      [`x-rate-limit-${it}`, numberForm],
    ]),
  ),
  // Only whether they are there.
  cookie: /^$/,
  'set-cookie': /^$/,
  link: /^$/,
  'proxy-authenticate': /^(?:Basic|Bearer|Digest|Negotiate)$/i,
}

/** How a header field of a response is shown; `undefined`: not even its name is. */
export function headerRule(name: string): HeaderRule | undefined {
  return Object.hasOwn(headerRules, name.toLowerCase()) ? headerRules[name.toLowerCase()] : undefined
}

const pathWords = words(`
  $export $export-poll-status $bulkdata-status $bulk-export .well-known smart-configuration metadata _operations _history
  fhir r4 r5 stu3 api bulk bulkdata bulkexport export exports file files download downloads output outputs result results deleted error errors
  data job jobs status poll async request requests queue task tasks oauth oauth2 auth token v1 v2 v3 latest content public
  ndjson json gz part parts chunk page patient group system`)

/** Whether a part of a path names nobody: resource types, words of such servers, short numbers. */
export function isPlainSegment(segment: string): boolean {
  if (pathWords.has(segment)) return true
  const pieces = segment.split(/[._-]/)
  const isPlain = (it: string) =>
    it === '' || /^\d{1,4}$/.test(it) || pathWords.has(it.toLowerCase()) || isResourceType(it)
  // A birth date has more digits than the number of a file.
  return pieces.every(isPlain) && segment.replace(/\D/g, '').length <= 5
}

/** Whether the name of a query parameter is shown; its value is not. */
export function isParameterName(name: string): boolean {
  return /^[A-Za-z_$][A-Za-z_$.:-]{0,39}$/.test(name)
}

/** Members of JSON documents whose names are shown. */
const memberNames = words(`
  resourceType id meta versionId lastUpdated profile security tag implicitRules language text div status contained extension modifierExtension
  url value issue severity code details coding system version display userSelected diagnostics location expression
  type total link relation entry fullUrl resource search mode score request response method identifier timestamp
  parameter name part reference use period start end active
  transactionTime requiresAccessToken output deleted error outcome count outputFormat requestUrl outputOrganizedBy outputOrganizedByDetail
  continuesInFile manifestType fileSize countSeverity
  access_token token_type expires_in scope refresh_token id_token error_description error_uri patient
  title date publisher contact telecom description useContext jurisdiction purpose copyright experimental kind instantiates imports
  software releaseDate implementation custodian fhirVersion format patchFormat implementationGuide rest documentation cors service
  supportedProfile interaction versioning readHistory updateCreate conditionalCreate conditionalRead conditionalUpdate conditionalDelete
  referencePolicy searchInclude searchRevInclude searchParam definition operation compartment messaging document
  issuer jwks_uri authorization_endpoint token_endpoint grant_types_supported registration_endpoint scopes_supported
  response_types_supported management_endpoint introspection_endpoint revocation_endpoint capabilities code_challenge_methods_supported
  token_endpoint_auth_methods_supported token_endpoint_auth_signing_alg_values_supported user_access_brand_bundle
  user_access_brand_identifier associated_endpoints smart_app_state_endpoint member entity inactive quantity actual characteristic
  managingEntity gender birthDate deceased address family given prefix suffix generalPractitioner managingOrganization`)

const typedMember = /^(?:value|deceased|multipleBirth|effective|onset)(?:[A-Z][A-Za-z]{1,20})$/

/** Whether the name of a member is shown. */
export function isMemberName(name: string): boolean {
  return memberNames.has(name) || typedMember.test(name)
}

type TextForm = (text: string) => boolean

/**
 * How a text or a number in a JSON body is shown:
 * - a form     as it is if it has that form, else masked
 * - `each`     the same for each match of `of`
 * - `url`      as URLs are
 * - `open`     as it is
 * - `secret`   masked, and from then on wherever it is
 * - `note`     as it is, cut at 200 characters
 * - `free`     masked unless diagnostics are asked for
 * - `hidden`   masked
 */
export type TextRule =
  | TextForm
  | { readonly each: TextForm; readonly of: RegExp }
  | 'url'
  | 'open'
  | 'secret'
  | 'note'
  | 'free'
  | 'hidden'

/** The kinds of bodies that have rules. */
export type BodyKind = 'outcome' | 'documentation' | 'manifest' | 'token' | 'resource' | 'other'

const has =
  (form: RegExp): TextForm =>
  (text) =>
    form.test(text)
const isFeature: TextForm = (it) => (claimableFeatures as readonly string[]).includes(it)
const code = has(/^[a-z][a-z-]{0,30}$/)
const secretName = /(?:token|secret|assertion|password|api_?key)$/i
const scope = has(
  /^(?:(?:system|user|patient)\/(?:[A-Z][A-Za-z]{1,40}|\*)\.(?:read|write|\*|[cruds]{1,5})(?:\?[\w=&|:/.%,-]{1,200})?|openid|fhirUser|profile|launch(?:\/[a-z]+)?|online_access|offline_access)$/,
)

/** What is shown of the texts in a body, by its kind and the names on the way to a text. */
export function textRule(kind: BodyKind, path: readonly string[]): TextRule {
  const name = path.at(-1) ?? ''
  if (secretName.test(name)) return 'secret'
  if (name === 'resourceType') return isResourceType
  return bodyRules[kind](name, path)
}

const bodyRules: Readonly<Record<BodyKind, (name: string, path: readonly string[]) => TextRule>> = {
  outcome(name, path) {
    if (name === 'severity') return (it) => issueSeverities().includes(it)
    if (name === 'code') return path.includes('details') ? 'hidden' : isIssueCode
    if (name === 'system') return has(/^https?:\/\/(?:terminology\.)?hl7\.org\/[\w./-]{1,120}$/)
    return name === 'id' ? 'hidden' : 'free'
  },
  documentation(name, path) {
    if (name === 'div' || name === 'data') return 'hidden'
    // An operation says in words which parameters it has.
    if (name === 'documentation') return { each: isFeature, of: /[\w-]+/g }
    if (path.includes('software')) return has(/^[\w .,:()/+-]{1,80}$/)
    // Names of people and what was written by hand have spaces.
    return has(/^\S{1,400}$/)
  },
  manifest(name) {
    if (name === 'url' || name === 'request' || name === 'continuesInFile') return 'url'
    if (name === 'type' || name === 'outputOrganizedBy') return isResourceTypeInAnyCase
    if (name === 'manifestType') return has(/^https?:\/\/hl7\.org\/[\w./|-]{1,160}$/)
    if (name === 'outputFormat') return has(/^[\w.+-]{1,40}\/[\w.+-]{1,60}$/)
    if (name === 'code') return (it) => issueSeverities().includes(it)
    if (name === 'transactionTime') return has(timeForm)
    if (name === 'count') return has(/^-?\d{1,15}(?:\.\d+)?$/)
    if (name === 'relation') return code
    return name === 'requiresAccessToken' ? has(/^(?:true|false)$/i) : 'hidden'
  },
  token(name, path) {
    if (path.length > 1) return 'hidden'
    if (name === 'token_type') return has(/^(?:bearer|mac|dpop|basic|n_a)$/i)
    if (name === 'expires_in') return has(/^-?[\d.]{1,15}$/)
    if (name === 'scope') return { each: scope, of: /\S+/g }
    if (name === 'error') return has(/^[a-z_]{1,40}$/)
    if (name === 'error_description') return 'note'
    return name === 'error_uri' ? 'url' : 'hidden'
  },
  resource(name, path) {
    // HL7's extensions name nobody.
    if (name === 'url' && path.some((it) => it === 'extension' || it === 'modifierExtension'))
      return has(/^http:\/\/hl7\.org\/fhir\/[\w./-]{1,160}$/)
    return path.length === 1 && name === 'type' ? code : 'hidden'
  },
  other: () => 'hidden',
}

/** Whether a number in a body is shown; where it is not, 0 is in its place. */
export function isShownNumber(kind: BodyKind, path: readonly string[]): boolean {
  const name = path.at(-1) ?? ''
  return kind === 'documentation' || ['total', 'count', 'fileSize', 'expires_in'].includes(name)
}
