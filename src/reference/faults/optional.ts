import { type Fault, joinedParameters, onAnswer } from './definition.ts'
import { type Request, withoutHeader } from '../http-message.ts'
import { refusal } from '../operation-outcome.ts'
import { changeEntries } from './manifest/changes.ts'

/** The parameters in the body of a request as if they were in its query, for 4.0.0, which has them nowhere else. */
function queryOf(body = ''): string {
  const { parameter = [] } = JSON.parse(body || '{}') as { parameter?: readonly Record<string, unknown>[] }
  const parameters = parameter.map((it): readonly [string, string] => {
    const [, value] = Object.entries(it).find(([name]) => name.startsWith('value')) ?? []
    const { code } = (typeof value === 'object' ? (value ?? {}) : {}) as { code?: string }
    return [String(it.name), code ?? String(value)]
  })
  return `?${joinedParameters({ parameters })}`
}

/** Answers with 500 where a server may accept or refuse. */
export const crashing = (meets: (request: Request, text: string) => boolean) =>
  onAnswer(['kickoff.accepted', 'kickoff.refused'], (r, { request, release }) =>
    meets(
      release === '4.0.0-ballot' ? { ...request, method: 'GET' } : request,
      decodeURIComponent(request.url.replaceAll('+', ' ')) +
        (release === '4.0.0-ballot' ? queryOf(request.body) : (request.body ?? '')),
    )
      ? refusal(500, { code: 'processing', diagnostics: 'The parameter could not be handled.' })
      : r,
  )

export const isLenient = ({ headers }: Request) =>
  headers.some(([name, value]) => name.toLowerCase() === 'prefer' && /handling=lenient/i.test(value))

const plain = (text: string) =>
  crashing((request, sent) => request.method === 'GET' && !isLenient(request) && sent.endsWith(text))

const lenient = (text: string) => crashing((request, sent) => isLenient(request) && sent.includes(text))

// A server must not answer a kick-off request with 500, whatever it requests.
const also = ['export.errors.no-5xx-for-client']

/** Faults of optional features that fail instead of being refused. */
export const optionalFaults: readonly Fault[] = [
  { id: 'type-crashes', breaks: 'export.params.type.optional', also, conduct: plain('?_type=Patient') },
  {
    id: 'since-crashes',
    breaks: 'export.params.since.optional',
    also,
    release: '1.0.1',
    conduct: plain('?_since=2000-01-01T00:00:00Z'),
  },
  {
    id: 'elements-crash',
    breaks: 'export.params.elements.optional',
    also,
    conduct: plain('_elements=id,status,Patient.gender'),
  },
  {
    id: 'type-filter-crashes',
    breaks: 'export.typefilter.optional',
    also,
    conduct: plain('_typeFilter=Patient?gender=female'),
  },
  {
    id: 'associated-data-crashes',
    breaks: 'export.params.iad.optional',
    also,
    conduct: plain('?includeAssociatedData=LatestProvenanceResources'),
  },
  {
    id: 'one-patient-crashes',
    breaks: 'export.params.patient.optional',
    also,
    conduct: onAnswer('kickoff.accepted', (r, { kickoff }) =>
      kickoff?.parameters.filter(([name]) => name === 'patient').length === 1
        ? refusal(500, { code: 'processing', diagnostics: 'The parameter could not be handled.' })
        : r,
    ),
  },
  {
    id: 'lenient-type-crashes',
    breaks: 'export.params.type.lenient',
    also,
    conduct: lenient('?_type=NoSuchResource'),
  },
  {
    id: 'lenient-elements-crash',
    breaks: 'export.params.elements.lenient',
    also,
    conduct: lenient('_elements=Patient.name.family'),
  },
  {
    id: 'lenient-type-filter-crashes',
    breaks: 'export.typefilter.lenient',
    also,
    conduct: lenient('_typeFilter=Patient?not-a-search-parameter'),
  },
  {
    id: 'lenient-associated-data-crashes',
    breaks: 'export.params.iad.lenient',
    also,
    conduct: lenient('includeAssociatedData=NoSuchValue'),
  },
  {
    id: 'lenient-patient-crashes',
    breaks: 'export.params.patient.lenient',
    also,
    conduct: lenient('Patient/no-such'),
  },
  {
    id: 'associated-code-refused',
    breaks: 'export.params.iad.type-code',
    conduct: onAnswer('kickoff.accepted', (r, { request }) =>
      /"valueCode"/.test(request.body ?? '')
        ? refusal(400, { code: 'value', diagnostics: 'includeAssociatedData is not a string.' })
        : r,
    ),
  },
  {
    id: 'post-not-allowed',
    breaks: 'export.kickoff.post.may',
    conduct: onAnswer('kickoff.accepted', (r, { request }) =>
      request.method === 'POST'
        ? refusal(405, { code: 'not-supported', diagnostics: 'Kick-off is by GET.' })
        : r,
    ),
  },
  {
    id: 'no-x-progress',
    breaks: 'export.status.x-progress',
    conduct: onAnswer('status.progress', (r) => withoutHeader(r, 'x-progress')),
  },
  {
    id: 'no-optional-expires',
    breaks: 'export.status.expires.may',
    release: '1.0.1',
    conduct: onAnswer('status.complete', (r) => withoutHeader(r, 'expires')),
  },
  {
    id: 'no-counts',
    breaks: 'export.manifest.output.count.optional',
    conduct: changeEntries('output', ({ count: _, ...rest }) => rest),
  },
  {
    id: 'some-observations-of-patients-missing',
    breaks: 'export.kickoff.compartment',
    conduct: {
      orderedResources: (resources, { kickoff }) =>
        kickoff.level === 'system'
          ? resources
          : resources.filter((it) => it.resourceType !== 'Observation' || !/[05]$/.test(it.id)),
    },
  },
]
