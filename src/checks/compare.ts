import { type Finding, type Judgement, satisfied, undecided } from '../model/judgement.ts'
import type { ResourceIndex, Row } from '../model/rows.ts'
import { typeOfQuery } from './candidates.ts'
import { typeShown } from './tally.ts'

/** Which resources of an index count. */
export interface Selection {
  readonly types?: readonly string[]
  /** A type, or a query whose type is meant. */
  readonly except?: string
}

/** Whether a row counts. */
export function selects({ types, except }: Selection, row: Row): boolean {
  return (!types || types.includes(row.type)) && (except === undefined || typeOfQuery(except) !== row.type)
}

/** The rows of an index that count. */
export function selected(index: ResourceIndex, selection: Selection): readonly Row[] {
  return [...index.rows()].filter((row) => selects(selection, row))
}

/** Whether a resource can have changed after an export was made: `undefined` if it does not say. */
export function changedAfter(row: Row, exported: ResourceIndex): boolean | undefined {
  if (row.updated === undefined || exported.transactionTime === undefined) return undefined
  return row.updated > exported.transactionTime
}

/** Resources by the same message: the first place and the count, one finding for each type. */
export class Violations {
  readonly #findings = new Map<string, Finding>()

  /** Counts a resource; the message is that of its type. */
  add(
    row: Pick<Row, 'type' | 'file' | 'line'>,
    index: ResourceIndex,
    said: { message: string; expected: string; actual: string },
  ): void {
    const message = said.message.replace('{type}', typeShown(row.type))
    const known = this.#findings.get(message)
    if (known) this.#findings.set(message, { ...known, times: known.times + 1 })
    else if (this.#findings.size < 20) {
      const where = { exchange: index.exchangeOf(row.file), part: { line: row.line } }
      this.#findings.set(message, { ...said, message, where, times: 1 })
    }
  }

  /** Violated if anything was counted; else what is given. */
  or(otherwise: Judgement): Judgement {
    const [first, ...rest] = this.#findings.values()
    return first ? { is: 'violated', findings: [first, ...rest] } : otherwise
  }
}

/** Whether everything of `whole` that counts is in `part`, but for what is deleted meanwhile. */
export function includesAll(part: ResourceIndex, whole: ResourceIndex, rows: readonly Row[]): Judgement {
  if (rows.length === 0) return undecided('the export that it is compared with holds no such resources')
  const gone = new Set([...part.deleted()].map((it) => it.key))
  const found = new Violations()
  for (const row of rows) {
    // What changed after the first export need not be what the second was asked for, whichever of them came first.
    if (part.get(row.key) || gone.has(row.key) || changedAfter(row, whole) || changedAfter(row, part))
      continue
    found.add(row, whole, {
      message: 'Resources of type {type} are missing.',
      expected: 'what the export that it is compared with holds',
      actual: 'absent; the place is that in the other export',
    })
  }
  return found.or(satisfied)
}

/** Whether nothing of `part` that counts is beyond `whole`, but for what is new. */
export function nothingBeyond(part: ResourceIndex, whole: ResourceIndex, rows: readonly Row[]): Judgement {
  if (rows.length === 0) return undecided('the export holds no such resources')
  const found = new Violations()
  let unclear = 0
  for (const row of rows) {
    if (whole.get(row.key)) continue
    const changed = changedAfter(row, whole)
    if (changed === undefined) unclear += 1
    if (changed !== false) continue
    found.add(row, part, {
      message: 'Resources of type {type} are there that the other export does not hold.',
      expected: 'nothing but what the export that it is compared with holds',
      actual: 'a resource that was there before that export, by its meta.lastUpdated',
    })
  }
  return found.or(
    unclear > 0 ? undecided(`${unclear} resources are new, and do not say since when`) : satisfied,
  )
}

/** Keys of all resources that others of the same export refer to. */
export function referred(index: ResourceIndex): ReadonlySet<string> {
  const keys = new Set<string>()
  for (const row of index.rows()) for (const key of row.refersTo) if (key !== row.key) keys.add(key)
  return keys
}
