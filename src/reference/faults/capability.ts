import type { ServedLevel } from '../conduct/configurations.ts'
import { type Fault, onAnswer } from './definition.ts'
import { type JsonRecord, withBody, withJson, withStatus } from '../http-message.ts'
import { refusal } from '../operation-outcome.ts'

type Operations = readonly { readonly name: string; readonly definition: string }[]

interface RestStatement extends JsonRecord {
  readonly resource: readonly (JsonRecord & { readonly type: string; readonly operation?: Operations })[]
  readonly operation?: Operations
}

const restOf = (change: (rest: RestStatement) => RestStatement) =>
  onAnswer('metadata', (r) =>
    withJson(r, (body) => ({ ...body, rest: (body.rest as RestStatement[]).map(change) })),
  )

const operations = (change: (all: Operations, place: string) => Operations | undefined) =>
  restOf((rest) => {
    const changed = <T extends { readonly operation?: Operations }>(place: string, it: T): T => {
      const { operation, ...others } = it
      const now = change(operation ?? [], place)
      return (now && now.length > 0 ? { ...others, operation: now } : others) as T
    }
    return { ...changed('system', rest), resource: rest.resource.map((it) => changed(it.type, it)) }
  })

const undeclared = (at: string) => operations((all, place) => (place === at ? undefined : all))

const patientExport = {
  name: 'export',
  definition: 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export',
}

const notImplementedAt = (where: ServedLevel) =>
  onAnswer('kickoff.accepted', (r, { level }) => (level === where ? withStatus(r, 501) : r))

/** Faults of the CapabilityStatement, and of reading and searching Groups. */
export const capabilityFaults: readonly Fault[] = [
  {
    id: 'no-instantiates',
    breaks: 'capability.instantiates',
    conduct: onAnswer('metadata', (r) => withJson(r, ({ instantiates: _, ...rest }) => rest)),
  },
  {
    id: 'system-export-undeclared',
    breaks: 'capability.operation.system-declared',
    conduct: undeclared('system'),
  },
  {
    id: 'patient-export-undeclared',
    breaks: 'capability.operation.patient-declared',
    conduct: undeclared('Patient'),
  },
  {
    id: 'group-export-undeclared',
    breaks: 'capability.operation.group-declared',
    conduct: undeclared('Group'),
  },
  {
    id: 'patient-export-declared-at-root',
    breaks: 'capability.operation.patient-declared',
    conduct: operations((all, place) =>
      place === 'Patient' ? undefined : place === 'system' ? [...all, patientExport] : all,
    ),
  },
  {
    id: 'operation-of-another-name',
    breaks: 'capability.operation.name',
    conduct: operations((all) => all.map((it) => ({ ...it, name: 'bulk-data' }))),
  },
  {
    id: 'foreign-operation-definition',
    breaks: 'capability.operation.definition',
    conduct: operations((all) =>
      all.map((it) => ({ ...it, definition: 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/dump' })),
    ),
  },
  {
    id: 'group-id-with-underscore',
    breaks: 'group.id',
    configuration: { groupAlias: 'All_Patients' },
    conduct: onAnswer('rest.read', (r, { request }) =>
      request.url.endsWith('/Group/All_Patients')
        ? withJson(r, (body) => ({ ...body, id: 'All_Patients' }))
        : r,
    ),
  },
  {
    id: 'metadata-in-xml',
    breaks: 'capability.format-json',
    conduct: onAnswer('metadata', (r) =>
      withBody(r, '<CapabilityStatement xmlns="http://hl7.org/fhir"/>', 'application/fhir+xml'),
    ),
  },
  {
    id: 'group-not-readable',
    breaks: 'group.read',
    conduct: onAnswer('rest.read', (r, { request }) =>
      request.url.includes('/Group/')
        ? refusal(404, { code: 'not-supported', diagnostics: 'Group is not served.' })
        : r,
    ),
  },
  {
    id: 'groups-in-an-array',
    breaks: 'group.search',
    conduct: onAnswer('rest.search', (r, { request }) =>
      /\/Group$/.test(request.url) ? withJson(r, (body) => [body]) : r,
    ),
  },
  {
    id: 'group-not-found-by-identifier',
    breaks: 'group.search.identifier',
    conduct: onAnswer('rest.search', (r, { request }) =>
      request.url.includes('Group?identifier=')
        ? withJson(r, ({ entry: _, ...body }) => ({ ...body, total: 0 }))
        : r,
    ),
  },
  {
    id: 'identifier-of-groups-ignored',
    breaks: 'group.search.identifier',
    conduct: onAnswer('rest.search', (r, { request }) =>
      request.url.includes('Group?identifier=no-such')
        ? withJson(r, (body) => ({
            ...body,
            total: 1,
            entry: [{ resource: { resourceType: 'Group', id: 'some', type: 'person', actual: true } }],
          }))
        : r,
    ),
  },
  {
    id: 'export-operations-undocumented',
    breaks: 'capability.params-documented',
    also: ['capability.operation.definition'],
    conduct: onAnswer('metadata', (r) => ({
      ...r,
      body: String(r.body).replaceAll(
        /"name":"export","definition":"[^"]*","documentation":"[^"]*"/g,
        '"name":"export"',
      ),
    })),
  },
  {
    id: 'metadata-in-an-array',
    breaks: 'capability.format-json',
    conduct: onAnswer('metadata', (r) => withJson(r, (body) => [body])),
  },
  {
    id: 'group-not-searchable',
    breaks: 'group.search',
    conduct: onAnswer('rest.search', (r, { request }) =>
      /\/Group$/.test(request.url)
        ? refusal(404, { code: 'not-supported', diagnostics: 'Group is not searched.' })
        : r,
    ),
  },
  // An operation that the server reports as not implemented is not supported, whatever the CapabilityStatement says.
  {
    id: 'declared-system-export-answers-501',
    breaks: 'capability.accuracy.should',
    also: ['export.kickoff.endpoint.system', 'export.kickoff.support.system', 'export.kickoff.get'],
    conduct: notImplementedAt('system'),
  },
  {
    id: 'declared-patient-export-answers-501',
    breaks: 'capability.accuracy.should',
    also: ['export.kickoff.endpoint.patient', 'export.kickoff.support.patient', 'export.kickoff.get'],
    conduct: notImplementedAt('patient'),
  },
  {
    id: 'declared-group-export-answers-501',
    breaks: 'capability.accuracy.should',
    also: ['export.kickoff.endpoint.group', 'export.kickoff.support.group', 'export.kickoff.get'],
    conduct: notImplementedAt('group'),
  },
]
