/** Everything that is wrong with the configuration, the environment or the command line, one problem per line of the message. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[] | string) {
    const list = typeof problems === 'string' ? [problems] : problems
    super(list.join('\n'))
    this.name = 'ConfigError'
    this.problems = list
  }
}

/** A mistake on the command line; the message says what to do, and the exit code is 2. */
export class UsageError extends Error {}
