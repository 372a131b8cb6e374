import type { Evidence } from '../../model/evidence.ts'
import { parseJsonObject } from '../../model/json.ts'
import { type Reason, stated } from '../../model/reason.ts'
import type { Picker } from '../check.ts'

type NoValue = { readonly reason: Reason }

const none = (text: string): NoValue => ({ reason: stated(text) })

function createdUrl(evidence: Evidence): string | NoValue {
  const created = evidence.probe === 'request' ? evidence.write?.created : undefined
  return created === undefined
    ? none('the server created no resource, or did not say where it is')
    : created.split('/').slice(-2).join('/')
}

/** Picks of what a request read or created, and of what the configuration says. */
export const namedPicks: readonly Picker[] = [
  {
    name: 'createdUrl',
    states: 'The URL of the resource that a request created, relative to the FHIR base.',
    needs: 'kickoff',
    from: ({ evidence }) => createdUrl(evidence),
  },
  {
    name: 'createdId',
    states: 'The id of the resource that a request created.',
    needs: 'kickoff',
    from({ evidence }) {
      const url = createdUrl(evidence)
      return typeof url === 'string' ? url.slice(url.lastIndexOf('/') + 1) : url
    },
  },
  {
    name: 'searchByIdentifier',
    states: 'The search by `identifier` for the Group that a request read.',
    needs: 'kickoff',
    sensitive: true,
    from({ evidence }) {
      const identifier = evidence.probe === 'request' ? evidence.identifier : undefined
      return identifier === undefined
        ? none('the Group has no identifier')
        : `Group?identifier=${encodeURIComponent(identifier)}`
    },
  },
  {
    name: 'searchById',
    states: 'The search by `_id` for the resource that a request created.',
    needs: 'kickoff',
    from({ evidence }) {
      const url = createdUrl(evidence)
      if (typeof url !== 'string') return url
      const [type = '', id = ''] = url.split('/')
      return `${type}?_id=${id}`
    },
  },
  {
    name: 'searchByName',
    states: 'The search by `name` for the resource that a request created.',
    needs: 'kickoff',
    from({ evidence }) {
      const url = createdUrl(evidence)
      if (typeof url !== 'string') return url
      const sent = evidence.probe === 'request' ? evidence.exchanges[0]?.request.body : undefined
      const { resourceType, name } = parseJsonObject(sent) ?? {}
      return typeof name === 'string'
        ? `${resourceType}?name=${encodeURIComponent(name)}`
        : none('the resource that the request created has no name')
    },
  },
  {
    name: 'deniedScope',
    states: 'The scope that the client must not get, as the configuration says.',
    needs: 'kickoff',
    from: ({ facts }) => facts?.deniedScope ?? none('no scope is configured that the client must not get'),
  },
  {
    name: 'deniedGroup',
    states: 'The id of the Group that the client must not export, as the configuration says.',
    needs: 'kickoff',
    from: ({ facts }) =>
      facts?.deniedGroupId ?? none('no Group is configured that the client must not export'),
  },
  {
    name: 'otherGroup',
    states: 'The id of the Group whose members are not patients, as the configuration says.',
    needs: 'kickoff',
    from: ({ facts }) => facts?.otherGroupId ?? none('no Group is configured whose members are not patients'),
  },
  {
    name: 'otherFormat',
    states: 'The media type of a format besides NDJSON, as the configuration says.',
    needs: 'kickoff',
    from: ({ facts }) => facts?.otherFormat ?? none('no format besides NDJSON is configured'),
  },
  {
    name: 'emptyGroup',
    states: 'The id of the Group without members that the configuration names.',
    needs: 'kickoff',
    from: ({ emptyGroupId }) => emptyGroupId ?? none('no Group without members is configured'),
  },
]
