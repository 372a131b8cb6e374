import type { ServedLevel } from '../conduct/configurations.ts'
import type { ElementFilter, ParsedKickoff, KickoffProblem, KickoffProblemKind } from './job.ts'
import { printable, type RawParameters } from './raw-parameters.ts'
import type { Resource } from '../population/model.ts'
import { kickoffProblem } from './kickoff-problem.ts'
import { parseResourceQuery, type ResourceQuery } from '../search/query.ts'
import type { RequestContext } from '../provider-state.ts'
import { referenceTarget } from '../population/references.ts'
import { r4Types } from '../population/resource-types.ts'
import { releaseFormat } from './release-format.ts'

/** The parsed parameters of a kick-off request. */
type ParameterValues = Pick<
  ParsedKickoff,
  | 'types'
  | 'since'
  | 'until'
  | 'elements'
  | 'queries'
  | 'patients'
  | 'associated'
  | 'organizedBy'
  | 'partialManifests'
>

/** The level and Group of the kick-off request. */
export interface KickoffEndpoint {
  readonly level: ServedLevel
  readonly group?: Resource
}

interface ParameterReader {
  readonly call: RequestContext
  readonly where: KickoffEndpoint
  /** All values of a parameter; empty if it was not sent or is ignored. */
  values(parameter: string): readonly string[]
  complain(kind: KickoffProblemKind, diagnostics: string, parameter: string): void
}

const commasIn = ({ state }: RequestContext) => releaseFormat(state.release, state.configuration).commas

const quoted = (text: string) => `"${printable(text)}"`

function readFormat({ call, values, complain }: ParameterReader): void {
  // A plus that was not percent-encoded has become a blank.
  for (const value of values('_outputFormat'))
    if (!call.state.conduct.acceptsFormat(value.replaceAll(' ', '+')))
      complain(
        'format',
        `_outputFormat ${quoted(value)} is not supported; use application/fhir+ndjson.`,
        '_outputFormat',
      )
}

function readSince({ call, values, complain }: ParameterReader): number | undefined {
  const [value] = values('_since')
  if (value === undefined) return undefined
  const since = call.state.conduct.parsesInstant(value.replace(' ', '+'))
  if (since === undefined) complain('since', `_since ${quoted(value)} is not a FHIR instant.`, '_since')
  return since
}

function readUntil({ call, values, complain }: ParameterReader): number | undefined {
  const [value] = values('_until')
  if (value === undefined) return undefined
  const until = call.state.conduct.parsesInstant(value.replace(' ', '+'))
  if (until === undefined) complain('until', `_until ${quoted(value)} is not a FHIR instant.`, '_until')
  return until
}

function readOrganizedBy({ call, values, complain }: ParameterReader): string | undefined {
  const [value] = values('organizeOutputBy')
  if (value === undefined || call.state.conduct.organizesBy(value)) return value
  complain(
    'organized-by',
    `organizeOutputBy: output cannot be organized by ${quoted(value)}.`,
    'organizeOutputBy',
  )
  return undefined
}

function readPartialManifests({ values, complain }: ParameterReader): boolean {
  const [value] = values('allowPartialManifests')
  if (value !== undefined && value !== 'true' && value !== 'false')
    complain('value', `allowPartialManifests ${quoted(value)} is not a boolean.`, 'allowPartialManifests')
  return value === 'true'
}

function readTypes({ call, where, values, complain }: ParameterReader): readonly string[] | undefined {
  const { conduct, catalogue, configuration } = call.state
  const { notExported } = configuration
  const sent = values('_type')
  if (sent.length === 0) return undefined
  const types = conduct
    .splitsValues(sent, { parameter: '_type', method: call.request.method, commas: commasIn(call) })
    .flatMap((text) => {
      const known = conduct.parsesType(text, catalogue.types)
      const type = known && notExported.includes(known) ? undefined : known
      if (type === undefined && r4Types().has(text))
        complain('type-unsupported', `_type: resources of type ${text} are not supported.`, '_type')
      else if (type === undefined)
        complain('type-unknown', `_type: ${quoted(text)} is not a resource type.`, '_type')
      return type ?? []
    })
  if (types.length > 0 && !types.some((type) => conduct.levelIncludes(where.level, type)))
    complain('type-outside-level', `_type: ${types.join(', ')} is outside the Patient compartment.`, '_type')
  return [...new Set(types)]
}

function readElements({ call, values, complain }: ParameterReader): readonly ElementFilter[] | undefined {
  const { conduct } = call.state
  const sent = values('_elements')
  if (sent.length === 0) return undefined
  return conduct
    .splitsValues(sent, { parameter: '_elements', method: call.request.method, commas: commasIn(call) })
    .flatMap((text) => {
      const filter = conduct.parsesElement(text)
      if (filter && (filter.type === undefined || r4Types().has(filter.type))) return filter
      complain(
        'elements',
        `_elements: ${quoted(text)} is not a root element, with or without a type.`,
        '_elements',
      )
      return []
    })
}

