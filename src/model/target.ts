import type { SmartRelease, SupportedRelease } from './requirement.ts'
import { wireFormatOf } from './export/wire-format.ts'
import { factFeatures, isStated, type OperatorFacts } from './target/operator-facts.ts'

/** Export levels, widest first. */
export const exportLevels = ['system', 'patient', 'group'] as const

/** Where an export is requested: `[base]/$export`, `[base]/Patient/$export` or `[base]/Group/[id]/$export`. */
export type ExportLevel = (typeof exportLevels)[number]

const findable = [
  '_type',
  '_since',
  '_typeFilter',
  '_elements',
  'patient',
  'includeAssociatedData',
  '_until',
  'organizeOutputBy',
  'allowPartialManifests',
  'separate-export-status',
  'POST',
  'group-read',
] as const

const claimed = [
  'narrow-scopes',
  'burst-polling',
  'failing-job',
  'partial-job',
  'file-sizes',
  'cohorts',
  'periodic-cohorts',
  'dynamic-cohorts',
] as const

/** Optional features that a provider can claim. */
export const claimableFeatures = [...findable, ...claimed] as const

/** An optional feature that a provider claims. */
export type ClaimedFeature = (typeof claimableFeatures)[number]

/** Features that a run finds out from what its tests send anyway; the others are claims. */
export const findableFeatures: readonly ClaimedFeature[] = findable

/** Features that follow from how the harness is authorized. */
export const derivedFeatures = [
  'authorization',
  'token-requests',
  'access-tokens',
  'backend-services',
  'other-client',
  'other-signing-client',
  'jwks-url',
  'hosted-jwks',
  'gateway-headers',
  'empty-group',
  'writes',
  ...factFeatures,
] as const

/** What a test can require. */
export type Feature = ClaimedFeature | (typeof derivedFeatures)[number]

/** Obtains a secret again, or says why that failed; the reason completes "cannot tell, because …". */
type SecretRenewal<T> = () => Promise<T | { readonly because: string }>

/** A user and a password for HTTP Basic (RFC 7617). */
export interface UserPassword {
  readonly user: string
  /** Never logged. */
  readonly password: string
}

/** A form field that a token request has besides those of the protocol. */
export interface TokenField {
  readonly name: string
  readonly value: string
  /** It is masked wherever it shows. */
  readonly isSecret: boolean
}

/** A header field that requests have besides those of the protocol. */
export interface GatewayHeader {
  readonly name: string
  /** Masked in its header field. */
  readonly value: string
  /** It is masked wherever it shows. */
  readonly isSecret: boolean
  /** It is sent to the token endpoint too, whatever its origin. */
  readonly atTokenEndpoint: boolean
}

/** The JWK Set of a client that is registered by URL. */
export interface RegisteredKeySet {
  readonly url: string
  /** The harness answers requests for it, so tests can change what it has. */
  readonly isHosted: boolean
}

/** SMART Backend Services: a client assertion signed with a registered key. */
export interface BackendServices {
  readonly kind: 'backend-services'
  readonly clientId: string
  /** Requested unless a test needs another scope, e.g. `system/*.rs`. */
  readonly scope: string
  /** Private key as a JWK, or a JWK Set whose first private ES384 or RS384 key is used. Never logged. */
  readonly key: object
  /** Absent: the keys were registered by value, or nobody said where they are. */
  readonly keySet?: RegisteredKeySet
  /** Called when an access token has expired, before the next one is requested. */
  readonly renewKey?: SecretRenewal<{ readonly key: object }>
  /** The audience of its assertions; the URL of the token endpoint unless given. */
  readonly aud?: string
  /** Further claims of its assertions. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly tokenFields?: readonly TokenField[]
  /** HTTP Basic credentials of its token requests, beside the assertion. */
  readonly tokenBasic?: UserPassword
  /** Absent: discovered at `.well-known/smart-configuration`. */
  readonly tokenUrl?: string
}

/** OAuth 2.0 client credentials with a shared secret (RFC 6749 section 2.3.1). */
export interface ClientSecret {
  readonly kind: 'client-secret'
  readonly clientId: string
  readonly secret: string
  readonly scope: string
  readonly tokenUrl?: string
  readonly method: 'basic' | 'post'
  readonly tokenFields?: readonly TokenField[]
}

/** A token that somebody else obtained. */
export interface BearerToken {
  readonly kind: 'bearer'
  readonly token: string
  /** Called when the token has expired. */
  readonly renewToken?: SecretRenewal<{ readonly token: string }>
}

/** A user and a password instead of an access token. */
export type BasicAuthorization = UserPassword & { readonly kind: 'basic' }

/** How the harness is authorized. */
export type Authorization =
  | BackendServices
  | ClientSecret
  | BearerToken
  | BasicAuthorization
  | { readonly kind: 'none' }

