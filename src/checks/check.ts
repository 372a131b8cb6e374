import type { Exchange, Line, OutputFile, ResourceLines } from '../model/http/exchange.ts'
import type { Judgement } from '../model/judgement.ts'
import type { Reason } from '../model/reason.ts'
import type { Evidence } from '../model/evidence.ts'
import type { ExportDepth } from '../model/export/export.ts'
import type { ResourceIndex } from '../model/fhir/resource-index.ts'
import type { Target } from '../model/target.ts'

/** A JSON Schema (draft 2020-12) as a plain value. */
export type JsonSchema = Readonly<Record<string, unknown>>

interface CheckDescription {
  /** Kebab-case; the key under `expect`. */
  readonly name: string
  /** One sentence about the subject; hover text in editors. */
  readonly states: string
  /** Schema of its parameters. References are allowed where it says `{ $ref: '#/$defs/ref' }` or `{ $ref: '#/$defs/export-ref' }`. */
  readonly params: JsonSchema
  /** It compares files with the manifest that lists them, and has nothing to judge where there is none. */
  readonly needsManifest?: true
}

/** What a check may know besides its subject. */
export interface CheckContext {
  readonly target: Pick<Target, 'fhirUrl' | 'groupId'> & { readonly authorized: boolean }
  /** Everything the probe brought that the subject is a part of. */
  readonly evidence: Evidence
}

/** Judges single HTTP exchanges; a subject with several is judged one by one. */
export interface ExchangeCheck<P = never> extends CheckDescription {
  readonly reads: 'exchange'
  judge(exchange: Exchange, params: P, context: CheckContext): Judgement
}

/**
 * Judges the lines of output files in one pass, in any number of workers and on any number of machines. `P` and `T` survive a structured clone;
 * `merge` is associative and commutative, and `empty` its unit: lines come in no particular order, each once.
 */
export interface LinesCheck<P = never, T = unknown> extends CheckDescription {
  readonly reads: 'lines'
  /** What it wants to know of a line: it costs time, and is there only where a check asks for it. Of the line itself it may be told the resourceType alone. */
  readonly wants?: 'problems' | 'profiles'
  empty(params: P): T
  /** A whole file is there, its lines told before or after, or perhaps none. */
  file?(tally: T, file: OutputFile, params: P): void
  line(tally: T, line: Line, params: P): void
  /**
   * Does for several resources at once what `line` does for each. Where it is absent, such lines are parsed. A check that wants something to know is
   * given only those that are valid, and the others line by line.
   */
  resources?(tally: T, lines: ResourceLines, params: P): void
  merge(a: T, b: T): T
  judgement(tally: T, params: P, context: CheckContext): Judgement
}

/** Judges what an export brought as a whole. Parameters that are export references arrive as indexes. */
export interface IndexCheck<P = never> extends CheckDescription {
  readonly reads: 'index'
  /** It asks of rows no more than key, type, digest, lastUpdated and place: then they are made faster. */
  readonly only?: 'keys'
  /** `_typeFilter` queries that every row of its indexes must be evaluated for. */
  queries?(params: P): readonly string[]
  judge(index: ResourceIndex, params: P, context: CheckContext): Judgement
}

/** A named pure function from evidence and parameters to a judgement. */
export type Check = ExchangeCheck<never> | LinesCheck<never, unknown> | IndexCheck<never>

/** Types a check by inference of its parameters and tally. */
export function exchangeCheck<P>(check: Omit<ExchangeCheck<P>, 'reads'>): ExchangeCheck<P> {
  return { reads: 'exchange', ...check }
}
/** Types a check on lines. */
export function linesCheck<P, T>(check: Omit<LinesCheck<P, T>, 'reads'>): LinesCheck<P, T> {
  return { reads: 'lines', ...check }
}
/** Types a check on what an export brought as a whole. */
export function indexCheck<P>(check: Omit<IndexCheck<P>, 'reads'>): IndexCheck<P> {
  return { reads: 'index', ...check }
}

/** What a pick looks at. */
export interface PickSource {
  readonly evidence: Evidence
  /** Of an export whose files were retrieved. */
  readonly index?: ResourceIndex
  readonly groupId?: string
  /** Ids of the patients of an export in the order met, never printed; for the `patient` parameter. */
  readonly patientIds?: readonly string[]
}

/** A named pure function from evidence to a value that a later probe or a check uses. */
export interface Picker extends Pick<CheckDescription, 'name' | 'states'> {
  /** How far the export has to be taken. */
  readonly needs: ExportDepth
  /** The value is the URL of an output file, or of the status of an export: what an export serves until it expires. */
  readonly urlOf?: 'file' | 'status'
  /** The value must never be printed, and is masked in recorded exchanges. */
  readonly sensitive?: true
  from(source: PickSource): string | readonly string[] | { readonly reason: Reason }
}
