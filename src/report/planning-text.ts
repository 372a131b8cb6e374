import type { Reason } from '../model/reason.ts'
import { joinNames } from '../model/spelling.ts'
import type { Feature } from '../model/target.ts'

/** A reason that is known before anything is sent. */
type PlanningReason = Extract<
  Reason,
  {
    kind:
      | 'other-release'
      | 'other-smart-release'
      | 'level-not-claimed'
      | 'feature-missing'
      | 'feature-offered'
      | 'feature-not-offered'
      | 'feature-unknown'
      | 'no-group'
      | 'narrowed'
      | 'level-unknown'
      | 'no-manifest'
      | 'no-package'
  }
>

/** The sentence of a reason that is known before anything is sent. */
export function planningText(reason: PlanningReason): string {
  switch (reason.kind) {
    case 'other-release':
    case 'other-smart-release': {
      const { release, since, until } = reason
      const bounds = [since && `since ${since}`, until && `before ${until}`].filter((it) => it !== undefined)
      const guide = reason.kind === 'other-release' ? 'Bulk Data' : 'SMART App Launch'
      return `${guide} ${release} does not have this requirement (it applies ${bounds.join(' and ')})`
    }
    case 'level-not-claimed':
      return `the target does not claim ${reason.level} exports`
    case 'feature-missing':
      return featureText(reason.feature)[0]
    case 'feature-offered':
      return featureText(reason.feature)[1]
    case 'feature-not-offered':
      return reason.how === 'refused'
        ? `the server refuses \`${reason.feature}\``
        : `the server ignores \`${reason.feature}\`: it accepted a request with it, but the data shows no effect`
    case 'feature-unknown':
      return `the data does not show whether the server offers \`${reason.feature}\`; if the server offers it, add \`--supports ${reason.feature}\``
    case 'no-group':
      return 'no Group id is configured'
    case 'narrowed':
      return `the setting \`baseline\` narrows the exports by ${joinNames(reason.by, 'and')}`
    case 'level-unknown':
      return 'the export level is unknown (--level)'
    case 'no-manifest':
      return reason.files
        ? `there is no manifest that lists files under \`${reason.files}\``
        : 'there is no manifest to compare the files with'
    case 'no-package':
      return 'no FHIR package with profiles is given (--ig-package)'
  }
}

/** What the target is to offer, and that the server accepted no request with it. */
export function offerText({ feature, by, level }: Extract<Reason, { kind: 'offer-refused' }>): string {
  const expected = by === 'claim' ? `the target claims \`${feature}\`` : `the release requires \`${feature}\``
  return `${expected}, but the server accepted no kick-off request ${feature === 'POST' ? 'by' : 'with'} \`${feature}\` at ${level} level`
}

function featureText(feature: Feature): readonly [missing: string, offered: string] {
  switch (feature) {
    case 'authorization':
      return ['the target requires no authorization', 'the target requires authorization']
    case 'token-requests':
      return [
        'bulkcheck requests no access token from the target',
        'bulkcheck requests access tokens from the target',
      ]
    case 'access-tokens':
      return ['bulkcheck sends no access tokens to the target', 'bulkcheck sends access tokens to the target']
    case 'backend-services':
      return [
        'bulkcheck does not use SMART Backend Services with this server',
        'bulkcheck uses SMART Backend Services with this server',
      ]
    case 'other-client':
      return ['no second client is configured', 'a second client is configured']
    case 'other-signing-client':
      return [
        'no second client that signs assertions is configured',
        'a second client that signs assertions is configured',
      ]
    case 'jwks-url':
      return [
        'no URL of a JWK Set is configured for the client',
        'the client is registered by the URL of its JWK Set',
      ]
    case 'hosted-jwks':
      return [
        'bulkcheck does not host the JWK Set of the client (--serve-jwks)',
        'bulkcheck hosts the JWK Set of the client',
      ]
    case 'gateway-headers':
      return [
        'bulkcheck sends no header fields for a gateway',
        'bulkcheck sends header fields for a gateway, which may be credentials',
      ]
    case 'empty-group':
      return ['no Group without members is configured', 'a Group without members is configured']
    case 'denied-scope':
      return [
        'no scope is configured that the client must not get',
        'a scope is configured that the client must not get',
      ]
    case 'denied-group':
      return [
        'no Group is configured that the client must not export',
        'a Group is configured that the client must not export',
      ]
    case 'other-group':
      return [
        'no Group is configured whose members are not patients',
        'a Group is configured whose members are not patients',
      ]
    case 'other-format':
      return ['no format other than NDJSON is configured', 'a format other than NDJSON is configured']
    case 'writes':
      return [
        'bulkcheck may not create Groups on the server (--allow-writes)',
        'bulkcheck may create Groups on the server',
      ]
    default:
      return [`the target does not claim \`${feature}\``, `the server offers \`${feature}\``]
  }
}
