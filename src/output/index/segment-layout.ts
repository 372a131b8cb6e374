/**
 * A segment contains the rows of some lines of one file and describes itself: four words (the mark, bytes of the head, rows, words of lists), the head
 * as JSON padded to eight bytes, a record of 56 bytes for each row, and their lists of keys. All words are little endian.
 */
export const segmentMark = 0x31584b42

/** Words before the head. */
export const prefixWords = 4

/** Words of a row's record, and where each field is. */
export const recordWords = 14
export const field = {
  key: 0,
  line: 3,
  digest: 4,
  /** Two words: a double, NaN if absent. */
  updated: 6,
  shape: 8,
  /** Position in `meets` times two, plus one if it is SUBSETTED. */
  meets: 9,
  /** Where its keys begin in the lists, in keys: of patients, of what it refers to, of unsure members or targets. */
  list: 10,
  patients: 11,
  refersTo: 12,
  unsure: 13,
} as const

/** Values that rows of a segment share, each listed once. */
export interface SegmentHead {
  readonly file: number
  /** Whether the rows are of a deleted file: they have a key, a line, and a shape without elements. */
  readonly deleted?: true
  readonly shapes: readonly RowShape[]
  readonly meets: readonly (readonly string[])[]
}

/** A resource type and the root elements that are present. */
export type RowShape = readonly [type: string, ...elements: readonly string[]]

/** A segment as a thread hands it over. */
export interface Segment {
  readonly bytes: Uint8Array
  readonly file: number
  readonly deleted: boolean
  /** Line of its first row. */
  readonly line: number
  readonly rows: number
}
