/**
 * Walks the bytes of lines once, without JSON.parse, and says which are certainly valid FHIR R4 resources of the type given. What it does not prove
 * may still be valid: the explaining path decides. It never proves what the explaining path rejects.
 */
export interface Prover {
  /** Where the bytes to judge are put; `input.length` bytes fit. */
  readonly input: Buffer
  /** Number of LFs in the first `length` bytes of `input`. */
  countLineFeeds(length: number): number
  /**
   * Judges the lines in the first `length` bytes of `input`, each ended by LF except perhaps the last. CR before LF is skipped. The bytes must be UTF-8
   * (`isUtf8`), and those behind them are overwritten. With `type` undefined each line may be of any type. The result is a view that the next call
   * overwrites. By default it has references, but no unproven parts.
   */
  prove(length: number, type: string | undefined, wanted?: Partial<ProofOptions>): Proof
  /** The unproven parts of a line of the last proof, if everything else is proven and the caller wanted unproven parts. */
  unprovenPartsOf(proof: Proof, line: number): readonly UnprovenPart[]
}

/** What a proof contains beyond the minimum; less is faster. */
export interface ProofOptions {
  readonly references: boolean
  readonly unprovenParts: boolean
}

/** An unproven part of a line in which everything else is proven: the explaining path judges it. */
export interface UnprovenPart {
  /** Names of the elements from the root to the element whose value it is; if no definition has its name, to the object that contains it. */
  readonly path: readonly string[]
  /** Where its value begins and ends in `input`; if no definition has its name, where the name begins, after the quote. */
  readonly from: number
  readonly to: number
  /** Where that name ends. */
  readonly nameEnd?: number
}

/** The result for the lines of one call: arrays have one entry per line, in order, proven or not. */
export interface Proof {
  readonly lines: number
  /** Offset of each line in `input`, then the offset of the end: `lines + 1` entries. */
  readonly offsets: Uint32Array
  /** 1: certainly a valid R4 resource of its type with a FHIR id. The arrays below are set for such lines, and for lines with unproven parts. */
  readonly proven: Uint8Array
  /** Position of its type in `R4Model.resources`. */
  readonly types: Uint16Array
  /** `hashKey` of `Type/id`: three entries a line. */
  readonly keys: Uint32Array
  /** `hashLine` of the line without white space around it: two entries a line. Also set for lines that are not proven. */
  readonly digests: Uint32Array
  /** `meta.lastUpdated` in milliseconds since 1970; NaN if absent. */
  readonly updated: Float64Array
  /** Bits of `lineFlags`. */
  readonly flags: Uint8Array
  /** Root elements of the line as bits, by position in `TypeDefinition.elements` (`_x` counts as `x`): four entries a line. */
  readonly elements: Uint32Array
  /** End of each line's references in the arrays below; the first line's begin at 0. Contained resources' references included. */
  readonly referencesEnd: Uint32Array
  /** End of each line's unproven parts, the first line's beginning at 0. For such a line the entries above are correct too, except references and root elements. */
  readonly unprovenPartsEnd: Uint32Array
  /** `hashKey` of `Type/id` of each relative or same-server `Reference.reference` (a `/_history/…` left out): three entries a reference. */
  readonly references: Uint32Array
  /** End of each line's codes that are not checked, because their systems are not known; those in unproven parts left out. */
  readonly uncheckedEnd: Uint32Array
  /** Two entries a code: its place, and the number of its system by `namedSystems`, from 1; 0 for any other. */
  readonly unchecked: Uint32Array
  /** 1 if the element puts a resource of this type into FHIR R4's Patient compartment, and the reference is to a Patient; 2 if it is to another resource. */
  readonly compartment: Uint8Array
}

/** Further facts about a proven line. */
export const lineFlags = {
  /** It has a Reference.reference. */
  hasReference: 1,
  /** One of its references is neither relative (Type/id), absolute nor to a contained resource: `Practitioner?identifier=…`. */
  oddReference: 2,
  conditionalReference: 16,
  /** `meta.tag` is present: only parsing shows whether it has SUBSETTED. */
  tagged: 4,
  /** It has contained resources. */
  contained: 8,
} as const
