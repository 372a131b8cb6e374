import type { SupportedRelease } from '../requirement.ts'

/** What the releases write differently, for all that sends requests or reads manifests. */
export interface WireFormat {
  /** The method of a kick-off request, unless a probe says another. */
  readonly method: 'GET' | 'POST'
  /** How several values of a kick-off parameter are sent, unless a probe says otherwise. */
  readonly lists: 'commas' | 'repeated'
  /** The list of files with messages in a manifest. */
  readonly messages: 'error' | 'outcome'
  /** The data type of `includeAssociatedData` in a Parameters resource. */
  readonly associatedData: 'code' | 'Coding'
}

const upTo3: WireFormat = { method: 'GET', lists: 'commas', messages: 'error', associatedData: 'code' }

const formats: Readonly<Record<SupportedRelease, WireFormat>> = {
  '1.0.1': upTo3,
  '2.0.0': upTo3,
  '3.0.0': upTo3,
  '4.0.0-ballot': { method: 'POST', lists: 'repeated', messages: 'outcome', associatedData: 'Coding' },
}

/** The format of a release. */
export function wireFormatOf(release: SupportedRelease): WireFormat {
  return formats[release]
}
