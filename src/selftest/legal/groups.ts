import { membersOf } from '../../reference/compartment.ts'
import { type Conduct, honest } from '../../reference/conduct.ts'
import { on } from '../../reference/fault.ts'
import { withJson } from '../../reference/message.ts'
import type { Resource } from '../../reference/population.ts'
import { baseUrl, start } from '../matrix.ts'
import type { LegalVariation } from './variation.ts'

/** Groups as others see them, in files and when read. */
function groupsAs(change: (group: Resource) => Resource): Pick<Conduct, 'line' | 'answer'> {
  const changed = (it: Resource) => (it.resourceType === 'Group' ? change(it) : it)
  return {
    line: (resource) => JSON.stringify(changed(resource)),
    ...on('rest.read', (response) => withJson(response, (body) => changed(body as unknown as Resource))),
  }
}

type Member = Readonly<Record<string, unknown>>

function firstMember(group: Resource, change: (member: Member) => Member): Resource {
  const [first, ...others] = (group.member ?? []) as readonly Member[]
  return first ? { ...group, member: [change(first), ...others] } : group
}

function alsoGroup(group: Resource): Resource {
  const members = (group.member ?? []) as readonly Member[]
  return { ...group, member: [...members, { entity: { reference: 'Group/nested' } }] }
}

/** Variations of who is in a Group, and of what is exported of its members. */
export const groupVariations: readonly LegalVariation[] = [
  {
    id: 'inactive-member-left-out',
    states: 'An inactive member of the Group is not exported: what inactive means is not said.',
    conduct: {
      members: (group) => membersOf(group).slice(1),
      ...groupsAs((group) => firstMember(group, (member) => ({ ...member, inactive: true }))),
    },
  },
  {
    id: 'former-member-exported',
    states: 'A member of the Group who is inactive, and whose period has ended, is exported.',
    conduct: groupsAs((group) =>
      firstMember(group, (member) => ({ ...member, inactive: true, period: { end: '2020-01-01' } })),
    ),
  },
  {
    id: 'former-member-left-out',
    states: 'A member of the Group whose period has ended is not exported.',
    conduct: {
      members: (group) => membersOf(group).slice(1),
      ...groupsAs((group) => firstMember(group, (member) => ({ ...member, period: { end: '2020-01-01' } }))),
    },
  },
  {
    id: 'future-member-left-out',
    states: 'A member of the Group whose period has yet to begin is not exported.',
    conduct: {
      members: (group) => membersOf(group).slice(1),
      ...groupsAs((group) =>
        firstMember(group, (member) => ({ ...member, period: { start: '2030-01-01' } })),
      ),
    },
  },
  {
    id: 'nested-group-resolved',
    states: 'Patients of a Group that is a member of the Group are exported: nesting is not spoken of.',
    conduct: {
      members: (group) => membersOf(group),
      ...groupsAs((group) => ({
        ...alsoGroup(group),
        member: [
          ...((group.member ?? []) as readonly Member[]).slice(1),
          { entity: { reference: 'Group/nested' } },
        ],
      })),
    },
  },
  {
    id: 'nested-group-ignored',
    states: 'Patients of a Group that is a member of the Group are not exported.',
    conduct: groupsAs(alsoGroup),
  },
  {
    id: 'members-by-absolute-references',
    states: 'A Group refers to its members by absolute URLs and versions.',
    conduct: groupsAs((group) => ({
      ...group,
      member: ((group.member ?? []) as readonly { readonly entity: { readonly reference: string } }[]).map(
        ({ entity, ...member }) => ({
          ...member,
          entity: { reference: `${baseUrl}/${entity.reference}/_history/3` },
        }),
      ),
    })),
  },
  {
    id: 'group-without-provenance',
    states: 'A group export holds no Provenance: the default is stated for patient and system alone.',
    conduct: {
      wantsType: (type, kickoff) =>
        honest.wantsType(type, kickoff) && (type !== 'Provenance' || kickoff.types !== undefined),
    },
  },
  {
    id: 'history-of-new-members',
    states:
      'Under _since, a group export holds older data of a patient who was added to the Group, as the guide allows.',
    conduct: {
      ...groupsAs((group) => ({ ...group, meta: { ...group.meta, lastUpdated: '2026-03-02T08:59:30Z' } })),
      changedSince: (resource, since, kickoff) => {
        if (since > start) return false
        if (resource.resourceType === 'Group') return true
        const [newest] = kickoff.group ? membersOf(kickoff.group) : []
        const { subject, patient } = resource as {
          subject?: { reference?: string }
          patient?: { reference?: string }
        }
        const about =
          resource.resourceType === 'Patient' ? `Patient/${resource.id}` : (subject ?? patient)?.reference
        return (
          (newest !== undefined && about === `Patient/${newest}`) ||
          honest.changedSince(resource, since, kickoff)
        )
      },
    },
  },
]
