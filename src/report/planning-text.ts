import type { Reason } from '../model/reason.ts'
import type { Feature } from '../model/target.ts'

/** A reason that is known before anything is sent. */
type PlanningReason = Extract<
  Reason,
  {
    kind:
      | 'other-release'
      | 'level-not-claimed'
      | 'feature-missing'
      | 'feature-offered'
      | 'feature-not-offered'
      | 'feature-unknown'
      | 'no-group'
      | 'level-unknown'
      | 'no-manifest'
      | 'no-package'
  }
>

/** The sentence of a reason that is known before anything is sent. */
export function planningText(reason: PlanningReason): string {
  switch (reason.kind) {
    case 'other-release': {
      const { release, since, until } = reason
      const bounds = [since && `since ${since}`, until && `until ${until}`].filter((it) => it !== undefined)
      return `Bulk Data ${release} does not ask it (asked ${bounds.join(' and ')})`
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
        : `the server ignores \`${reason.feature}\`: it was accepted without an effect`
    case 'feature-unknown':
      return `the data does not show whether the server offers \`${reason.feature}\`; --supports names it if it does`
    case 'no-group':
      return 'no Group is configured to export'
    case 'level-unknown':
      return 'it depends on the export level, which --level gives'
    case 'no-manifest':
      return reason.files
        ? `without a manifest nobody knows which files are ${reason.files} files`
        : 'there is no manifest to compare the files with'
    case 'no-package':
      return '--ig-package gives the FHIR packages to take profiles from, and none was given'
  }
}

function featureText(feature: Feature): readonly [missing: string, offered: string] {
  switch (feature) {
    case 'authorization':
      return ['the target asks for no authorization', 'the target asks for authorization']
    case 'token-requests':
      return [
        'the harness requests no access token from the target',
        'the harness requests access tokens from the target',
      ]
    case 'backend-services':
      return [
        'the harness is not authorized through SMART Backend Services',
        'the harness is authorized through SMART Backend Services',
      ]
    case 'other-client':
      return ['no second client is configured', 'a second client is configured']
    default:
      return [`the target does not claim \`${feature}\``, `the server offers \`${feature}\``]
  }
}
