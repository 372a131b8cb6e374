import { type Finding, type Judgement, satisfied, undecided } from '../../model/judgement.ts'
import type { KeySet, ResourceIndex, ResourceRow } from '../../model/fhir/resource-index.ts'
import { displayType, typeOfQuery } from '../resource-type.ts'

/** The resources of an index that count. */
export interface Selection {
  readonly types?: readonly string[]
  /** A type, or a query for resources of that type. */
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

/** The rows of an index that meet a condition. */
export function* rowsWhere(index: ResourceIndex, so: (row: ResourceRow) => boolean): Generator<ResourceRow> {
  for (const row of index.rows()) if (so(row)) yield row
}

/** Whether any row of an index meets a condition. */
export function anyRow(index: ResourceIndex, so: (row: ResourceRow) => boolean): boolean {
  for (const _ of rowsWhere(index, so)) return true
  return false
}

/** Whether a resource changed after an export; `undefined` if one of the times is unknown. */
function changedAfter(row: ResourceRow, exported: ResourceIndex): boolean | undefined {
  if (row.updated === undefined || exported.transactionTime === undefined) return undefined
  return row.updated > exported.transactionTime
}

type RowPlace = Pick<ResourceRow, 'type' | 'file' | 'line'>

/** Maximum number of findings of one check. */
const mostFindings = 20

/** Collects one finding for each message, with its first place and its count. Rows may come in any order. */
export class Violations {
  readonly #findings = new Map<string, { readonly finding: Finding; readonly first: RowPlace }>()

  /** Counts a resource; `{type}` in the message becomes its type. */
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

  /** Violated if anything was counted, otherwise the given judgement. */
  or(otherwise: Judgement): Judgement {
    const inOrder = [...this.#findings.values()].sort((a, b) => (isBefore(b.first, a.first) ? 1 : -1))
    const [first, ...rest] = inOrder.slice(0, mostFindings).map((it) => it.finding)
    return first ? { is: 'violated', findings: [first, ...rest] } : otherwise
  }
}

function isBefore(a: RowPlace, b: RowPlace): boolean {
  return a.file < b.file || (a.file === b.file && a.line < b.line)
}

/** The judgement, unless what an index is said to lack may be among its lines that name no resource. */
export function unlessUnnamed(
  judgement: Judgement,
  lacking: number,
  { unnamed }: Pick<ResourceIndex, 'unnamed'>,
): Judgement {
  if (judgement.is !== 'violated' || lacking > unnamed) return judgement
  return undecided(
    `${unnamed} lines of the export have no id, or a type that FHIR R4 does not define, and may be the missing resources`,
  )
}

/**
 * Whether `part` contains all these rows of `whole`, except those that it lists as deleted or that changed in the meantime. Resources of
 * which it is unknown when they changed decide nothing.
 */
export function includesAll(
  part: ResourceIndex,
  whole: ResourceIndex,
  rows: Iterable<ResourceRow>,
): Judgement {
  const gone = part.keySet(rowKeys(part.deleted()))
  const found = new Violations()
  let seen = 0
  let unclear = 0
  let missing = 0
  for (const row of rows) {
    seen += 1
    const { key } = row
    if (part.has(key) || gone.has(key)) continue
    // A resource that changed after one of the exports may no longer match the request of the other.
    const changed = [changedAfter(row, whole), changedAfter(row, part)]
    if (changed.includes(true)) continue
    if (!changed.includes(false)) {
      unclear += 1
      continue
    }
    missing += 1
    found.add(row, whole, {
      message: 'Resources of type {type} are missing.',
      expected: 'every resource of the other export',
      actual: 'a resource of the other export is missing; the place shown is in the other export',
    })
  }
  if (seen === 0) return undecided('the other export contains no resources to compare with')
  const judgement = found.or(
    unclear > 0
      ? undecided(`for ${unclear} missing resources it is unknown whether they changed in the meantime`)
      : satisfied,
  )
  return unlessUnnamed(judgement, missing, part)
}

function* rowKeys(rows: Iterable<{ readonly key: string }>): Generator<string> {
  for (const { key } of rows) yield key
}

/** Whether `whole` contains all these rows of `part`, except new ones. */
export function nothingBeyond(
  part: ResourceIndex,
  whole: ResourceIndex,
  rows: Iterable<ResourceRow>,
): Judgement {
  const found = new Violations()
  let seen = 0
  let unclear = 0
  let beyond = 0
  for (const row of rows) {
    seen += 1
    if (whole.has(row.key)) continue
    const changed = changedAfter(row, whole)
    if (changed === undefined) unclear += 1
    if (changed !== false) continue
    beyond += 1
    found.add(row, part, {
      message: 'The export contains resources of type {type} that the other export does not contain.',
      expected: 'only resources of the other export',
      actual: 'a resource that was last updated before the `transactionTime` of the other export',
    })
  }
  if (seen === 0) return undecided('the export contains no resources to compare')
  const judgement = found.or(
    unclear > 0 ? undecided(`for ${unclear} resources it is unknown whether they are new`) : satisfied,
  )
  return unlessUnnamed(judgement, beyond, whole)
}

/** Keys of all resources that others of the same export refer to. */
export function referredKeys(index: ResourceIndex): KeySet {
  return index.keySet(references(index))
}

function* references(index: ResourceIndex): Generator<string> {
  for (const { key, refersTo } of index.rows()) for (const it of refersTo) if (it !== key) yield it
}
