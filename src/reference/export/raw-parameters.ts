import { optionalParameters, parametersOf } from '../conduct/configurations.ts'
import type { KickoffProblem } from './job.ts'
import { headerLines, headerOf } from '../http-message.ts'
import { kickoffProblem } from './kickoff-problem.ts'
import type { RequestContext } from '../provider-state.ts'
import { releaseFormat } from './release-format.ts'

/** Kick-off parameters as sent, each occurrence separately, and the problems of their form. */
export interface RawParameters {
  readonly parameters: readonly (readonly [name: string, value: string])[]
  readonly problems: readonly KickoffProblem[]
}

/** The value that each parameter has in a Parameters resource (OperationDefinitions of 3.0.0), but `includeAssociatedData`. */
const commonValueNames: Readonly<Record<string, string>> = {
  _outputFormat: 'valueString',
  _since: 'valueInstant',
  _type: 'valueString',
  _elements: 'valueString',
  _typeFilter: 'valueString',
  patient: 'valueReference',
  _until: 'valueInstant',
  organizeOutputBy: 'valueString',
  allowPartialManifests: 'valueBoolean',
}

/** Parameters that are given at most once. */
const single = ['_outputFormat', '_since', '_until', 'organizeOutputBy', 'allowPartialManifests']

function fromQuery({ state, url }: RequestContext): RawParameters {
  const problems: KickoffProblem[] = []
  const parameters: (readonly [string, string])[] = []
  for (const part of url.search.slice(1).split('&')) {
    if (part === '') continue
    const at = part.indexOf('=')
    const name = state.conduct.decodesText(at < 0 ? part : part.slice(0, at))
    const value = state.conduct.decodesText(at < 0 ? '' : part.slice(at + 1))
    if (name === undefined || value === undefined)
      problems.push(
        kickoffProblem('encoding', 'The query of the kick-off request is not percent-encoded UTF-8.'),
      )
    else parameters.push([name, value])
  }
  return { parameters, problems }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fromBody({ state, url, request }: RequestContext): RawParameters {
  const nothing = { parameters: [] }
  const mediaType = headerOf(request, 'content-type') ?? ''
  if (!/^application\/(fhir\+)?json *(;|$)/i.test(mediaType))
    return {
      ...nothing,
      problems: [kickoffProblem('content-type', 'The Content-Type of the kick-off request is not JSON.')],
    }
  const body = parsed(request.body ?? '') as
    | { resourceType?: unknown; parameter?: unknown }
    | null
    | undefined
  const entries = body?.parameter ?? []
  if (body?.resourceType !== 'Parameters' || !Array.isArray(entries))
    return {
      ...nothing,
      problems: [
        kickoffProblem('body', 'The body of the kick-off request is not a Parameters resource in JSON.'),
      ],
    }
  const problems: KickoffProblem[] = []
  const { associatedData } = releaseFormat(state.release, state.configuration)
  const valueNames = { ...commonValueNames, includeAssociatedData: associatedData }
  if (url.search.length > 1)
    problems.push(
      kickoffProblem(
        'parameter-in-url',
        'Parameters of a POST kick-off request belong in its body, not in its URL.',
      ),
    )
  if (!state.conduct.readsBody()) return { ...nothing, problems }
  const parameters = entries.flatMap((entry: unknown) => {
    const { name, value } = entryOf(entry, valueNames)
    if (name === undefined) {
      problems.push(kickoffProblem('body', 'A parameter of the Parameters resource has no name.'))
      return []
    }
    if (value === undefined && Object.hasOwn(valueNames, name)) {
      problems.push(
        kickoffProblem(
          'value',
          `The value of ${name} is not a ${(valueNames as Readonly<Record<string, string>>)[name]}.`,
          name,
        ),
      )
      return []
    }
    return [[name, value ?? ''] as const]
  })
  return { parameters, problems }
}

interface CodedOrReference {
  readonly reference?: unknown
  readonly code?: unknown
}

function entryOf(
  entry: unknown,
  valueNames: Readonly<Record<string, string>>,
): { readonly name?: string; readonly value?: string } {
  if (typeof entry !== 'object' || entry === null) return {}
  const { name, ...rest } = entry as Record<string, unknown>
  if (typeof name !== 'string' || name === '') return {}
  const own: unknown = rest[Object.hasOwn(valueNames, name) ? (valueNames[name] ?? '') : '']
  const value: unknown =
    typeof own === 'object' && own !== null
      ? ((own as CodedOrReference).reference ?? (own as CodedOrReference).code)
      : own
  if (typeof value === 'boolean') return { name, value: String(value) }
  return typeof value === 'string' ? { name, value } : { name }
}

/** The parameters of a kick-off request of any method, before they are parsed. */
export function rawParametersOf(call: RequestContext): RawParameters {
  const { parameters, problems } = call.state.conduct.readsQuery(call.request.method)
    ? fromQuery(call)
    : fromBody(call)
  const { parameters: supported, failing } = call.state.configuration
  const known = new Set<string>([
    '_outputFormat',
    ...parametersOf(call.state.release),
    ...(typeof failing === 'string' ? [failing] : []),
  ])
  const found = [...problems]
  for (const name of new Set(parameters.map(([each]) => each))) {
    const values = parameters.filter(([each]) => each === name).map(([, value]) => value)
    if (!known.has(name))
      found.push(kickoffProblem('unknown-parameter', `The parameter ${printable(name)} is unknown.`, name))
    else if (optionalParameters.some((each) => each === name && !supported.includes(each)))
      found.push(kickoffProblem('unsupported-parameter', `The parameter ${name} is not supported.`, name))
    else if (single.includes(name) && values.length > 1)
      found.push(kickoffProblem('repeated', `The parameter ${name} is given more than once.`, name))
    else if (values.includes('') && name !== failing)
      found.push(kickoffProblem('value', `The parameter ${name} has no value.`, name))
  }
  return { parameters, problems: found }
}

/** A text of the client as diagnostics show it. */
export function printable(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, '?')
  return plain.length > 60 ? `${plain.slice(0, 60)}…` : plain
}

/** What is wrong with the Accept and Prefer headers of a kick-off request. */
export function headerProblems(
  { state, request }: RequestContext,
  accepts: (accept: string | undefined) => boolean,
): readonly KickoffProblem[] {
  const { preferRequired, acceptRequired } = state.configuration
  const accept = headerOf(request, 'accept')
  const problems: KickoffProblem[] = []
  if (!accepts(accept) || (accept === undefined && acceptRequired))
    problems.push(kickoffProblem('accept', 'The Accept header does not admit application/fhir+json.'))
  if (preferRequired && !state.conduct.prefersAsync(headerLines(request, 'prefer')))
    problems.push(kickoffProblem('prefer', 'The Prefer header does not contain respond-async.'))
  return problems
}
