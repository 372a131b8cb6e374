/** One exported resource for checks that compare sets: keys, types and hashes, no content. */
export interface ResourceRow {
  /** Hash of `Type/id`, never the id itself. */
  readonly key: string
  readonly type: string
  /** `meta.lastUpdated` in milliseconds since 1970. */
  readonly updated?: number | undefined
  /** Keys of the patients whose compartments contain it. */
  readonly patients: readonly string[]
  /** Keys of the resources it refers to. */
  readonly refersTo: readonly string[]
  /** For a Group: keys of members that may not count, because they are inactive, excluded, groups, or their period has ended. */
  readonly unsure?: readonly string[] | undefined
  /** For a Provenance: keys of the resources that it is about. */
  readonly targets?: readonly string[] | undefined
  /** Hash of its content; comparable only between rows with the same key. */
  readonly digest: string
  /** Names of its root elements without `resourceType`. */
  readonly elements: readonly string[]
  /** Whether `meta.tag` contains SUBSETTED. */
  readonly subsetted: boolean
  /** The queries of the index that it meets. */
  readonly meets: readonly string[]
  /** Position of its file among the files of the export, and its line from 1. */
  readonly file: number
  readonly line: number
}

/** One resource that a deleted file lists. */
export interface DeletedRow {
  readonly key: string
  readonly type: string
  /** Position of its file among the files of the export, and its line from 1. */
  readonly file: number
  readonly line: number
}

/** Data that does not fit into memory cannot be written to the temporary folder. */
export class TemporaryStorageError extends Error {
  constructor() {
    super('the temporary folder is full or not writable: make room, or set TMPDIR to another folder')
  }
}

/**
 * The resources of an export. The index may be larger than memory, so callers must keep nothing that grows with it. Methods that look up
 * or compare keys may throw `TemporaryStorageError`.
 */
export interface ResourceIndex {
  readonly size: number
  /** Lines of output files that name no resource and are no rows: of a type that R4 does not know, or without a valid id. */
  readonly unnamed: number
  /** In the order of files and lines. A row is valid until the next one is read; a resource that occurs twice has two rows. */
  rows(): Iterable<ResourceRow>
  /** The entries of its deleted files, in order. */
  deleted(): Iterable<DeletedRow>
  has(key: string): boolean
  /** The first row of the resource. */
  get(key: string): ResourceRow | undefined
  /** Rows with the key of an earlier row, each with the first row of that key, in any order. */
  repeated(): Iterable<readonly [row: ResourceRow, first: ResourceRow]>
  /** A set of any number of keys. */
  keySet(keys: Iterable<string>): KeySet
  /** The keys that the index does not have; for many keys faster than `has`. */
  missingKeys(keys: Iterable<string>): KeySet & { readonly size: number }
  /** Exchange number of a file, by its position. */
  exchangeOf(file: number): number
  /** `_typeFilter` queries that were evaluated for every row. */
  readonly queries: readonly string[]
  /** The manifest's transactionTime in milliseconds since 1970. */
  readonly transactionTime?: number
}

/** A set of keys, kept in memory or on disk. */
export interface KeySet {
  has(key: string): boolean
}
