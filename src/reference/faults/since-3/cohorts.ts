import type { ProviderConfiguration } from '../../conduct/configurations.ts'
import type { GroupProblemKind, MemberSets } from '../../conduct/groups.ts'
import { honestConduct } from '../../conduct/conduct.ts'
import { type JsonRecord, type Response, fhirResponse, withJson, withStatus } from '../../http-message.ts'
import { refreshedUrl } from '../../groups/member-filters.ts'
import { refusal } from '../../operation-outcome.ts'
import type { Resource } from '../../population/model.ts'
import { type Fault, onAnswer } from '../definition.ts'
import { since3 } from './definition.ts'

const cohorts = { groupWrites: true, cohorts: 'each-use' } as const satisfies Partial<ProviderConfiguration>

type CohortFault = Omit<Fault, 'release'>

const withCohorts = (faults: readonly CohortFault[]): readonly Fault[] =>
  since3(faults.map((fault) => ({ ...fault, configuration: { ...cohorts, ...fault.configuration } })))

/** Raises another problem of requests of some methods, or all. */
const refusing = (wanted: GroupProblemKind, methods: readonly string[]): CohortFault['conduct'] => ({
  raisesGroupProblem: (kind, method) =>
    (kind === wanted && methods.includes(method)) || honestConduct.raisesGroupProblem(kind, method),
})

const keeping = (change: (group: Resource) => object): CohortFault['conduct'] => ({
  keptGroup: (sent) => change(sent) as Resource,
})

const selecting = (members: (sets: MemberSets) => readonly string[]): CohortFault['conduct'] => ({
  cohortMembers: members,
})

/** Answers a request about a Group that a client created as if it did not exist. */
const missing = (response: Response): Response =>
  response.status < 400
    ? refusal(404, { code: 'not-found', diagnostics: 'There is no Group with this id.' })
    : response

const ofCohort = (body: unknown) => typeof body === 'string' && body.includes('bulkcheck test cohort')

const nothingFound = (parameter: string) =>
  onAnswer('rest.search', (r, { request }) =>
    request.url.includes(`Group?${parameter}=`)
      ? withJson(r, ({ entry: _, ...body }) => ({ ...body, total: 0 }))
      : r,
  )

/** Refuses Groups with some filters. */
const refusingFilters = (refused: (filters: readonly string[]) => boolean) =>
  onAnswer('group.accepted', (r, { request }) => {
    const filters = [...(request.body ?? '').matchAll(/"expression":"([^"]*)"/g)].map(([, it = '']) => it)
    return refused(filters)
      ? refusal(422, { code: 'not-supported', diagnostics: 'The filters are not supported.' })
      : r
  })

const someGroup = { resourceType: 'Group', id: 'some', type: 'person', actual: true } as const

const withSomeGroup = (body: JsonRecord) => ({ ...body, total: 1, entry: [{ resource: someGroup }] })

