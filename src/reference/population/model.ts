/** A FHIR R4 resource as it is served; `meta.lastUpdated` is an instant with any offset. */
export interface Resource {
  readonly resourceType: string
  readonly id: string
  readonly meta?: {
    readonly lastUpdated?: string
    readonly versionId?: string
    readonly [element: string]: unknown
  }
  readonly [element: string]: unknown
}

/** A resource that no longer exists, deleted at the instant `at`. */
export interface DeletedResource {
  readonly type: string
  readonly id: string
  readonly at: string
  /** The patients in whose compartment it was. */
  readonly patients: readonly string[]
}

/** All data of the reference provider: at most one resource per type and id, and none of the deleted ones. */
export interface Population {
  readonly resources: readonly Resource[]
  readonly deletions: readonly DeletedResource[]
}

/** Options of `synthesizePopulation`; the same options give the same population. */
export interface PopulationOptions {
  /** At least 6. */
  readonly patients: number
  readonly seed: number
  /** No lastUpdated is later than this; all are at most two years earlier. */
  readonly until: Date
  /** Root of absolute references and attachment URLs; without it all references are relative and all attachments inline. */
  readonly baseUrl?: string
}

/** Milliseconds since 1970 of `meta.lastUpdated`; undefined if the resource has none. */
export function lastUpdatedOf(resource: Resource): number | undefined {
  const text = resource.meta?.lastUpdated
  const time = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}
