import { type Finding, type Judgement, satisfied, undecided } from '../../model/judgement.ts'
import type { KeySet, ResourceIndex, ResourceRow } from '../../model/fhir/resource-index.ts'
import { displayType, typeOfQuery } from '../resource-type.ts'

/** Which resources of an index count. */
export interface Selection {
  readonly types?: readonly string[]
  /** A type, or a query whose type is meant. */
  readonly except?: string
}

/** Whether a row counts. */
function selects({ types, except }: Selection, row: ResourceRow): boolean {
  return (!types || types.includes(row.type)) && (except === undefined || typeOfQuery(except) !== row.type)
}

/** The rows of an index that count. */
export function selectedRows(index: ResourceIndex, selection: Selection): Iterable<ResourceRow> {
  return rowsWhere(index, (row) => selects(selection, row))
}

/** The rows of an index for which something is so. */
export function* rowsWhere(index: ResourceIndex, so: (row: ResourceRow) => boolean): Generator<ResourceRow> {
  for (const row of index.rows()) if (so(row)) yield row
}

/** Whether something is so for any row of an index. */
export function anyRow(index: ResourceIndex, so: (row: ResourceRow) => boolean): boolean {
  for (const _ of rowsWhere(index, so)) return true
  return false
}

/** Whether a resource can have changed after an export was made: `undefined` if it does not say. */
function changedAfter(row: ResourceRow, exported: ResourceIndex): boolean | undefined {
  if (row.updated === undefined || exported.transactionTime === undefined) return undefined
  return row.updated > exported.transactionTime
}

type RowPlace = Pick<ResourceRow, 'type' | 'file' | 'line'>

/** Most findings of one check. */
const mostFindings = 20

/** Resources by the same message: the first place and the count, one finding for each type, in whatever order they come. */
export class Violations {
  readonly #findings = new Map<string, { readonly finding: Finding; readonly first: RowPlace }>()

  /** Counts a resource; the message is that of its type. */
  add(
    row: RowPlace,
    index: ResourceIndex,
    said: { message: string; expected: string; actual: string },
  ): void {
    const message = said.message.replace('{type}', displayType(row.type))
    const known = this.#findings.get(message)
    const times = (known?.finding.times ?? 0) + 1
    if (known && !isBefore(row, known.first)) {
      this.#findings.set(message, { ...known, finding: { ...known.finding, times } })
      return
    }
    const where = { exchange: index.exchangeOf(row.file), part: { line: row.line } }
    const { type, file, line } = row
    this.#findings.set(message, {
      finding: { ...said, message, where, times },
      first: { type, file, line },
    })
  }

  /** Violated if anything was counted; else what is given. */
  or(otherwise: Judgement): Judgement {
    const inOrder = [...this.#findings.values()].sort((a, b) => (isBefore(b.first, a.first) ? 1 : -1))
    const [first, ...rest] = inOrder.slice(0, mostFindings).map((it) => it.finding)
    return first ? { is: 'violated', findings: [first, ...rest] } : otherwise
  }
}

function isBefore(a: RowPlace, b: RowPlace): boolean {
  return a.file < b.file || (a.file === b.file && a.line < b.line)
}

/** Whether everything of `whole` that counts is in `part`, but for what is deleted meanwhile. */
export function includesAll(
  part: ResourceIndex,
  whole: ResourceIndex,
  rows: Iterable<ResourceRow>,
): Judgement {
  const gone = part.keySet(rowKeys(part.deleted()))
  const found = new Violations()
  let seen = 0
  for (const row of rows) {
    seen += 1
    // What changed after the first export need not be what the second was asked for, whichever of them came first.
    const { key } = row
    if (part.has(key) || gone.has(key) || changedAfter(row, whole) || changedAfter(row, part)) continue
    found.add(row, whole, {
      message: 'Resources of type {type} are missing.',
      expected: 'what the export that it is compared with holds',
      actual: 'absent; the place is that in the other export',
    })
  }
  return found.or(
    seen > 0 ? satisfied : undecided('the export that it is compared with holds no such resources'),
  )
}

function* rowKeys(rows: Iterable<{ readonly key: string }>): Generator<string> {
  for (const { key } of rows) yield key
}

/** Whether nothing of `part` that counts is beyond `whole`, but for what is new. */
export function nothingBeyond(
  part: ResourceIndex,
  whole: ResourceIndex,
  rows: Iterable<ResourceRow>,
): Judgement {
  const found = new Violations()
  let seen = 0
  let unclear = 0
  for (const row of rows) {
    seen += 1
    if (whole.has(row.key)) continue
    const changed = changedAfter(row, whole)
    if (changed === undefined) unclear += 1
    if (changed !== false) continue
    found.add(row, part, {
      message: 'Resources of type {type} are there that the other export does not hold.',
      expected: 'nothing but what the export that it is compared with holds',
      actual: 'a resource that was there before that export, by its meta.lastUpdated',
    })
  }
  if (seen === 0) return undecided('the export holds no such resources')
  return found.or(
    unclear > 0 ? undecided(`${unclear} resources are new, and do not say since when`) : satisfied,
  )
}

/** Keys of all resources that others of the same export refer to. */
export function referredKeys(index: ResourceIndex): KeySet {
  return index.keySet(references(index))
}

function* references(index: ResourceIndex): Generator<string> {
  for (const { key, refersTo } of index.rows()) for (const it of refersTo) if (it !== key) yield it
}
