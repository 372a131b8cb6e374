import type { Limits } from '../model/target.ts'

/** What a request asks for, as far as the size of its response is concerned. */
type ResponsePurpose =
  | 'kick-off'
  | 'deletion'
  | 'token'
  | 'discovery'
  | 'metadata'
  | 'manifest'
  | 'file'
  | 'other'

/** The limit on the body of each kind of response: every request takes its own from here. */
const limitNames: Readonly<Record<ResponsePurpose, keyof Limits>> = {
  'kick-off': 'controlBodyBytes',
  deletion: 'controlBodyBytes',
  token: 'controlBodyBytes',
  discovery: 'controlBodyBytes',
  metadata: 'metadataBytes',
  manifest: 'manifestBytes',
  file: 'fileBytes',
  other: 'controlBodyBytes',
}

/** The most bytes that the body of a response may have. */
export function mostBytes(limits: Limits, kind: ResponsePurpose): number {
  return limits[limitNames[kind]] ?? limits.controlBodyBytes
}

/** What a request to a URL below the FHIR base asks for, where nothing else says so. */
export function bodyKindOf(method: string, url: string): ResponsePurpose {
  const path = url.split(/[?#]/)[0] ?? ''
  if (method === 'DELETE') return 'deletion'
  if (/\/\$export$/.test(path)) return 'kick-off'
  if (method !== 'GET') return 'other'
  if (path.endsWith('/.well-known/smart-configuration')) return 'discovery'
  if (path.endsWith('/metadata')) return 'metadata'
  // It may be a polling location.
  return 'manifest'
}
