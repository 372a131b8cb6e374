import type { Kickoff } from '../../model/export/export.ts'
import { type Reason, stated } from '../../model/reason.ts'
import type { RequestCredentials, MergePatch } from '../../model/suite.ts'
import { type Baseline, baselineAt, type ExportLevel, type Target } from '../../model/target.ts'
import { type WireFormat, wireFormatOf } from '../../model/export/wire-format.ts'
import { patchHeaders } from '../header-patch.ts'

/** A value of a kick-off parameter whose references have been resolved. */
type ResolvedParameter =
  | string
  | number
  | boolean
  | null
  | readonly string[]
  | { readonly repeated: readonly string[] }
  | { readonly joined: readonly string[] }

/** An export whose references have been resolved. */
export interface ResolvedExport {
  readonly level: ExportLevel
  /** Id of the group, or a reference to it; absent: the target's. */
  readonly group?: string
  readonly method?: 'GET' | 'POST'
  readonly parameters?: Readonly<Record<string, ResolvedParameter>>
  readonly headers?: MergePatch
  readonly authorization?: RequestCredentials
  /** The baseline of the target does not narrow it. */
  readonly whole?: true
}

/** The kick-off request of an export, narrowed by the target's baseline and without credentials, or why there cannot be one. */
export function kickoffOf(spec: ResolvedExport, target: Target): Kickoff | { readonly reason: Reason } {
  const endpoint = endpointOf(spec, target)
  if (typeof endpoint !== 'string') return endpoint
  const { level } = spec
  const narrowing = narrowingOf(spec, target)
  // The guide has the parameter `patient` for POST requests only.
  const wire = wireFormatOf(target.ig)
  const method = narrowing.patient ? 'POST' : (spec.method ?? wire.method)
  const values = Object.entries({ ...narrowing, ...spec.parameters }).flatMap(([name, value]) =>
    encodedParameters(name, value, wire).map((it) => ({ name, ...it })),
  )
  const parameters = values.map(({ name, parts }): readonly [string, string] => [name, parts.join(',')])
  const defaults: [string, string][] = [
    ['Accept', 'application/fhir+json'],
    ['Prefer', 'respond-async'],
    // Otherwise a server may return an earlier job.
    ['Cache-Control', 'no-cache'],
  ]
  if (method === 'POST') {
    const headers = patchHeaders([...defaults, ['Content-Type', 'application/fhir+json']], spec.headers)
    const parameter = values.map(({ name, parts, raw }) => parametersPart(name, raw ?? parts.join(','), wire))
    const body = JSON.stringify({
      resourceType: 'Parameters',
      ...(parameter.length > 0 ? { parameter } : {}),
    })
    return { level, method, url: endpoint, parameters, headers, body }
  }
  const query = values.map(
    ({ name, parts }) => `${encodeURIComponent(name)}=${parts.map(encodeURIComponent).join(',')}`,
  )
  const url = query.length > 0 ? `${endpoint}?${query.join('&')}` : endpoint
  return { level, method, url, parameters, headers: patchHeaders(defaults, spec.headers) }
}

/** The parameters of the target's baseline that an export does not set itself. */
function narrowingOf({ level, whole, parameters = {} }: ResolvedExport, target: Target): Baseline {
  if (whole) return {}
  return Object.fromEntries(
    Object.entries(baselineAt(target, level)).filter(([name]) => !(name in parameters)),
  )
}

function endpointOf({ level, group }: ResolvedExport, target: Target): string | { readonly reason: Reason } {
  const base = target.fhirUrl
  if (level === 'system') return `${base}/$export`
  if (level === 'patient') return `${base}/Patient/$export`
  const id = group === undefined ? target.groupId : group.replace(/^(?:.*\/)?Group\//, '')
  if (!id) return { reason: { kind: 'no-group' } }
  // `%2E` is a dot to whoever parses URLs.
  if (id === '.' || id === '..') return { reason: stated('a Group id of dots cannot be part of a URL') }
  return `${base}/Group/${encodeURIComponent(id)}/$export`
}

interface EncodedParameter {
  /** Joined by commas. */
  readonly parts: readonly string[]
  readonly raw?: number | boolean
}

function encodedParameters(
  name: string,
  value: ResolvedParameter,
  { lists }: WireFormat,
): readonly EncodedParameter[] {
  if (value === null) return []
  if (typeof value === 'string') return [{ parts: [value] }]
  if (typeof value === 'number' || typeof value === 'boolean') return [{ parts: [String(value)], raw: value }]
  if ('repeated' in value) return value.repeated.map((it) => ({ parts: [it] }))
  if (lists === 'repeated') return ('joined' in value ? value.joined : value).map((it) => ({ parts: [it] }))
  if ('joined' in value) return [{ parts: value.joined }]
  return name === '_typeFilter' || name === 'patient'
    ? value.map((it) => ({ parts: [it] }))
    : [{ parts: value }]
}

const associatedDataSystem = 'http://hl7.org/fhir/uv/bulkdata/CodeSystem/include-associated-data'

/** A part of a Parameters resource, in the data type that the operation definition gives the parameter. */
function parametersPart(name: string, text: string | number | boolean, { associatedData }: WireFormat) {
  if (typeof text === 'boolean') return { name, valueBoolean: text }
  if (typeof text === 'number')
    return /FileSize$/.test(name) ? { name, valuePositiveInt: text } : { name, valueInteger: text }
  if (name === '_since' || name === '_until') return { name, valueInstant: text }
  if (name === 'patient')
    return { name, valueReference: { reference: text.includes('/') ? text : `Patient/${text}` } }
  if (name !== 'includeAssociatedData') return { name, valueString: text }
  return associatedData === 'code'
    ? { name, valueCode: text }
    : { name, valueCoding: { system: associatedDataSystem, code: text } }
}