function readQueries(
  reading: ParameterReader,
  types: readonly string[] | undefined,
): readonly ResourceQuery[] {
  const { call, where, values, complain } = reading
  const { conduct, catalogue } = call.state
  return conduct.splitsQueries(values('_typeFilter'), commasIn(call)).flatMap((text) => {
    const query = text.includes('?')
      ? parseResourceQuery(text)
      : { unsupported: `${quoted(text)} is not a query of the form Type?name=value` }
    if ('unsupported' in query) {
      complain('type-filter', `_typeFilter: ${printable(query.unsupported)}.`, '_typeFilter')
      return []
    }
    // A query for a type that is not exported has no effect, whether it is reported or not.
    if (types ? !types.includes(query.type) : !catalogue.types.has(query.type))
      complain(
        'type-filter-outside',
        `_typeFilter: ${query.type} is not among the types asked for.`,
        '_typeFilter',
      )
    else if (!conduct.levelIncludes(where.level, query.type))
      complain(
        'type-filter-outside',
        `_typeFilter: ${query.type} is outside the Patient compartment.`,
        '_typeFilter',
      )
    return query
  })
}

function readPatients({ call, where, values, complain }: ParameterReader): readonly string[] | undefined {
  const sent = values('patient')
  if (sent.length === 0) return undefined
  const { conduct, catalogue } = call.state
  if (where.level === 'system')
    complain('patient-at-system', 'patient does not apply to a system-level export.', 'patient')
  if (call.request.method !== 'POST')
    complain('patient-in-get', 'patient works only in POST kick-off requests.', 'patient')
  if (where.level === 'system' || call.request.method !== 'POST') return undefined
  const members = where.group && new Set(conduct.groupMembers(where.group))
  return sent.flatMap((text) => {
    const named = referenceTarget(text)
    const ours = !/^https?:/.test(text) || text.startsWith(`${call.base}/`)
    if (named?.type !== 'Patient' || !ours || !catalogue.find('Patient', named.id))
      complain('patient-absent', 'patient: a Patient in it does not exist on this server.', 'patient')
    else if (members && !members.has(named.id))
      complain('patient-not-member', 'patient: a Patient in it is not a member of the Group.', 'patient')
    else return named.id
    return []
  })
}

const presets: Readonly<Record<string, 'latest' | 'relevant'>> = {
  LatestProvenanceResources: 'latest',
  RelevantProvenanceResources: 'relevant',
}

function readAssociated({ call, values, complain }: ParameterReader): 'latest' | 'relevant' | undefined {
  const sent = call.state.conduct.splitsValues(values('includeAssociatedData'), {
    parameter: 'includeAssociatedData',
    method: call.request.method,
    commas: commasIn(call),
  })
  const found = sent.flatMap((text) => {
    const preset = Object.hasOwn(presets, text) ? presets[text] : undefined
    if (preset === undefined)
      complain(
        'associated-data',
        `includeAssociatedData: ${quoted(text)} is not supported.`,
        'includeAssociatedData',
      )
    return preset ?? []
  })
  // If values conflict, the least restrictive one applies.
  return found.includes('relevant') ? 'relevant' : found[0]
}

/** The parameters of a kick-off request, and all their problems. */
export function parseParameters(
  call: RequestContext,
  sent: RawParameters,
  where: KickoffEndpoint,
): { readonly values: ParameterValues; readonly problems: readonly KickoffProblem[] } {
  const problems = [...sent.problems]
  const left = new Set(problems.flatMap(({ parameter }) => parameter ?? []))
  const reading: ParameterReader = {
    call,
    where,
    values: (parameter) =>
      left.has(parameter) || !call.state.conduct.readsParameter(parameter, where.level)
        ? []
        : sent.parameters.filter(([name]) => name === parameter).map(([, value]) => value),
    complain: (kind, diagnostics, parameter) => problems.push(kickoffProblem(kind, diagnostics, parameter)),
  }
  readFormat(reading)
  const since = readSince(reading)
  const until = readUntil(reading)
  const types = readTypes(reading)
  const elements = readElements(reading)
  const patients = readPatients(reading)
  const associated = readAssociated(reading)
  const organizedBy = readOrganizedBy(reading)
  const partialManifests = readPartialManifests(reading)
  return {
    values: {
      queries: readQueries(reading, types),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      ...(organizedBy === undefined ? {} : { organizedBy }),
      ...(partialManifests ? { partialManifests } : {}),
      ...(types === undefined ? {} : { types }),
      ...(elements === undefined ? {} : { elements }),
      ...(patients === undefined ? {} : { patients }),
      ...(associated === undefined ? {} : { associated }),
    },
    problems,
  }
}
