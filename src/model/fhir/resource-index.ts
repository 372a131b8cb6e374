/** One exported resource as data-driven checks see it: no content, only what sets can be made of. */
export interface ResourceRow {
  /** Hash of `Type/id`: never the id itself. */
  readonly key: string
  readonly type: string
  /** `meta.lastUpdated` in milliseconds since 1970. */
  readonly updated?: number | undefined
  /** Keys of the patients in whose compartment it is. */
  readonly patients: readonly string[]
  /** Keys of the resources it refers to. */
  readonly refersTo: readonly string[]
  /** Of a Group: keys of members whose membership may not count: inactive, over, excluded, or groups themselves. */
  readonly unsure?: readonly string[] | undefined
  /** Hash of its content; says something only beside another with the same key. */
  readonly digest: string
  /** Names of its root elements, `resourceType` left out. */
  readonly elements: readonly string[]
  /** Whether `meta.tag` says SUBSETTED. */
  readonly subsetted: boolean
  /** Which of the index's queries it meets. */
  readonly meets: readonly string[]
  /** Position of its file among the files of the export, and its line from 1. */
  readonly file: number
  readonly line: number
}

/** One resource that a deleted file says is gone. */
export interface DeletedRow {
  readonly key: string
  readonly type: string
  /** Position of its file among the files of the export, and its line from 1. */
  readonly file: number
  readonly line: number
}

/** What does not fit into memory cannot be written to the temporary folder. */
export class TemporaryStorageError extends Error {
  constructor() {
    super('the temporary folder is full, or cannot be written to: make room, or name another in TMPDIR')
  }
}

/**
 * What an export brought, resource by resource. It may be larger than memory: whoever reads it keeps nothing that grows with it. Whatever looks for
 * more than rows may throw `NoRoom`.
 */
export interface ResourceIndex {
  readonly size: number
  /** In the order of files and lines, each good until the next is asked for; a resource that occurs twice has two rows. */
  rows(): Iterable<ResourceRow>
  /** What its deleted files name, in their order. */
  deleted(): Iterable<DeletedRow>
  has(key: string): boolean
  /** The first row of the resource. */
  get(key: string): ResourceRow | undefined
  /** Rows that have the key of an earlier row, each with the first, in any order. */
  repeated(): Iterable<readonly [row: ResourceRow, first: ResourceRow]>
  /** A set of as many keys as there may be. */
  keySet(keys: Iterable<string>): KeySet
  /** Those of as many keys as there may be that it does not have: quicker than to look each up where there are many. */
  missingKeys(keys: Iterable<string>): KeySet & { readonly size: number }
  /** Exchange number of a file, by its position. */
  exchangeOf(file: number): number
  /** `_typeFilter` queries that were evaluated for every row. */
  readonly queries: readonly string[]
  /** The manifest's transactionTime in milliseconds since 1970. */
  readonly transactionTime?: number
}

/** Keys that an index keeps, on disk if need be. */
export interface KeySet {
  has(key: string): boolean
}
