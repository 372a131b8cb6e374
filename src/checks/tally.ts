import type { Line, OutputFile } from '../model/evidence.ts'
import { type Finding, type Judgement, satisfied, undecided } from '../model/judgement.ts'
import { type JsonSchema, type LinesCheck, linesCheck } from './check.ts'
import { isObject, resourceTypes } from './fhir.ts'

/** What a check on lines has seen so far: how much there was to look at, and the kinds of violation by message. */
export interface Tally {
  seen: number
  /** Lines that were too long to be read. */
  cut: number
  readonly findings: Map<string, Finding>
}

/** A tally that has seen nothing. */
export function tally(): Tally {
  return { seen: 0, cut: 0, findings: new Map() }
}

const kindsKept = 20

/** Counts a violation; of each kind the first place is kept, of all kinds the first twenty. */
export function add(to: Tally, finding: Omit<Finding, 'times'>): void {
  count(to, { ...finding, times: 1 })
}

function count(to: Tally, finding: Finding): void {
  const known = to.findings.get(finding.message)
  if (known) to.findings.set(finding.message, { ...known, times: known.times + finding.times })
  else if (to.findings.size < kindsKept) to.findings.set(finding.message, finding)
}

/** What two tallies have seen together; places are those of the first. */
export function mergeTallies(a: Tally, b: Tally): Tally {
  const both: Tally = { seen: a.seen + b.seen, cut: a.cut + b.cut, findings: new Map(a.findings) }
  for (const finding of b.findings.values()) count(both, finding)
  return both
}

/** The judgement of a tally, undecided for the given reason if there was nothing to look at. */
export function conclude(it: Tally, nothing: string | Judgement): Judgement {
  const [first, ...rest] = it.findings.values()
  if (first) return { is: 'violated', findings: [first, ...rest] }
  if (it.cut > 0) return undecided(`${it.cut} lines are longer than the harness reads`)
  if (it.seen > 0) return satisfied
  return typeof nothing === 'string' ? undecided(nothing) : nothing
}

/** The place of a line. */
export function at(line: Line): Finding['where'] {
  return { exchange: line.file.exchange, part: { line: line.number } }
}

/** The place of a file as a whole. */
export function of(file: OutputFile): Finding['where'] {
  return { exchange: file.exchange }
}

/** The JSON object on a line; `undefined` if there is none. */
export function resourceOn(line: Line): Readonly<Record<string, unknown>> | undefined {
  return isObject(line.json) ? line.json : undefined
}

/** A resource type for a finding: only FHIR's own names are shown. */
export function typeShown(type: unknown): string {
  if (type === undefined) return 'no resourceType'
  return typeof type === 'string' && resourceTypes.has(type)
    ? type
    : 'a resourceType that FHIR R4 does not define'
}

/** Whether a line has nothing but white space. */
export function isBlank(line: Line): boolean {
  return /^\s*$/.test(line.text)
}

/** What one line shows: nothing to look at, nothing wrong, or a violation without its place. */
export type Seen =
  | 'nothing'
  | 'right'
  | { readonly message: string; readonly expected: string; readonly actual: string }

/** A lines check that judges each line by itself. */
export function lineByLine<P>(given: {
  readonly name: string
  readonly states: string
  readonly params: JsonSchema
  /** Why it cannot tell where no line has what it looks at. */
  readonly nothing?: string | Judgement
  readonly see: (line: Line, params: P) => Seen
}): LinesCheck<P, Tally> {
  const { see, nothing = 'the files hold no resources', ...described } = given
  return linesCheck<P, Tally>({
    ...described,
    empty: tally,
    line(to, line, params) {
      if (line.cut) {
        to.cut += 1
        return
      }
      const seen = see(line, params)
      if (seen === 'nothing') return
      to.seen += 1
      if (seen !== 'right') add(to, { ...seen, where: at(line) })
    },
    merge: mergeTallies,
    judgement: (it) => conclude(it, nothing),
  })
}
