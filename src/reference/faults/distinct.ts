import type { ProviderConfiguration } from '../conduct/configurations.ts'
import type { ProviderJob } from '../export/job.ts'
import { headerOf, withHeader } from '../http-message.ts'
import { type Fault, onAnswer } from './definition.ts'

type Meets = (job: ProviderJob) => boolean

const sent =
  (method: 'GET' | 'POST', parameters: RegExp): Meets =>
  ({ kickoff }) =>
    kickoff.method === method &&
    parameters.test(kickoff.parameters.map(([name, value]) => `${name}=${value}`).join('&'))

const ofOtherClient: Meets = ({ clientId }) => clientId === 'bulkcheck-other'

const plain = sent('GET', /^$/)
const postedPlain = sent('POST', /^$/)
const patients = sent('GET', /^_type=Patient$/)

const pathOf = ({ kickoff }: ProviderJob) => kickoff.url.split('?')[0]

/** A job that meets `later` gets the polling location of an earlier job at its level that meets `first`, a complete one if possible. */
const shared = (first: Meets, later: Meets) => {
  const accepted = new WeakMap<ProviderConfiguration, Map<ProviderJob, string>>()
  return onAnswer('kickoff.accepted', (r, { job, configuration }) => {
    if (!job) return r
    const known = accepted.get(configuration) ?? new Map<ProviderJob, string>()
    accepted.set(configuration, known)
    const alike = [...known].filter(([it]) => pathOf(it) === pathOf(job))
    const found = alike.find(([it]) => it.completedAt !== undefined) ?? alike[0]
    if (found && later(job)) return withHeader(r, 'Content-Location', found[1])
    if (first(job)) known.set(job, headerOf(r, 'content-location') ?? '')
    return r
  })
}

/** The conduct of a server that answers a plain POST with the job of the equal GET, which no sentence excludes. */
export const postedPlainJobs = () => shared(plain, postedPlain)

const breaks = 'export.kickoff.content-location.unique'

/** All jobs that meet either condition share one polling location. */
const alike = (one: Meets, other: Meets) => {
  const either: Meets = (job) => one(job) || other(job)
  return shared(either, either)
}

const filtered = sent('GET', /^_type=Patient&_typeFilter=Patient\?gender=female$/)
const reduced = sent('GET', /^_type=Patient&_elements=Patient\.gender$/)

/** Faults of servers that treat different kick-off requests as one, or do not read a body. */
export const distinctFaults: readonly Fault[] = [
  { id: 'jobs-of-any-type', breaks, conduct: shared(plain, sent('GET', /^_type=\w+,(?!NoSuch)\w+$/)) },
  {
    id: 'jobs-of-any-since',
    breaks,
    conduct: shared(sent('GET', /^_since=(?!2000)[^&]+$/), sent('GET', /^_since=2000[^&]+$/)),
  },
  { id: 'jobs-of-any-type-filter', breaks, conduct: alike(patients, filtered) },
  { id: 'jobs-of-any-elements', breaks, conduct: alike(patients, reduced) },
  { id: 'jobs-of-any-body', breaks, conduct: alike(postedPlain, sent('POST', /^_type=\w+,\w+$/)) },
  { id: 'jobs-of-any-patient', breaks, conduct: alike(postedPlain, sent('POST', /^patient=[^&]+$/)) },
  {
    id: 'jobs-of-any-client',
    breaks,
    conduct: shared(
      (job) => plain(job) && !ofOtherClient(job),
      (job) => plain(job) && ofOtherClient(job),
    ),
  },
  // A parameter that is not read neither restricts an export nor is refused.
  {
    id: 'post-body-ignored',
    breaks: 'export.params.type.filters',
    also: [
      'export.params.since.invalid',
      'export.params.type.unsupported-type',
      'export.params.outputformat.unsupported',
      'export.typefilter.unsupported',
      'export.params.patient.filters',
      'export.params.patient.not-present',
      'export.params.patient.not-member',
      'export.manifest.level.request-consistency',
    ],
    conduct: { readsBody: () => false },
  },
]