/** Faults of Groups for cohorts. */
export const cohortFaults = withCohorts([
  {
    id: 'cohort-profile-undeclared',
    breaks: 'group.cohort.supported-profile',
    conduct: onAnswer('metadata', (r) =>
      withJson(r, (body) => ({
        ...body,
        rest: (body.rest as JsonRecord[]).map((rest) => ({
          ...rest,
          resource: (rest.resource as JsonRecord[]).map(({ supportedProfile: _, ...it }) => it),
        })),
      })),
    ),
  },
  {
    id: 'cohorts-not-created-asynchronously',
    breaks: 'group.cohort.create-async',
    // Nothing else shows that the server offers Groups for cohorts.
    also: ['group.cohort.optional'],
    conduct: refusing('asynchronous', ['POST']),
  },
  {
    id: 'cohorts-not-created-synchronously',
    breaks: 'group.cohort.create-sync',
    conduct: refusing('synchronous', ['POST']),
  },
  {
    id: 'cohort-rejected-without-a-word',
    breaks: 'group.cohort.create-reject',
    conduct: onAnswer('group.finished', (r) =>
      withJson(r, (body) => ({
        ...body,
        entry: (body.entry as { response: JsonRecord }[]).map(
          ({ response: { outcome: _, ...response }, ...it }) => ({
            ...it,
            response,
          }),
        ),
      })),
    ),
  },
  {
    id: 'created-group-unreadable',
    breaks: 'group.cohort.read',
    conduct: onAnswer('rest.read', (r) => (ofCohort(r.body) ? missing(r) : r)),
  },
  { id: 'created-group-not-found', breaks: 'group.cohort.search', conduct: nothingFound('_id') },
  {
    id: 'created-group-not-found-by-name',
    breaks: 'group.cohort.search-name',
    conduct: nothingFound('name'),
  },
  {
    id: 'name-of-groups-ignored',
    breaks: 'group.cohort.search-name',
    conduct: onAnswer('rest.search', (r, { request }) =>
      request.url.includes('Group?name=no-such') ? withJson(r, withSomeGroup) : r,
    ),
  },
  {
    id: 'deleted-group-remains',
    breaks: 'group.cohort.delete',
    conduct: onAnswer('rest.refused', (r, { request }) =>
      r.status === 410 && request.url.includes('/Group/') ? fhirResponse(200, someGroup) : r,
    ),
  },
  {
    id: 'created-group-undeletable',
    breaks: 'group.cohort.delete',
    conduct: onAnswer('group.deleted', (r) => withStatus(r, 405)),
  },
  {
    id: 'created-group-not-exported',
    breaks: 'group.cohort.export',
    conduct: { showsCreatedGroup: (by) => by !== 'kickoff' },
  },
  {
    id: 'cohorts-not-updated',
    breaks: 'group.cohort.update',
    conduct: refusing('synchronous', ['PUT']),
  },
  {
    id: 'cohorts-not-updated-asynchronously',
    breaks: 'group.cohort.update-async',
    conduct: refusing('asynchronous', ['PUT']),
  },
  {
    id: 'group-created-without-scope',
    breaks: 'group.cohort.scopes',
    conduct: { checksWriteScope: () => false },
  },
  {
    id: 'member-filter-lost',
    breaks: 'group.cohort.profile.member-filter',
    conduct: keeping(({ modifierExtension: _, ...it }) => it),
  },
  {
    id: 'cohort-name-lost',
    breaks: 'group.cohort.profile.name',
    // A Group without a name is not found by it.
    also: ['group.cohort.search-name'],
    conduct: keeping(({ name: _, ...it }) => it),
  },
  {
    id: 'cohort-of-medications',
    breaks: 'group.cohort.profile.type',
    conduct: keeping((it) => ({ ...it, type: 'medication' })),
  },
  {
    id: 'cohort-with-characteristic',
    breaks: 'group.cohort.profile.no-characteristic',
    conduct: keeping((it) => ({
      ...it,
      characteristic: [{ code: { text: 'filtered' }, valueBoolean: true, exclude: false }],
    })),
  },
  {
    id: 'cohort-actual-without-members',
    breaks: 'group.cohort.profile.actual',
    conduct: keeping((it) => ({ ...it, actual: true })),
  },
  {
    id: 'member-filter-ignored',
    breaks: 'group.cohort.filter.query',
    also: ['group.cohort.filter.compartment', 'group.cohort.filter.and'],
    conduct: selecting(({ named, all }) => named ?? all),
  },
  {
    id: 'compartment-filters-refused',
    breaks: 'group.cohort.filter.compartment',
    conduct: refusingFilters((all) => all.some((it) => !it.startsWith('Patient?'))),
  },
  {
    id: 'second-filter-refused',
    breaks: 'group.cohort.filter.and',
    conduct: refusingFilters((all) => all.length > 1),
  },
  {
    id: 'compartment-filters-ignored',
    breaks: 'group.cohort.filter.compartment',
    also: ['group.cohort.filter.and'],
    conduct: selecting((sets) =>
      honestConduct.cohortMembers({
        ...sets,
        matching: sets.matching.filter(({ type }) => type === 'Patient'),
      }),
    ),
  },
  {
    id: 'member-filters-joined-by-or',
    breaks: 'group.cohort.filter.and',
    conduct: selecting(({ named, all, matching }) =>
      (named ?? all).filter((id) => matching.some((it) => it.patients.has(id))),
    ),
  },
  {
    id: 'unknown-filter-parameter-accepted',
    breaks: 'group.cohort.filter.reject-unsupported',
    conduct: {
      raisesGroupProblem: (kind, method) =>
        kind !== 'filter' && honestConduct.raisesGroupProblem(kind, method),
    },
  },
  {
    id: 'cohort-members-ignored',
    breaks: 'group.cohort.members.limit',
    conduct: selecting(({ named: _, ...sets }) => honestConduct.cohortMembers(sets)),
  },
  {
    id: 'cohort-of-first-patients-only',
    breaks: 'group.cohort.members.absent',
    // Filters for resources in compartments lose the same patients.
    also: ['group.cohort.filter.compartment'],
    conduct: selecting((sets) =>
      sets.named ? honestConduct.cohortMembers(sets) : honestConduct.cohortMembers(sets).slice(0, 1),
    ),
  },
  {
    id: 'periodic-cohort-dated-in-words',
    breaks: 'group.cohort.refreshed.present',
    configuration: { cohorts: 'periodic' },
    conduct: keeping((it) => ({ ...it, extension: [{ url: refreshedUrl, valueDateTime: 'last night' }] })),
  },
  {
    id: 'dynamic-cohort-dated',
    breaks: 'group.cohort.refreshed.omitted',
    conduct: keeping((it) => ({
      ...it,
      extension: [
        {
          url: refreshedUrl,
          valueDateTime: '2026-01-01',
        },
      ],
    })),
  },
])
