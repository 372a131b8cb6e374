import type { Exchange, Line, OutputFile, ResourceLines } from '../model/http/exchange.ts'
import type { Judgement } from '../model/judgement.ts'
import type { Reason } from '../model/reason.ts'
import type { AttachmentSample } from '../model/fhir/attachment.ts'
import type { Evidence, ExportEvidence } from '../model/evidence.ts'
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
  /** The check compares files with the manifest that lists them, and judges nothing without a manifest. */
  readonly needsManifest?: true
}

/** What a check can read besides its subject. */
export interface CheckContext {
  readonly target: Pick<Target, 'fhirUrl' | 'groupId'> & { readonly authorized: boolean }
  /** All evidence of the probe that the subject is a part of. */
  readonly evidence: Evidence
  /** Every export of the run. */
  readonly exports: readonly ExportEvidence[]
}

/** Judges HTTP exchanges one by one. */
export interface ExchangeCheck<P = never> extends CheckDescription {
  readonly reads: 'exchange'
  /** The check judges also what had no complete response, which is inconclusive for the others. */
  readonly judgesSilence?: true
  /** The check judges how every export of the run at the level ended, and not only its subject. */
  readonly judgesEveryExport?: true
  judge(exchange: Exchange, params: P, context: CheckContext): Judgement
}

/**
 * Judges the lines of output files in one pass, in any number of workers and on any number of machines. `P` and `T` survive a structured clone.
 * Lines come in no particular order, each once: `merge` is associative and commutative, and `empty` is its unit.
 */
export interface LinesCheck<P = never, T = unknown> extends CheckDescription {
  readonly reads: 'lines'
  /** What the check reads of a line. It takes time to compute, so only such lines have it, and of their JSON they may have the resourceType only; `attachments`: lines that may have attachments have all of it. */
  readonly wants?: 'problems' | 'profiles' | 'attachments'
  empty(params: P): T
  /** Called once for each complete file, after its lines; a file may have none. */
  file?(tally: T, file: OutputFile, params: P): void
  line(tally: T, line: Line, params: P): void
  /**
   * Does for several resources at once what `line` does for each. Without it each line is parsed. A check with `wants` gets only valid resources
   * here, and the others line by line.
   */
  resources?(tally: T, lines: ResourceLines, params: P): void
  /** Adds a tally to another, which it changes and returns: its cost depends on the tally that is added alone, which is not used again. */
  merge(to: T, added: T): T
  judgement(tally: T, params: P, context: CheckContext): Judgement
}

/** Judges all resources of an export together. Parameters that refer to exports arrive as their indexes. */
export interface IndexCheck<P = never> extends CheckDescription {
  readonly reads: 'index'
  /** The check reads only key, type, digest, lastUpdated and place of a row, so that rows are made faster. */
  readonly only?: 'keys'
  /** The `_typeFilter` queries that are evaluated for every row of its indexes. */
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
/** Types a check on the index of an export. */
export function indexCheck<P>(check: Omit<IndexCheck<P>, 'reads'>): IndexCheck<P> {
  return { reads: 'index', ...check }
}

/** What a pick reads. */
export interface PickSource {
  readonly evidence: Evidence
  /** Present for an export whose files were downloaded. */
  readonly index?: ResourceIndex
  readonly groupId?: string
  readonly emptyGroupId?: string
  /** Ids of the patients of an export in the order of its files, for the `patient` parameter; never printed. */
  readonly patientIds?: readonly string[]
  /** Attachments whose content is elsewhere; never printed. */
  readonly attachments?: readonly AttachmentSample[]
}

/** A named pure function from evidence to a value that a later probe or a check uses. */
export interface Picker extends Pick<CheckDescription, 'name' | 'states'> {
  /** How far the export has to be taken. */
  readonly needs: ExportDepth
  /** The value is a URL: of an output file or of the status, which an export serves until it expires, or of the Group. */
  readonly urlOf?: 'file' | 'status' | 'group'
  /** The value is that of another pick, altered so that there is probably nothing at the URL. */
  readonly alters?: string
  /** The value must never be printed, and is masked in recorded exchanges. */
  readonly sensitive?: true
  from(source: PickSource): string | readonly string[] | { readonly reason: Reason }
}
