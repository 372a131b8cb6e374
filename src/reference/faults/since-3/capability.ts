import { honestConduct } from '../../conduct/conduct.ts'
import type { ServedLevel } from '../../conduct/configurations.ts'
import { type JsonRecord, withJson, withStatus } from '../../http-message.ts'
import { onAnswer } from '../definition.ts'
import { since3 } from './definition.ts'

type StatedResource = JsonRecord & {
  readonly type: string
  readonly searchParam: readonly { name: string }[]
}

/** Changes the resource types of the CapabilityStatement. */
const resources = (change: (all: readonly StatedResource[]) => readonly JsonRecord[]) =>
  onAnswer('metadata', (r) =>
    withJson(r, (body) => ({
      ...body,
      rest: (body.rest as JsonRecord[]).map((rest) => ({
        ...rest,
        resource: change(rest.resource as StatedResource[]),
      })),
    })),
  )

const notImplementedAt = (where: ServedLevel) =>
  onAnswer('kickoff.accepted', (r, { level }) => (level === where ? withStatus(r, 501) : r))

/** Faults of the CapabilityStatement and the SMART configuration, and of the protection of Groups. */
export const capabilityFaultsSince3 = since3([
  {
    id: 'declared-system-export-answers-501-in-3',
    breaks: 'capability.accuracy.shall',
    also: ['export.kickoff.endpoint.system', 'export.kickoff.support.system', 'export.kickoff.get'],
    conduct: notImplementedAt('system'),
  },
  {
    id: 'declared-patient-export-answers-501-in-3',
    breaks: 'capability.accuracy.shall',
    also: ['export.kickoff.endpoint.patient', 'export.kickoff.support.patient', 'export.kickoff.get'],
    conduct: notImplementedAt('patient'),
  },
  {
    id: 'declared-group-export-answers-501-in-3',
    breaks: 'capability.accuracy.shall',
    also: ['export.kickoff.endpoint.group', 'export.kickoff.support.group', 'export.kickoff.get'],
    conduct: notImplementedAt('group'),
  },
  {
    id: 'exported-type-unlisted',
    breaks: 'capability.exportable-types-listed',
    conduct: resources((all) => all.filter(({ type }) => type !== 'Encounter')),
  },
  {
    id: 'search-parameters-unlisted',
    breaks: 'capability.typefilter-params-listed',
    conduct: resources((all) => all.map((it) => ({ ...it, searchParam: it.searchParam.slice(0, 2) }))),
  },
  {
    id: 'listed-type-not-exported',
    breaks: 'capability.operation-not-supported.used',
    // The type is one of terminology.
    also: ['export.kickoff.system.backup-types'],
    configuration: { notExported: ['ValueSet'] },
    conduct: resources((all) => all.map(({ extension: _, ...it }) => it)),
  },
  {
    id: 'operation-not-supported-names-a-page',
    breaks: 'capability.operation-not-supported.value',
    configuration: { notExported: ['Group'] },
    conduct: resources((all) =>
      all.map(({ extension, ...it }) =>
        extension === undefined
          ? it
          : {
              ...it,
              extension: [
                {
                  url: 'http://hl7.org/fhir/uv/bulkdata/StructureDefinition/operation-not-supported',
                  valueUri: 'https://docs.example.org/export',
                },
              ],
            },
      ),
    ),
  },
  {
    id: 'discovery-with-relative-url-in-3',
    breaks: 'auth.discovery.absolute-urls',
    conduct: onAnswer('discovery', (r) =>
      withJson(r, (body) => ({ ...body, introspection_endpoint: '/auth/introspect' })),
    ),
  },
  {
    id: 'group-exported-without-scope',
    breaks: 'security.group-read-scope',
    conduct: {
      scopesCover: (scopes, need, endpoint) =>
        (need.type === 'Group' && endpoint === 'kickoff') ||
        honestConduct.scopesCover(scopes, need, endpoint),
    },
  },
])
