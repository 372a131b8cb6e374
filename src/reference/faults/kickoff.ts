import { createHash } from 'node:crypto'
import { type Conduct, honestConduct } from '../conduct/conduct.ts'
import type { ServedLevel } from '../conduct/configurations.ts'
import { type Fault, onAnswer } from './definition.ts'
import type { KickoffProblemKind } from '../export/job.ts'
import {
  headerOf,
  mapHeader,
  withHeader,
  withJson,
  withoutBody,
  withoutHeader,
  withStatus,
} from '../http-message.ts'
import { refusal } from '../operation-outcome.ts'

const overlooking = (kind: KickoffProblemKind): Pick<Conduct, 'raisesProblem'> => ({
  raisesProblem: (problem) => problem.kind !== kind,
})

const unserved = (level: ServedLevel) =>
  onAnswer('kickoff.accepted', (r, about) =>
    about.level === level
      ? refusal(404, { code: 'not-supported', diagnostics: 'There is no such operation.' })
      : r,
  )

/** Faults of kick-off requests, and of the patients whose data an export contains. */
export const kickoffFaults: readonly Fault[] = [
  // An answer with data has neither the status nor the header of an accepted request.
  {
    id: 'synchronous-export',
    breaks: 'export.kickoff.async-pattern',
    also: ['export.kickoff.status-202', 'export.kickoff.content-location'],
    conduct: onAnswer('kickoff.accepted', (r) =>
      withJson(withStatus(withoutHeader(r, 'content-location'), 200), () => ({
        resourceType: 'Bundle',
        type: 'collection',
      })),
    ),
  },
  {
    id: 'kickoff-answers-500',
    breaks: 'export.kickoff.async-pattern',
    conduct: onAnswer('kickoff.accepted', (r) =>
      withJson(withStatus(withoutHeader(r, 'content-location'), 500), () => ({
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'error', code: 'exception' }],
      })),
    ),
  },
  // An operation that the server reports as unknown is not supported, whatever the CapabilityStatement says.
  {
    id: 'no-system-endpoint',
    breaks: 'export.kickoff.endpoint.system',
    also: ['export.kickoff.support.system', 'capability.accuracy.should'],
    conduct: unserved('system'),
  },
  {
    id: 'no-patient-endpoint',
    breaks: 'export.kickoff.endpoint.patient',
    also: ['export.kickoff.support.patient', 'capability.accuracy.should'],
    conduct: unserved('patient'),
  },
  {
    id: 'no-group-endpoint',
    breaks: 'export.kickoff.endpoint.group',
    also: ['export.kickoff.support.group', 'capability.accuracy.should'],
    conduct: unserved('group'),
  },
  {
    id: 'post-takes-first-of-repeated',
    breaks: 'export.kickoff.post.repeat-equals-comma',
    conduct: {
      splitsValues: (values, about) =>
        honestConduct.splitsValues(about.method === 'POST' ? values.slice(0, 1) : values, about),
    },
  },
  {
    id: 'post-splits-no-commas',
    breaks: 'export.kickoff.post.repeat-equals-comma',
    conduct: {
      splitsValues: (values, about) =>
        about.method === 'POST' ? values : honestConduct.splitsValues(values, about),
    },
  },
  {
    id: 'accept-absent-answered-500',
    breaks: 'export.kickoff.accept.absent',
    // This response is a refusal, too, and has no body.
    also: ['export.kickoff.error-body-oo', 'export.errors.no-5xx-for-client'],
    conduct: onAnswer('kickoff.accepted', (r, { request }) =>
      headerOf(request, 'accept') === undefined
        ? withoutBody(withStatus(withoutHeader(r, 'content-location'), 500))
        : r,
    ),
  },
  {
    id: 'prefer-absent-answered-500',
    breaks: 'export.kickoff.prefer.absent',
    // This response is a refusal, too, and has no body.
    also: ['export.kickoff.error-body-oo', 'export.errors.no-5xx-for-client'],
    conduct: onAnswer('kickoff.accepted', (r, { request }) =>
      headerOf(request, 'prefer') === undefined
        ? withoutBody(withStatus(withoutHeader(r, 'content-location'), 500))
        : r,
    ),
  },
  {
    id: 'prefer-compared-as-text',
    breaks: 'export.kickoff.prefer.combined',
    configuration: { preferRequired: true },
    conduct: { prefersAsync: (lines) => lines.length === 1 && lines[0] === 'respond-async' },
  },
  {
    id: 'kickoff-answers-201',
    breaks: 'export.kickoff.status-202',
    conduct: onAnswer('kickoff.accepted', (r) => withStatus(r, 201)),
  },
  {
    id: 'no-content-location',
    breaks: 'export.kickoff.content-location',
    conduct: onAnswer('kickoff.accepted', (r) => withoutHeader(r, 'content-location')),
  },
  {
    id: 'location-in-place-of-content-location',
    breaks: 'export.kickoff.content-location',
    conduct: onAnswer('kickoff.accepted', (r) =>
      withoutHeader(withHeader(r, 'Location', headerOf(r, 'content-location') ?? ''), 'content-location'),
    ),
  },
  {
    id: 'relative-content-location',
    breaks: 'export.kickoff.content-location.absolute',
    conduct: onAnswer('kickoff.accepted', (r) =>
      mapHeader(r, 'Content-Location', (value) => new URL(value).pathname),
    ),
  },
  // A narrower token can read a job that it shares, a job that others share is not deleted, and the next kick-off starts it again.
  {
    id: 'equal-kickoffs-share-a-job',
    breaks: 'export.kickoff.content-location.unique',
    also: [
      'security.status-scope-coverage',
      'export.delete.only-that-job',
      'export.delete.then-404',
      'export.delete.cancels',
      'export.status.complete-200',
      'export.status.complete-repeatable',
      'export.files.available-until-expires',
    ],
    conduct: {
      jobId: (fresh, { url, body }) => {
        // In 4.0.0 every kick-off request has a body.
        const plain = url.replace(/\?_outputFormat=application%2Ffhir%2Bndjson$/, '')
        const isPlain =
          body === undefined ||
          /^\{"resourceType":"Parameters"(?:,"parameter":\[[^\]]*_outputFormat[^\]]*\])?\}$/.test(body)
        if (!isPlain || plain.includes('?')) return fresh
        return createHash('sha256').update(plain).digest('hex').slice(0, 32)
      },
      // The server knows at least that other requests share the job.
      remainingJobs: (jobs, deleted) =>
        /^[0-9a-f]{32}$/.test(deleted.id) ? jobs : honestConduct.remainingJobs(jobs, deleted),
    },
  },
  {
    id: 'kickoff-body-of-its-own',
    breaks: 'export.kickoff.body-oo',
    conduct: onAnswer('kickoff.accepted', (r) =>
      withJson(withHeader(r, 'Content-Type', 'application/json'), () => ({ state: 'started' })),
    ),
  },
  // Without Patient resources, neither the patients nor the types that were not requested are complete.
  {
    id: 'patients-left-out',
    breaks: 'export.kickoff.patient-resources',
    also: ['export.params.type.omitted'],
    conduct: {
      exportsType: (type, kickoff) =>
        honestConduct.exportsType(type, kickoff) &&
        !(type === 'Patient' && kickoff.types === undefined && kickoff.level !== 'system'),
    },
  },
  {
    id: 'one-patient-never-exported',
    breaks: 'export.kickoff.patient.all',
    conduct: {
      orderedResources: (resources, { kickoff }) =>
        kickoff.level === 'patient'
          ? resources.filter((it) => it.resourceType !== 'Patient' || !it.id.endsWith('007'))
          : resources,
    },
  },
  {
    id: 'one-member-never-exported',
    breaks: 'export.kickoff.group.all-members',
    conduct: { groupMembers: (group) => honestConduct.groupMembers(group).slice(0, -1) },
  },
  {
    id: 'group-ignored',
    breaks: 'export.kickoff.group.only-members',
    conduct: {
      withinPatients: (what, chosen, kickoff) =>
        honestConduct.withinPatients(
          what,
          kickoff.level === 'group' && !kickoff.patients ? undefined : chosen,
          kickoff,
        ),
    },
  },
  { id: 'unknown-group-accepted', breaks: 'export.kickoff.group.unknown', conduct: overlooking('group') },
  // A server that exports only the compartment at system level cannot export all types there.
  {
    id: 'system-level-keeps-to-compartment',
    breaks: 'export.kickoff.system.any-resource',
    also: ['export.kickoff.system.backup-types'],
    conduct: { levelIncludes: (_level, type) => honestConduct.levelIncludes('patient', type) },
  },
  {
    id: 'terminology-not-exported-by-type',
    breaks: 'export.kickoff.system.backup-types',
    conduct: {
      parsesType: (text, supported) =>
        ['ValueSet', 'CodeSystem'].includes(text) ? undefined : honestConduct.parsesType(text, supported),
    },
  },
  {
    id: 'binary-exported-for-patients',
    breaks: 'export.kickoff.binary-as-docref',
    conduct: {
      levelIncludes: (level, type) => type === 'Binary' || honestConduct.levelIncludes(level, type),
      withinPatients: (what, chosen, kickoff) =>
        what.type === 'Binary' || honestConduct.withinPatients(what, chosen, kickoff),
    },
  },
  {
    id: 'references-of-another-form',
    breaks: 'export.resources.references',
    conduct: {
      lineOf: (resource, file) =>
        honestConduct
          .lineOf(resource, file)
          .replaceAll('"reference":"Patient/', '"reference":"/api/Patient/'),
    },
  },
  {
    id: 'conditional-references',
    breaks: 'export.resources.references.not-conditional',
    conduct: {
      lineOf: (resource, file) =>
        honestConduct
          .lineOf(resource, file)
          .replaceAll('"reference":"Patient/', '"reference":"Patient?identifier='),
    },
  },
  {
    id: 'kickoff-only-by-post',
    breaks: 'export.kickoff.get',
    // The operation does not exist for GET requests.
    also: [
      'export.kickoff.endpoint.system',
      'export.kickoff.endpoint.patient',
      'export.kickoff.endpoint.group',
      'export.kickoff.support.system',
      'export.kickoff.support.patient',
      'export.kickoff.support.group',
      'capability.accuracy.should',
    ],
    conduct: onAnswer('kickoff.accepted', (r, { request }) =>
      request.method === 'GET' ? withStatus(r, 405) : r,
    ),
  },
  {
    id: 'kickoff-json-not-acceptable',
    breaks: 'export.kickoff.accept.fhir-json',
    conduct: onAnswer('kickoff.accepted', (r, { request }) =>
      headerOf(request, 'accept') === 'application/fhir+json' ? withStatus(r, 406) : r,
    ),
  },
]