/** Limits on time and size. Times are in milliseconds. */
export interface Limits {
  /** Least wait between status requests without a Retry-After. */
  readonly pollFloorMs: number
  /** Longest wait that a Retry-After can ask for; absent: no limit. */
  readonly retryAfterCapMs?: number
  /** From kick-off to completion. */
  readonly exportTimeoutMs: number
  /** A whole control request. */
  readonly requestTimeoutMs: number
  /** A whole download. */
  readonly downloadTimeoutMs: number
  /** Longest wait for a token to expire. */
  readonly tokenWaitMs: number
  /** How long after its expiry a token may still be accepted, because clocks differ. */
  readonly tokenGraceMs: number
  /** How long after a DELETE the polling location may still answer as before. */
  readonly deletionGraceMs: number
  readonly controlBodyBytes: number
  readonly metadataBytes: number
  readonly manifestBytes: number
  readonly fileBytes: number
  readonly lineBytes: number
  readonly manifestEntries: number
}

/** Default limits. */
export const defaultLimits: Limits = {
  pollFloorMs: 1_000,
  exportTimeoutMs: 30 * 60_000,
  requestTimeoutMs: 120_000,
  downloadTimeoutMs: 60 * 60_000,
  tokenWaitMs: 6 * 60_000,
  tokenGraceMs: 60_000,
  deletionGraceMs: 10_000,
  controlBodyBytes: 1 << 20,
  metadataBytes: 4 << 20,
  manifestBytes: 64 << 20,
  fileBytes: 20 * 2 ** 30,
  lineBytes: 16 << 20,
  manifestEntries: 100_000,
}

/** Kick-off parameters that can narrow exports. */
export const narrowingParameters = ['_type', '_since', 'patient'] as const

/** A kick-off parameter that can narrow exports. */
export type NarrowingParameter = (typeof narrowingParameters)[number]

/** Kick-off parameters that every export has, unless its probe sets them itself or is to be whole. */
export interface Baseline {
  readonly _type?: readonly string[]
  readonly _since?: string
  /** References such as `Patient/1`. */
  readonly patient?: readonly string[]
}

/** The Bulk Data Provider under test, and what it claims to support. */
export interface Target {
  readonly name: string
  /** Base of its FHIR API, without a trailing slash. */
  readonly fhirUrl: string
  readonly ig: SupportedRelease
  /** Why a run took it to be this release, completing "because …"; absent if the release was given. */
  readonly igBecause?: string
  /** Release of SMART App Launch; absent: the one that `ig` refers to. */
  readonly smart?: SmartRelease
  readonly authorization: Authorization
  /** A second registered client, to test that clients are isolated from each other. */
  readonly otherClient?: Exclude<Authorization, { readonly kind: 'none' }>
  readonly levels: readonly ExportLevel[]
  readonly groupId?: string
  /** A Group without members. */
  readonly emptyGroupId?: string
  readonly facts?: OperatorFacts
  readonly supports: readonly ClaimedFeature[]
  /** Nobody said which of the findable features it offers: a run finds out. */
  readonly findsFeatures?: boolean
  /** Tests may create Groups on the server, which are deleted again. */
  readonly allowsWrites?: true
  readonly baseline?: Baseline
  /** Sent to the origin of `fhirUrl` and to `tokenOrigins`. */
  readonly headers?: readonly GatewayHeader[]
  /** Origins to which the access token may be sent, besides that of `fhirUrl`. */
  readonly tokenOrigins: readonly string[]
  /** Origins to which the server may lead without the access token, whatever their address is. */
  readonly allowedOrigins?: readonly string[]
  readonly limits: Limits
}

/** Whether the target offers what a test requires. */
export function offers(target: Target, feature: Feature): boolean {
  const { kind } = target.authorization
  switch (feature) {
    case 'authorization':
      return kind !== 'none'
    case 'token-requests':
      return kind === 'backend-services' || kind === 'client-secret'
    case 'access-tokens':
      return kind !== 'none' && kind !== 'basic'
    case 'backend-services':
      return kind === 'backend-services'
    case 'other-client':
      return target.otherClient !== undefined
    case 'other-signing-client':
      return kind === 'backend-services' && target.otherClient?.kind === 'backend-services'
    case 'jwks-url':
      return kind === 'backend-services' && target.authorization.keySet !== undefined
    case 'hosted-jwks':
      return kind === 'backend-services' && target.authorization.keySet?.isHosted === true
    case 'gateway-headers':
      return (target.headers ?? []).length > 0
    case 'empty-group':
      return target.emptyGroupId !== undefined
    case 'writes':
      return target.allowsWrites === true
    case 'denied-scope':
    case 'denied-group':
    case 'other-group':
    case 'other-format':
      return isStated(target.facts, feature)
    default:
      return target.supports.includes(feature) || isMandatory(target, feature)
  }
}

/** Whether the release under test requires a feature, so that no claim is needed. */
export function isMandatory({ ig }: Pick<Target, 'ig'>, feature: ClaimedFeature): boolean {
  if (feature === 'POST') return wireFormatOf(ig).method === 'POST'
  return feature === '_since' && ig !== '1.0.1'
}

/** Whether a run has to find out if the target offers a feature. */
export function isToBeFound(target: Target, feature: Feature): feature is ClaimedFeature {
  return (
    target.findsFeatures === true &&
    (findableFeatures as readonly Feature[]).includes(feature) &&
    !offers(target, feature)
  )
}

/** The parameters that narrow exports at a level; system-level export has no parameter `patient`. */
export function baselineAt({ baseline = {} }: Pick<Target, 'baseline'>, level: ExportLevel): Baseline {
  const { patient, ...others } = baseline
  return level === 'system' || patient === undefined ? others : { ...others, patient }
}
