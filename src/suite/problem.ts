/** One mistake in a file that somebody wrote; line and column count from 1. */
export interface SuiteProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

/** Everything that is wrong with the files that were read, one problem per line of the message, in the order of the files. */
export class SuiteError extends Error {
  readonly problems: readonly SuiteProblem[]

  constructor(problems: readonly SuiteProblem[]) {
    super(problems.map((it) => `${it.file}:${it.line}:${it.column} ${it.message}`).join('\n'))
    this.name = 'SuiteError'
    this.problems = problems
  }
}
