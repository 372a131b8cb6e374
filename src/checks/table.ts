import type { Exchange, Line, OutputFile } from '../model/evidence.ts'
import type { Judgement } from '../model/judgement.ts'
import type { ResourceIndex } from '../model/rows.ts'
import { context as anyContext, line, outputFile } from './builders.ts'
import type { Check, Context, ExchangeCheck, IndexCheck, LinesCheck } from './check.ts'

/** Lines by file, for a table; a line is a resource, a text, or a line that is made already. */
export type FilesGiven = readonly {
  readonly file?: Partial<OutputFile>
  readonly lines: readonly unknown[]
}[]

/** One row of a table: what a check is given, its parameters, and what else it may know. */
export type Given = readonly [
  subject: Exchange | FilesGiven | ResourceIndex,
  params: unknown,
  context?: Context,
]

/** The rows of a check by what it must conclude from them. */
export type Table = Readonly<Record<string, Readonly<Record<Judgement['is'], readonly Given[]>>>>

/** What a check concludes from a row. */
export function judged(check: Check, [subject, params, context = anyContext()]: Given): Judgement {
  if (check.reads === 'index')
    return (check as IndexCheck<unknown>).judge(subject as ResourceIndex, params, context)
  if (check.reads === 'lines')
    return judgedLines(check as LinesCheck<unknown, unknown>, subject as FilesGiven, { params, context })
  if (check.reads === 'exchange')
    return (check as ExchangeCheck<unknown>).judge(subject as Exchange, params, context)
  throw new Error(`${check.name} reads all exchanges of a subject; no table has such rows`)
}

// Each line has a tally of its own, merged from either side, so that merging is tested as well.
function judgedLines(
  check: LinesCheck<unknown, unknown>,
  files: FilesGiven,
  rest: { params: unknown; context: Context },
): Judgement {
  const { params, context } = rest
  let tally = check.empty(params)
  for (const [number, given] of files.entries()) {
    const file = outputFile({ number, exchange: 9 + number, ...given.file })
    const mine = check.empty(params)
    check.file?.(mine, file, params)
    tally = check.merge(tally, structuredClone(mine))
    for (const [at, content] of given.lines.entries()) {
      const one = check.empty(params)
      check.line(one, lineOf(content, file, at + 1), params)
      tally =
        at % 2 === 0 ? check.merge(tally, structuredClone(one)) : check.merge(structuredClone(one), tally)
    }
  }
  return check.judgement(tally, params, context)
}

function lineOf(content: unknown, file: OutputFile, number: number): Line {
  const made = typeof content === 'object' && content !== null && 'utf8' in content
  return made ? { ...(content as Line), file, number } : line(content, { file, number })
}

/** What is wrong with a table: rows that come out otherwise, and checks that lack a row satisfied, violated or undecided. */
export function gaps(checks: readonly Check[], table: Table): readonly string[] {
  const unknown = Object.keys(table).filter((name) => !checks.some((it) => it.name === name))
  return [
    ...unknown.map((name) => `there is no check ${name}`),
    ...checks.flatMap((check) => gapsOf(check, table[check.name])),
  ]
}

function gapsOf(check: Check, rows: Table[string] | undefined): readonly string[] {
  if (!rows) return [`${check.name} has no rows`]
  return (['satisfied', 'violated', 'undecided'] as const).flatMap((wanted) => {
    if (rows[wanted].length === 0) return [`${check.name} has no row that is ${wanted}`]
    return rows[wanted].flatMap((given, at) => {
      const it = judged(check, given)
      return it.is === wanted
        ? []
        : [
            `${check.name}: row ${at + 1} of ${wanted} is ${it.is}${it.is === 'undecided' ? ` because ${it.because}` : ''}`,
          ]
    })
  })
}
