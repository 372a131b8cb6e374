import type { ProviderConfiguration, Release } from '../conduct/configurations.ts'
import type { ProviderJob } from '../export/job.ts'
import { headerOf, withHeader } from '../http-message.ts'
import { type Fault, joinedParameters, onAnswer } from './definition.ts'

type Meets = (job: ProviderJob, release: Release) => boolean

/** Requests of a method, before 4.0.0, which knows POST only. */
const sent =
  (method: 'GET' | 'POST', parameters: RegExp): Meets =>
  ({ kickoff }, release) =>
    (kickoff.method === method || (release === '4.0.0-ballot' && method === 'GET')) &&
    parameters.test(joinedParameters(kickoff))

const ofOtherClient: Meets = ({ clientId }) => clientId === 'bulkcheck-other'

const plain = sent('GET', /^$/)
const postedPlain = sent('POST', /^$/)
const patients = sent('GET', /^_type=Patient$/)

const pathOf = ({ kickoff }: ProviderJob) => kickoff.url.split('?')[0]

/** A job that meets `later` gets the polling location of an earlier job at its level that meets `first`, a complete one if possible. */
const shared = (first: Meets, later: Meets) => {
  const accepted = new WeakMap<ProviderConfiguration, Map<ProviderJob, string>>()
  return onAnswer('kickoff.accepted', (r, { job, configuration, release }) => {
    if (!job) return r
    const known = accepted.get(configuration) ?? new Map<ProviderJob, string>()
    accepted.set(configuration, known)
    const alike = [...known].filter(([it]) => pathOf(it) === pathOf(job))
    const found = alike.find(([it]) => it.completedAt !== undefined) ?? alike[0]
    if (found && later(job, release)) return withHeader(r, 'Content-Location', found[1])
    if (first(job, release)) known.set(job, headerOf(r, 'content-location') ?? '')
    return r
  })
}

/** The conduct of a server that answers a plain POST with the job of the equal GET, which no sentence excludes. */
export const postedPlainJobs = () => shared(plain, postedPlain)

const breaks = 'export.kickoff.content-location.unique'

/** All jobs that meet either condition share one polling location. */
const alike = (one: Meets, other: Meets) => {
  const either: Meets = (...about) => one(...about) || other(...about)
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
    conduct: alike(sent('GET', /^_since=(?!2000)[^&]+$/), sent('GET', /^_since=2000[^&]+$/)),
  },
  { id: 'jobs-of-any-type-filter', breaks, conduct: alike(patients, filtered) },
  { id: 'jobs-of-any-elements', breaks, release: '2.0.0', conduct: alike(patients, reduced) },
  {
    id: 'jobs-of-any-body',
    breaks,
    release: '2.0.0',
    conduct: alike(postedPlain, sent('POST', /^_type=\w+,\w+$/)),
  },
  {
    id: 'jobs-of-any-patient',
    breaks,
    release: '2.0.0',
    configuration: { levels: ['patient'] },
    conduct: alike(postedPlain, sent('POST', /^patient=[^&]+$/)),
  },
  {
    id: 'jobs-of-any-client',
    breaks,
    conduct: shared(
      (job, release) => plain(job, release) && !ofOtherClient(job, release),
      (job, release) => plain(job, release) && ofOtherClient(job, release),
    ),
  },
  // A parameter that is not read neither restricts an export nor is refused.
  {
    id: 'post-body-ignored',
    breaks: 'export.params.type.filters',
    release: '2.0.0',
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
