/**
 * Walks the bytes of lines once, without JSON.parse, and says which are certainly valid FHIR R4 resources of the type given. What it does not prove
 * may be valid all the same: the explaining path decides. It never proves what the explaining path rejects.
 */
export interface Prover {
  /** Where bytes are to be put before they are judged: `input.length` is how many fit. */
  readonly input: Buffer
  /** How many of the first `length` bytes of `input` are LF. */
  countLineFeeds(length: number): number
  /**
   * Judges the lines in the first `length` bytes of `input`, each ended by LF but perhaps the last. CR before LF is passed over. The bytes must be UTF-8
   * (`isUtf8`), and those behind them are overwritten. With `type` undefined each line may be of any type. The answer is a view that the next call overwrites. Unless said otherwise
   * references are wanted, and unproven parts are not.
   */
  prove(length: number, type: string | undefined, wanted?: Partial<ProofOptions>): Proof
  /** What is not proven of a line of the last proof, if all else is, and unproven parts were asked for. */
  unprovenPartsOf(proof: Proof, line: number): readonly UnprovenPart[]
}

/** What is wanted of a proof: without it there is nothing of the kind, which is faster. */
export interface ProofOptions {
  readonly references: boolean
  readonly unprovenParts: boolean
}

/** A part of a line that is not proven, while all around it is: the explaining path decides about it. */
export interface UnprovenPart {
  /** Names of the elements from the root to the one that it is the value of; to the object that it is in, if it has a name of its own. */
  readonly path: readonly string[]
  /** Where its value begins and ends in `input`; where its name begins, after the quote, if no definition has it. */
  readonly from: number
  readonly to: number
  /** Where that name ends. */
  readonly nameEnd?: number
}

/** What became of the lines of one call: arrays hold one entry a line, in order, proven or not. */
export interface Proof {
  readonly lines: number
  /** Offset of each line in `input`, and after the last one the offset of the end: `lines + 1` entries. */
  readonly offsets: Uint32Array
  /** 1: certainly a valid R4 resource of its type with a FHIR id. The arrays below mean something for such lines, and for those with unproven parts. */
  readonly proven: Uint8Array
  /** Position of its type in `R4Model.resources`. */
  readonly types: Uint16Array
  /** `hashKey` of `Type/id`: three entries a line. */
  readonly keys: Uint32Array
  /** `hashLine` of the line without white space around it: two entries a line. Of lines that are not proven as well. */
  readonly digests: Uint32Array
  /** `meta.lastUpdated` in milliseconds since 1970; NaN if absent. */
  readonly updated: Float64Array
  /** Bits of `lineFlags`. */
  readonly flags: Uint8Array
  /** Root elements of the line as bits, by position in `TypeDefinition.elements` (`_x` counts as `x`): four entries a line. */
  readonly elements: Uint32Array
  /** End of each line's references in the arrays below; the first line's begin at 0. Contained resources' references included. */
  readonly referencesEnd: Uint32Array
  /** End of each line's unproven parts, the first line's beginning at 0. What is said of a line above holds of one with unproven parts as well, but for references and root elements. */
  readonly unprovenPartsEnd: Uint32Array
  /** `hashKey` of `Type/id` of each relative or same-server `Reference.reference` (a `/_history/…` left out): three entries a reference. */
  readonly references: Uint32Array
  /** 1 if the element is one by which FHIR R4's Patient compartment takes in a resource of this type, and the reference is to a Patient. */
  readonly compartment: Uint8Array
}

/** What else is known of a proven line. */
export const lineFlags = {
  /** It has a Reference.reference. */
  hasReference: 1,
  /** One of its references is neither relative (Type/id), absolute nor to a contained resource: `Practitioner?identifier=…`. */
  oddReference: 2,
  /** `meta.tag` is there: whoever wants to know whether it says SUBSETTED has to parse the line. */
  tagged: 4,
  /** It has contained resources. */
  contained: 8,
} as const
