import type { Kickoff } from '../../model/export/export.ts'
import { type Reason, stated } from '../../model/reason.ts'
import type { RequestCredentials, MergePatch } from '../../model/suite.ts'
import type { ExportLevel, Target } from '../../model/target.ts'
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
}

/** The kick-off request of an export, without credentials, or why there cannot be one. */
export function kickoffOf(spec: ResolvedExport, target: Target): Kickoff | { readonly reason: Reason } {
  const endpoint = endpointOf(spec, target)
  if (typeof endpoint !== 'string') return endpoint
  const { level, method = 'GET' } = spec
  const values = Object.entries(spec.parameters ?? {}).flatMap(([name, value]) =>
    encodedParameters(name, value).map((it) => ({ name, ...it })),
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
    const parameter = values.map(({ name, parts, raw }) => parametersPart(name, parts.join(','), raw))
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

function encodedParameters(name: string, value: ResolvedParameter): readonly EncodedParameter[] {
  if (value === null) return []
  if (typeof value === 'string') return [{ parts: [value] }]
  if (typeof value === 'number' || typeof value === 'boolean') return [{ parts: [String(value)], raw: value }]
  if ('repeated' in value) return value.repeated.map((it) => ({ parts: [it] }))
  if ('joined' in value) return [{ parts: value.joined }]
  return name === '_typeFilter' || name === 'patient'
    ? value.map((it) => ({ parts: [it] }))
    : [{ parts: value }]
}

/** A part of a Parameters resource, in the data type that the operation definition gives the parameter. */
function parametersPart(name: string, text: string, raw: number | boolean | undefined) {
  if (typeof raw === 'boolean') return { name, valueBoolean: raw }
  if (typeof raw === 'number') return { name, valueInteger: raw }
  if (name === '_since' || name === '_until') return { name, valueInstant: text }
  if (name === 'patient')
    return { name, valueReference: { reference: text.includes('/') ? text : `Patient/${text}` } }
  return name === 'includeAssociatedData' ? { name, valueCode: text } : { name, valueString: text }
}
